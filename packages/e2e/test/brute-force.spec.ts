import { type Called, post } from '../src/caller.ts';
import { postgresAnswers } from '../src/database.ts';
import { expect, newPerson, type Person, test } from '../src/fixtures.ts';
import { type Fleet, startFleet } from '../src/fleet.ts';

/** The defaults of the API's settings, which every other stack has turned off. */
const limits = {
  RATE_LIMIT_LOGIN_PER_ACCOUNT: '5',
  RATE_LIMIT_LOGIN_PER_ADDRESS: '30',
  RATE_LIMIT_REFRESH_PER_SESSION: '600',
} as const;
const [home, away, attacker] = ['127.0.0.10', '127.0.0.20', '127.0.0.66'];

let claims = 0;
/** An address that nobody has had before, as whoever attacks would claim it. */
function claimed(): string {
  claims += 1;
  return `203.0.${claims >> 8}.${claims & 255}`;
}

function expectLimited(answer: Called): number {
  expect(answer.status).toBe(429);
  expect(JSON.parse(answer.body)).toMatchObject({ success: false, code: 'rate_limited' });
  const wait = Number(answer.headers['retry-after']);
  expect(Number.isInteger(wait) && wait >= 1 && wait <= 60).toBe(true);
  return wait;
}

async function statuses(attempts: number, attempt: () => Promise<Called>): Promise<number[]> {
  const seen: number[] = [];
  while (seen.length < attempts) seen.push((await attempt()).status);
  return seen;
}

const times = (count: number, status: number): number[] => Array.from({ length: count }, () => status);

/** What the visitor claims stands on the left; a proxy would append where the connection comes from. */
function placedBehind(trusted: '0' | '1', address: string) {
  return trusted === '0'
    ? { from: address, headers: { 'x-footbridge': '1', 'x-forwarded-for': claimed() } }
    : { from: '127.0.0.1', headers: { 'x-footbridge': '1', 'x-forwarded-for': `${claimed()}, ${address}` } };
}

for (const trusted of ['0', '1'] as const) {
  test.describe(`brute force on two frontends and two APIs, behind ${trusted} proxies`, () => {
    test.describe.configure({ mode: 'serial' });
    let fleet: Fleet;
    test.beforeAll(async () => {
      test.skip(!(await postgresAnswers()), 'no PostgreSQL answers: several API processes need one');
      test.setTimeout(120_000);
      fleet = await startFleet({ settings: limits, webEnvironment: { TRUST_PROXY: trusted } });
    });
    test.afterAll(async () => fleet?.close());

    let waiting: { readonly owner: Person; readonly until: number } | undefined;
    let turn = 0;
    const webUrl = (): string => fleet.webUrls[(turn += 1) % 2]?.replace('localhost', '127.0.0.1') ?? '';
    const register = (person: Person, address: string): Promise<Called> =>
      post({ url: `${webUrl()}/api/register`, ...placedBehind(trusted, address), body: person });
    const logIn = ({ email, password }: Person, address: string): Promise<Called> =>
      post({ url: `${webUrl()}/api/login`, ...placedBehind(trusted, address), body: { email, password } });
    const guess = (person: Person, address: string): Promise<Called> =>
      logIn({ ...person, password: 'not the password' }, address);

    test('one account: the owner gets in at home at once, others everywhere, strangers nowhere', async () => {
      const [owner, other] = [newPerson(), newPerson()];
      expect((await register(owner, home)).status).toBe(201);
      expect((await register(other, away)).status).toBe(201);
      expect(await statuses(20, () => guess(owner, attacker))).toEqual([...times(5, 401), ...times(15, 429)]);

      expect((await logIn(owner, home)).status).toBe(200);
      expect((await logIn(other, away)).status).toBe(200);
      expect((await logIn(other, attacker)).status).toBe(200);
      expect((await guess(newPerson(), away)).status).toBe(401);
      const wait = expectLimited(await logIn(owner, away));
      expectLimited(await guess(newPerson(), attacker).then(() => guess(owner, attacker)));

      const addresses = await fleet.database.query('SELECT DISTINCT address FROM "Session" ORDER BY address');
      expect(addresses.map(({ address }) => address)).toEqual([home, away, attacker]);
      waiting = { owner, until: Date.now() + wait * 1000 };
    });

    test('many accounts from one address', async () => {
      const [spraying, neighbour] = ['127.0.1.66', '127.0.1.67'];
      expect(await statuses(40, () => guess(newPerson(), spraying))).toEqual([...times(30, 401), ...times(10, 429)]);
      expectLimited(await guess(newPerson(), spraying));
      expect((await guess(newPerson(), neighbour)).status).toBe(401);
    });

    test('many accounts made at one address', async () => {
      const [farm, neighbour] = ['127.0.2.66', '127.0.2.67'];
      expect(await statuses(32, () => register(newPerson(), farm))).toEqual([...times(30, 201), 429, 429]);
      expect((await register(newPerson(), neighbour)).status).toBe(201);
    });

    test('a form without a script comes back with words', async () => {
      const owner = newPerson();
      await statuses(5, () => guess(owner, attacker));
      const { headers } = placedBehind(trusted, '127.0.3.1');
      const form = { 'x-forwarded-for': headers['x-forwarded-for'], 'sec-fetch-site': 'same-origin' };
      const body = new URLSearchParams({ email: owner.email, password: owner.password }).toString();
      const answer = await post({
        ...placedBehind(trusted, '127.0.3.1'),
        url: `${webUrl()}/api/login`,
        headers: form,
        body,
      });
      expect([answer.status, answer.headers['location']]).toEqual([303, '/login?error=rate_limited']);
      const page = await fetch(`${fleet.webUrls[0]}${String(answer.headers['location'])}`);
      expect(await page.text()).toContain('Too many attempts. Wait a minute, then try again.');
    });

    test('strangers at the API itself, who count for nobody', async () => {
      const owner = newPerson();
      expect((await register(owner, home)).status).toBe(201);
      const asStranger = (): Promise<Called> =>
        post({
          url: `${fleet.apiUrls[0]}/api/login`,
          from: attacker,
          headers: { 'x-forwarded-for': home },
          body: { email: owner.email, password: owner.password },
        });
      expect(await statuses(40, asStranger)).toEqual(times(40, 401));
      expect((await logIn(owner, away)).status).toBe(200);
    });

    test('the owner gets in elsewhere once the wait is over', async () => {
      if (waiting === undefined) throw new Error('the first test of these has not run');
      const { owner, until } = waiting;
      await new Promise((resolve) => setTimeout(resolve, until - Date.now()));
      expect((await logIn(owner, away)).status).toBe(200);
    });
  });
}

test.describe('brute force at the API of subdomains', () => {
  test.use({ stackOptions: { site: { mode: 'shared-domain', scheme: 'http' }, settings: limits } });

  test('is limited whatever address it claims', async ({ stack }) => {
    const ask = (path: string, from: string, body: object): Promise<Called> =>
      post({
        url: `${stack.apiLoopbackUrl}${path}`,
        from,
        headers: { origin: stack.webUrl, 'sec-fetch-site': 'same-site', 'x-forwarded-for': claimed() },
        body,
      });
    const owner = newPerson();
    const wrong = { email: owner.email, password: 'not the password' };
    expect((await ask('/api/register', home, owner)).status).toBe(201);
    expect(await statuses(7, () => ask('/api/login', attacker, wrong))).toEqual([...times(5, 401), 429, 429]);
    expect((await ask('/api/login', home, { email: owner.email, password: owner.password })).status).toBe(200);
    expectLimited(await ask('/api/login', away, { email: owner.email, password: owner.password }));

    const spray = (): Promise<Called> => ask('/api/login', '127.0.4.66', { ...wrong, email: newPerson().email });
    expect(await statuses(32, spray)).toEqual([...times(30, 401), 429, 429]);
  });
});
