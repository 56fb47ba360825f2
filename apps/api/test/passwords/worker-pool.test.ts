import { afterEach, describe, expect, it } from 'vitest';
import { compare, hash } from '../../src/passwords/bcrypt-worker.js';
import { createPasswords } from '../../src/passwords/passwords.ts';
import { createWorkerPool, type Hasher } from '../../src/passwords/worker-pool.ts';
import { Refusal } from '../../src/refusal.ts';

const pools: Hasher[] = [];
const open = (options: Parameters<typeof createWorkerPool>[0]): Hasher => {
  const pool = createWorkerPool(options);
  pools.push(pool);
  return pool;
};
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

describe('worker pool', () => {
  it('leaves the event loop free while it hashes', async () => {
    const pool = open({ workers: 1 });
    await pool.hash({ password: 'warm up', cost: 4 });
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await pool.hash({ password: 'correct horse', cost: 12 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5); // on this thread the timer would not fire once
  });

  it('refuses what exceeds its queue and recovers', async () => {
    const pool = open({ workers: 1, queueLimit: 2 });
    const tasks = Array.from({ length: 6 }, () => pool.hash({ password: 'correct horse', cost: 6 }));
    const outcomes = await Promise.allSettled(tasks);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused).toHaveLength(3);
    for (const reason of refused)
      expect(reason).toMatchObject({ code: 'service_unavailable', details: { retryAfterSeconds: 2 } });
    expect(refused.every((reason) => reason instanceof Refusal)).toBe(true);
    expect(await pool.hash({ password: 'again', cost: 4 })).toMatch(/^\$2b\$04\$/);
  });
});

describe('worker pool that closes', () => {
  it('finishes what waits, and refuses what comes later', async () => {
    const pool = createWorkerPool({ workers: 1 });
    const tasks = Array.from({ length: 5 }, () => pool.hash({ password: 'correct horse', cost: 6 }));
    const closed = pool.close();
    await expect(pool.hash({ password: 'too late', cost: 4 })).rejects.toMatchObject({ code: 'service_unavailable' });
    for (const task of tasks) expect(await task).toMatch(/^\$2b\$06\$/);
    await closed;
    await pool.close();
  });
});

/** Processor time of some wrong guesses at today's cost. */
function work(known = ''): number {
  const before = process.cpuUsage();
  for (let round = 0; round < 5; round += 1) compare({ password: 'wrong', hash: known, cost: 9 });
  return process.cpuUsage(before).user;
}

describe('worker', () => {
  it('works as long on a wrong password whatever its hash had cost', () => {
    const [cheap, costly] = [4, 9].map((cost) => hash({ password: 'correct horse', cost }));
    work(cheap);
    const share = work(cheap) / work(costly);
    expect(share).toBeGreaterThan(0.5); // without making up for it: 1/32
    expect(share).toBeLessThan(2);
  });
});

describe('passwords', () => {
  it('matches only the password behind the hash', async () => {
    const passwords = await createPasswords({ hasher: open({ workers: 1 }), cost: 4 });
    const hash = await passwords.hash('€'.repeat(24));
    expect(await passwords.matches('€'.repeat(24), hash)).toBe(true);
    expect(await passwords.matches('€'.repeat(25), hash)).toBe(false);
    expect(await passwords.matches('€'.repeat(23), hash)).toBe(false);
    expect(await passwords.matches('€'.repeat(24), undefined)).toBe(false);
  });

  it('calls a hash outdated only below its cost', async () => {
    const passwords = await createPasswords({ hasher: open({ workers: 1 }), cost: 5 });
    expect(['$2b$04$', '$2b$05$', '$2b$06$'].map((start) => passwords.isOutdated(start.padEnd(60, 'a')))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
