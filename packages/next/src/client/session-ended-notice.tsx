'use client';
/** Says that the session has ended elsewhere, and leaves the page as it is: somebody may be typing. */
import { useSession } from './session-provider.tsx';

/** What `SessionEndedNotice` takes. */
export interface SessionEndedNoticeProps {
  /** Path and query of the page on show, to come back to. Default: the address at the moment of the news. */
  readonly path?: string | undefined;
  /** Default `/login`. */
  readonly loginPath?: string;
  /** Of the live region while it has something to say. */
  readonly className?: string | undefined;
}

/** Goes on every page but the login page. A live region; empty while there is nothing to say, so that a screen reader knows it before it speaks. */
export function SessionEndedNotice({ path, loginPath = '/login', className }: SessionEndedNoticeProps) {
  const session = useSession();
  if (session.status !== 'ended') return <output />;
  const here = path ?? location.pathname + location.search;
  return (
    <output className={className}>
      <Words here={here} loginPath={loginPath} email={session.successor?.email} />
    </output>
  );
}

interface WordsProps {
  readonly here: string;
  readonly loginPath: string;
  readonly email: string | undefined;
}

/** Plain links: the login boundary is crossed by a whole document. */
function Words({ here, loginPath, email }: WordsProps) {
  const back = new URLSearchParams({ reason: 'session_ended', returnTo: here }).toString();
  return email === undefined ? (
    <>
      Your session has ended. <a href={`${loginPath}?${back}`}>Log in again</a>
    </>
  ) : (
    <>
      You are now logged in as {email}. <a href={here}>Reload this page</a>
    </>
  );
}
