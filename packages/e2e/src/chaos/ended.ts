/** Sessions that are over, whose cookies somebody has kept: they try every door, for as long as the test goes on. */
import { KeptClient } from '../kept-client.ts';

/** One session after its end. Times are milliseconds since the process began. */
export interface Ended {
  /** When its end was confirmed by the API. */
  readonly endedAt: number;
  /** When the last request was sent that was served all the same. */
  readonly lastServedAt: number | undefined;
  readonly tries: number;
}

const doors = ['/private', '/api/proxy/notes', '/api/session', '/api/refresh'] as const;

/** Logs somebody in, ends all their sessions, and tries the doors until the end. Undefined where the API was away. */
export async function haunt(webUrl: string, isOver: () => boolean): Promise<Ended | undefined> {
  const owner = new KeptClient(webUrl);
  if ((await owner.register()).status !== 201) return undefined;
  const ghost = owner.twin();
  const { status } = await owner.send('/api/proxy/logout-all', { method: 'POST' });
  owner.close();
  if (status !== 200) return undefined;

  const endedAt = performance.now();
  let lastServedAt: number | undefined;
  let tries = 0;
  while (!isOver()) {
    const door = doors[tries % doors.length] ?? '/private';
    const askedAt = performance.now();
    if (await isServed(ghost.twin(), door)) lastServedAt = askedAt;
    tries += 1;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return { endedAt, lastServedAt, tries };
}

async function isServed(ghost: KeptClient, door: (typeof doors)[number]): Promise<boolean> {
  try {
    const method = door === '/api/refresh' ? 'POST' : 'GET';
    const { status, text } = await ghost.send(door, { method, fields: [['accept', 'text/html']] });
    if (door === '/api/session') return text.includes('"authenticated":true') && !text.includes('"refreshDue":true');
    return status === 200;
  } catch {
    return false;
  } finally {
    ghost.close();
  }
}
