/** One round: what a question costs while nobody logs in, and what it costs while twenty do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Latency, startProbe } from './probe.ts';
import type { LoginApi, Person } from './site.ts';

/** So many logins are on their way at any time. */
export const inFlight = 20;

/** What a round came to. */
export interface Round {
  readonly idle: Latency;
  readonly busy: Latency;
  readonly loginsPerSecond: number;
}

/** Asks for so many seconds, then so many and more, until the last login that began in them is over. */
export async function oneRound({ api, verifyUrl }: LoginApi, person: Person, seconds: number): Promise<Round> {
  const alone = startProbe(verifyUrl, person.accessToken);
  await sleep(seconds * 500);
  const idle = await alone.stop();

  const meanwhile = startProbe(verifyUrl, person.accessToken);
  const startedAt = performance.now();
  const passed = (): number => (performance.now() - startedAt) / 1000;
  const logInAgainAndAgain = async (): Promise<number> => {
    let logins = 0;
    for (; passed() < seconds; logins += 1) {
      const { kind } = await api.login(person, { requestId: 'bench' });
      if (kind !== 'ok') throw new Error(`a login was answered ${kind}`);
    }
    return logins;
  };
  const logins = await Promise.all(Array.from({ length: inFlight }, logInAgainAndAgain));
  const total = logins.reduce((sum, count) => sum + count, 0);
  const loginsPerSecond = total / passed();
  return { idle, busy: await meanwhile.stop(), loginsPerSecond };
}
