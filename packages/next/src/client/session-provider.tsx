'use client';
/** Tells every component of a document who is logged in, from the first HTML on, until the session ends elsewhere. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useInsertionEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { type ApiMode, setApiMode } from './api-target.ts';
import { askForSession } from './ask.ts';
import { onRefusal } from './refusals.ts';
import { afterReport, type SessionSnapshot, type SessionState } from './session-state.ts';
import { announce, onNews } from './tabs.ts';

/** What `useSession()` answers; `refresh()` asks the server again. */
export type UseSession = SessionState & { readonly refresh: () => Promise<void> };

/** What `SessionProvider` takes. */
export interface SessionProviderProps {
  /** The server's word when it rendered the layout: `sessionSnapshot(await getSession())`. */
  readonly initial: SessionSnapshot;
  /** How scripts reach the API. Default `{ mode: 'proxy' }`, by way of this site's own server. */
  readonly api?: ApiMode;
  readonly children: ReactNode;
}

const SessionContext = createContext<UseSession | undefined>(undefined);
const proxyMode: ApiMode = { mode: 'proxy' };
const leastPauseMs = 2_000;
const longestTimerMs = 2_147_483_647; // browsers fire a longer one at once

/** Who is logged in. Throws `TypeError` outside of a `SessionProvider`. */
export function useSession(): UseSession {
  const session = useContext(SessionContext);
  if (session === undefined) throw new TypeError('useSession() needs a SessionProvider around the component');
  return session;
}

/** Goes around the whole document, in the root layout. */
export function SessionProvider({ initial, api = proxyMode, children }: SessionProviderProps) {
  // The only effect of a parent that runs before every layout effect and effect of its children, which may call the API
  // at once. No server runs it, so that no render there finds what another has set.
  useInsertionEffect(() => setApiMode(api), [api]);

  const [rendered, setRendered] = useState(initial);
  const [state, setState] = useState<SessionState>(initial);
  if (rendered !== initial) {
    // The server has rendered the layout anew, as after a server action: the page already shows what it found.
    setRendered(initial);
    setState(initial.status === 'unknown' ? state : initial);
  }

  const asked = useRef(0);
  const refresh = useCallback(async () => {
    const question = (asked.current += 1);
    const report = await askForSession();
    if (question === asked.current) setState((was) => afterReport(was, report)); // an older answer is no news
  }, []);

  useOtherTabs(state, refresh);
  useRefusals(state, refresh);
  useWakeUp(state, refresh);
  useEnd(state, refresh);
  const value = useMemo(() => ({ ...state, refresh }), [state, refresh]);
  return <SessionContext value={value}>{children}</SessionContext>;
}

type Ask = () => Promise<void>;

function hasNobody({ status }: SessionState): boolean {
  return status === 'anonymous' || status === 'ended';
}

function useOtherTabs(state: SessionState, ask: Ask): void {
  const isOver = hasNobody(state);
  useEffect(() => {
    // Also where a form without a script has logged out: the page it leads to says so.
    if (isOver) announce('signed-out');
  }, [isOver]);
  useEffect(() => {
    return onNews((news) => {
      if (news === 'signed-in' || !isOver) void ask();
    });
  }, [isOver, ask]);
}

/** A call of `apiFetch()` was answered 401. Many at once are one reason to ask. */
function useRefusals(state: SessionState, ask: Ask): void {
  const isOver = hasNobody(state);
  useEffect(() => {
    if (isOver) return;
    let isAsking = false;
    return onRefusal(() => {
      if (isAsking) return;
      isAsking = true;
      void ask().finally(() => {
        isAsking = false;
      });
    });
  }, [isOver, ask]);
}

/** A tab that comes back to the front may have slept through anything. */
function useWakeUp({ status }: SessionState, ask: Ask): void {
  const isConcerned = status !== 'anonymous';
  useEffect(() => {
    if (!isConcerned) return;
    let askedAt = performance.now();
    const wake = (): void => {
      if (document.visibilityState === 'hidden' || performance.now() - askedAt < leastPauseMs) return;
      askedAt = performance.now();
      void ask();
    };
    addEventListener('focus', wake);
    document.addEventListener('visibilitychange', wake);
    return () => {
      removeEventListener('focus', wake);
      document.removeEventListener('visibilitychange', wake);
    };
  }, [isConcerned, ask]);
}

/** Another tab may have prolonged the session meanwhile, so that its end is a reason to ask, not yet the end. */
function useEnd(state: SessionState, ask: Ask): void {
  const session = state.status === 'authenticated' ? state.session : undefined;
  useEffect(() => {
    if (session === undefined) return;
    const timer = setTimeout(() => void ask(), Math.min(Math.max(session.endsInSeconds, 1) * 1000, longestTimerMs));
    return () => clearTimeout(timer);
  }, [session, ask]);
}
