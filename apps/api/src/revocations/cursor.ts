/** Where a reader of the revocation feed stands: an instant and a session id, so that every instance can go on from it. */
import type { EndedSession } from './revocation-set.ts';

const grammar = /^(\d{1,15})\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const nobody = '00000000-0000-0000-0000-000000000000';

/** The cursor after an event: the `id` of a server-sent event, sent back as `Last-Event-ID`. */
export function cursorAfter({ id, revokedAt }: EndedSession): string {
  return `${revokedAt.getTime()}.${id}`;
}

/** The cursor of an empty feed. */
export function cursorAt(instant: Date): string {
  return cursorAfter({ id: nobody, revokedAt: instant });
}

/** The instant of a cursor; `undefined` for anything that no instance wrote. */
export function readCursor(text: string | undefined): Date | undefined {
  const [, milliseconds] = grammar.exec(text ?? '') ?? [];
  return milliseconds === undefined ? undefined : new Date(Number(milliseconds));
}
