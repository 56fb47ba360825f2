/** What every test of the relay starts from: a running stand, which neighbours share, and somebody who is logged in. */
import { randomBytes } from 'node:crypto';
import { test as base, expect } from '@playwright/test';
import { Visitor } from '../visitor.ts';
import { askText } from './ask.ts';
import type { Field } from './fields.ts';
import { type Front, type Stand, type StandSettings, startStand } from './stand.ts';

interface StandPool {
  readonly take: (settings: StandSettings) => Promise<Stand>;
}

interface TestFixtures {
  /** What `stand` is started with; `test.use()` sets it. */
  readonly standSettings: StandSettings;
  /** A running stand, which the tests before this one may have used. */
  readonly stand: Stand;
}

/** Playwright's `test` with a `stand`. No browser is needed. */
export const test = base.extend<TestFixtures, { stands: StandPool }>({
  stands: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixture's dependencies off this pattern
    async ({}, use) => {
      let held: { readonly key: string; readonly stand: Stand } | undefined;
      const take = async (settings: StandSettings): Promise<Stand> => {
        const key = JSON.stringify(settings);
        if (held?.key === key) return held.stand;
        await held?.stand.close();
        held = undefined;
        held = { key, stand: await startStand(settings) };
        return held.stand;
      };
      await use({ take });
      await held?.stand.close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  standSettings: [{}, { option: true }],
  stand: [
    async ({ standSettings, stands }, use) => {
      await use(await stands.take(standSettings));
    },
    { timeout: 120_000 },
  ],
});

export { expect };

/** Registers somebody new at one frontend. */
export async function newVisitor({ url }: Front): Promise<{ readonly visitor: Visitor; readonly email: string }> {
  const [visitor, email] = [new Visitor(), `visitor-${randomBytes(6).toString('hex')}@example.com`];
  await visitor.register(url, email);
  return { visitor, email };
}

/** What a script of the frontend's own pages sends along. */
export function ownFields(visitor: Visitor): Field[] {
  return [
    ['cookie', visitor.cookieHeader],
    ['sec-fetch-site', 'same-origin'],
  ];
}

/** The frontend still answers, and the visitor is still who they are. */
export async function expectAlive({ url }: Front, visitor: Visitor, after = ''): Promise<void> {
  const { status, text } = await askText(url, { target: '/api/session', fields: ownFields(visitor) });
  expect([status, JSON.parse(text)], after).toMatchObject([200, { authenticated: true }]);
}

/** Waits. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
