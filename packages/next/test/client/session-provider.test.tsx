import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { SessionEndedNotice } from '../../src/client/session-ended-notice.tsx';
import { SessionProvider, useSession } from '../../src/client/session-provider.tsx';
import type { SessionSnapshot } from '../../src/client/session-state.ts';

const user = { id: 'ada', email: 'ada@example.com', name: null, role: 'user' };
const session = {
  expiresAt: '2026-11-28T12:00:00.000Z',
  absoluteExpiresAt: '2026-12-21T12:00:00.000Z',
  endsInSeconds: 60,
};

function Who() {
  const state = useSession();
  return <p>{state.status === 'authenticated' ? state.user.email : state.status}</p>;
}

function firstHtml(initial: SessionSnapshot, page: ReactNode): string {
  return renderToStaticMarkup(<SessionProvider initial={initial}>{page}</SessionProvider>);
}

describe('SessionProvider', () => {
  it('knows the person in the first HTML', () => {
    expect(firstHtml({ status: 'authenticated', user, session }, <Who />)).toBe('<p>ada@example.com</p>');
    expect(firstHtml({ status: 'anonymous' }, <Who />)).toBe('<p>anonymous</p>');
  });

  it('must be around whoever uses it', () => {
    expect(() => renderToStaticMarkup(<Who />)).toThrow(TypeError);
  });
});

describe('SessionEndedNotice', () => {
  it('is an empty live region while all is well', () => {
    const html = firstHtml({ status: 'authenticated', user, session }, <SessionEndedNotice className="notice" />);
    expect(html).toBe('<output></output>');
  });
});
