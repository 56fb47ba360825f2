/** Stores a session in a browser and finds it again; each mode has its own way (DESIGN sections 2 and 7). */
import type { SetCookie } from '../cookies/header.ts';
import type { SessionContent } from './session-content.ts';

/** What one candidate turned out to be. */
export type OpenedSession =
  | {
      readonly kind: 'opened';
      readonly content: SessionContent;
      /** Whether our own seal says that we wrote it. If not, it is hearsay until a signature in it has been verified. */
      readonly isVouched: boolean;
    }
  | { readonly kind: 'over' }
  | { readonly kind: 'unreadable' };

/** The session's cookies, whatever they are in the mode at hand. */
export interface SessionCookie {
  /** Every name that they may have. */
  readonly names: readonly string[];
  /** Every candidate for the session, in the order of the header: texts that only `open()` understands. */
  candidates(cookieHeader: string | null): string[];
  open(candidate: string): Promise<OpenedSession>;
  /** The cookies that store a session and remove what is left of the one before. */
  write(content: SessionContent, cookieHeader: string | null): Promise<SetCookie[]>;
  /** The cookies that remove every name and scope a session can be stored under. */
  clear(cookieHeader: string | null): SetCookie[];
  /** The cookies that remove what the header shows of this mode's sessions, for a deployment that has left the mode. */
  remove(cookieHeader: string | null): SetCookie[];
  /** Why nobody could read this content back from a cookie; `undefined` when it can be stored. */
  refusalOf(content: SessionContent): string | undefined;
}

/** Sessions of the mode at hand, which also removes those of the other one, so that a switched flag leaves nothing. */
export function afterOtherMode(current: SessionCookie, other: SessionCookie): SessionCookie {
  return {
    ...current,
    write: async (content, cookieHeader) => [
      ...other.remove(cookieHeader),
      ...(await current.write(content, cookieHeader)),
    ],
    clear: (cookieHeader) => [...other.remove(cookieHeader), ...current.clear(cookieHeader)],
  };
}
