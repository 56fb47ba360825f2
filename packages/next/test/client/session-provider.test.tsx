import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ApiMode, apiTarget } from '../../src/client/api-target.ts';
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

function Target() {
  return <p>{apiTarget('/notes').url}</p>;
}

function firstHtml(initial: SessionSnapshot, page: ReactNode, api: ApiMode = { mode: 'proxy' }): string {
  return renderToStaticMarkup(
    <SessionProvider initial={initial} api={api}>
      {page}
    </SessionProvider>,
  );
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

describe('a server that renders', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('keeps nothing of one document for the next', () => {
    vi.stubGlobal('location', { origin: 'https://app.mysite.com' });
    const api: ApiMode = { mode: 'shared-domain', origin: 'https://api.mysite.com' };
    const untold = '<p>https://app.mysite.com/api/proxy/notes</p>';
    expect(firstHtml({ status: 'anonymous' }, <Target />, api)).toBe(untold);
    expect(firstHtml({ status: 'anonymous' }, <Target />)).toBe(untold);
    expect(apiTarget('/notes').credentials).toBe('same-origin');
  });

  it('has no address to tell', () => {
    expect(() => firstHtml({ status: 'anonymous' }, <Target />)).toThrow(TypeError);
  });
});

describe('SessionEndedNotice', () => {
  it('is an empty live region while all is well', () => {
    const html = firstHtml({ status: 'authenticated', user, session }, <SessionEndedNotice className="notice" />);
    expect(html).toBe('<output></output>');
  });
});
