import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SettingsError } from '../src/problem.ts';
import { type Topology, topologyProblems } from '../src/topology.ts';

const working = {
  COOKIE_MODE: 'shared-domain',
  COOKIE_DOMAIN: 'example.com',
  WEB_ORIGIN: 'https://app.example.com',
  API_ORIGIN: 'https://api.example.com',
} as const;

const ofDevelopment = {
  COOKIE_MODE: 'shared-domain',
  COOKIE_DOMAIN: 'example.localhost',
  WEB_ORIGIN: 'http://app.example.localhost:3000',
  API_ORIGIN: 'http://api.example.localhost:4000',
} as const;

function problemsOf(given: Topology): string[] {
  return topologyProblems({ ...working, ...given }, 'production').map(
    ({ setting, rule, remedy }) => `${setting}: ${rule}; ${remedy}`,
  );
}

const moveBelow =
  'give it a host below COOKIE_DOMAIN, in development one such as app.example.localhost, or set COOKIE_MODE=proxy';
const nameAlone = 'write the name alone, such as example.com';

/** What is wrong, the settings that are, and everything that the app says: docs/modes.md says the same. */
const refusals: [what: string, given: Topology, problems: string[]][] = [
  [
    'no cookie domain',
    { COOKIE_DOMAIN: undefined },
    [
      'COOKIE_DOMAIN: is required where COOKIE_MODE is shared-domain; write the domain above both apps, such as example.com',
    ],
  ],
  ...[
    ['a scheme', 'https://example.com'],
    ['a user name', 'user@example.com'],
    ['a path', 'example.com/'],
    ['a space', 'example .com'],
    ['a wildcard', '*.example.com'],
    ['a port', 'example.com:443'],
    ['a trailing dot', 'example.com.'],
  ].map(([what, COOKIE_DOMAIN]): [string, Topology, string[]] => [
    `a cookie domain with ${what}`,
    { COOKIE_DOMAIN },
    [`COOKIE_DOMAIN: must be a domain name without ${what}; ${nameAlone}`],
  ]),
  [
    'a cookie domain that no host can be named',
    { COOKIE_DOMAIN: '-example.com' },
    [`COOKIE_DOMAIN: must be a domain name; ${nameAlone}`],
  ],
  [
    'an address for a cookie domain',
    { COOKIE_DOMAIN: '127.0.0.1' },
    [
      'COOKIE_DOMAIN: must be a domain name, not an address; leave it unset with COOKIE_MODE=proxy, or give the apps a domain',
    ],
  ],
  [
    'one label for a cookie domain',
    { COOKIE_DOMAIN: 'localhost' },
    [
      'COOKIE_DOMAIN: must have two labels at least, for browsers do not let the subdomains of one label share a cookie; write one such as example.com, in development example.localhost',
    ],
  ],
  [
    'a public suffix for a cookie domain',
    { COOKIE_DOMAIN: 'vercel.app', WEB_ORIGIN: 'https://app.vercel.app', API_ORIGIN: 'https://api.vercel.app' },
    [
      'COOKIE_DOMAIN: vercel.app is a public suffix, and browsers silently drop a cookie that a host below it sets for it; set COOKIE_MODE=proxy, or use a domain of your own',
      'COOKIE_MODE: shared-domain needs one registrable domain, but WEB_ORIGIN is on app.vercel.app and API_ORIGIN is on api.vercel.app; set COOKIE_MODE=proxy, or put both below one domain of yours',
    ],
  ],
  [
    'two sites',
    { API_ORIGIN: 'https://api.example.net' },
    [
      'COOKIE_MODE: shared-domain needs one registrable domain, but WEB_ORIGIN is on example.com and API_ORIGIN is on example.net; set COOKIE_MODE=proxy, or put both below one domain of yours',
      'API_ORIGIN: api.example.net is neither COOKIE_DOMAIN nor below it, so that browsers refuse the cookies there; give it a host below COOKIE_DOMAIN, or correct COOKIE_DOMAIN',
    ],
  ],
  [
    'a cookie domain beside the host',
    { COOKIE_DOMAIN: 'api.example.com' },
    [
      'WEB_ORIGIN: app.example.com is neither COOKIE_DOMAIN nor below it, so that browsers refuse the cookies there; give it a host below COOKIE_DOMAIN, or correct COOKIE_DOMAIN',
    ],
  ],
  [
    'a cookie domain above a public suffix',
    {
      COOKIE_DOMAIN: 'railway.app',
      WEB_ORIGIN: 'https://app.up.railway.app',
      API_ORIGIN: 'https://api.app.up.railway.app',
    },
    [
      'WEB_ORIGIN: COOKIE_DOMAIN lies above the public suffix up.railway.app of app.up.railway.app, which no cookie crosses; set COOKIE_MODE=proxy, or use a domain of your own',
      'API_ORIGIN: COOKIE_DOMAIN lies above the public suffix up.railway.app of api.app.up.railway.app, which no cookie crosses; set COOKIE_MODE=proxy, or use a domain of your own',
    ],
  ],
  [
    'an address',
    { API_ORIGIN: 'https://192.0.2.1' },
    [`API_ORIGIN: must be on a subdomain in shared-domain mode, but an address has no subdomains; ${moveBelow}`],
  ],
  [
    'bare localhost',
    { ...ofDevelopment, WEB_ORIGIN: 'http://localhost:3000' },
    [`WEB_ORIGIN: must be on a subdomain in shared-domain mode, but localhost is a single label; ${moveBelow}`],
  ],
  [
    'an app at a public suffix',
    { WEB_ORIGIN: 'https://github.io' },
    [`WEB_ORIGIN: must be on a subdomain in shared-domain mode, but github.io is a public suffix; ${moveBelow}`],
  ],
  [
    'plain http',
    { WEB_ORIGIN: 'http://app.example.com', API_ORIGIN: 'http://api.example.com' },
    [
      'WEB_ORIGIN: a plain http: origin is allowed in shared-domain mode only on *.localhost; serve it over https: and say so here',
      'API_ORIGIN: a plain http: origin is allowed in shared-domain mode only on *.localhost; serve it over https: and say so here',
    ],
  ],
  [
    'two schemes',
    { ...ofDevelopment, WEB_ORIGIN: 'https://app.example.localhost' },
    ['API_ORIGIN: is http: while WEB_ORIGIN is https:, which browsers take for two sites; serve both over https:'],
  ],
];

describe('shared-domain mode', () => {
  it.each([
    ['two subdomains', working],
    ['a cookie domain with a dot', { ...working, COOKIE_DOMAIN: '.Example.com' }],
    ['the frontend at the domain itself', { ...working, WEB_ORIGIN: 'https://example.com' }],
    ['ports', { ...working, WEB_ORIGIN: 'https://app.example.com:8443' }],
    ['*.localhost over plain http', ofDevelopment],
    [
      'a part of one domain',
      {
        ...working,
        COOKIE_DOMAIN: 'eu.example.com',
        WEB_ORIGIN: 'https://a.eu.example.com',
        API_ORIGIN: 'https://b.eu.example.com',
      },
    ],
    [
      'one project below a public suffix',
      {
        ...working,
        COOKIE_DOMAIN: 'me.vercel.app',
        WEB_ORIGIN: 'https://me.vercel.app',
        API_ORIGIN: 'https://api.me.vercel.app',
      },
    ],
  ])('allows %s', (_what, given) => {
    expect(problemsOf(given)).toEqual([]);
  });

  it.each(refusals)('refuses %s', (_what, given, problems) => {
    expect(problemsOf(given)).toEqual(problems);
  });

  it.each(['development', 'test', 'production'] as const)('refuses plain http in %s', (mode) => {
    const problems = topologyProblems({ ...working, WEB_ORIGIN: 'http://app.example.com' }, mode);
    expect(problems.map(({ setting }) => setting)).toEqual(['WEB_ORIGIN', 'WEB_ORIGIN']);
  });

  it('refuses a host with a dot at its end, whose cookies are another host’s', () => {
    expect(problemsOf({ WEB_ORIGIN: 'https://app.example.com.' })).toHaveLength(1);
  });

  it('refuses the defaults of development, each for its own reason', () => {
    const given = {
      COOKIE_DOMAIN: undefined,
      WEB_ORIGIN: 'http://localhost:3000',
      API_ORIGIN: 'http://127.0.0.1:4000',
    };
    expect(problemsOf(given).map((problem) => problem.split(':')[0])).toEqual([
      'COOKIE_DOMAIN',
      'WEB_ORIGIN',
      'API_ORIGIN',
    ]);
  });

  it('judges what is left when an origin broke its own rule', () => {
    expect(problemsOf({ WEB_ORIGIN: undefined, API_ORIGIN: 'http://api.example.com' })).toHaveLength(1);
  });

  it.each(['c2VjcmV0LWluLXRoZS13cm9uZy1saW5l', 'eyJhbGciOiJIUzI1NiJ9.c2VjcmV0LWlu.d3JvbmctbGluZQ'])(
    'repeats no secret that stands in the wrong line: %s',
    (secret) => {
      const text = new SettingsError(topologyProblems({ ...working, COOKIE_DOMAIN: secret }, 'production')).message;
      expect(text).toContain('COOKIE_DOMAIN');
      expect(text.toLowerCase()).not.toContain(secret.toLowerCase());
    },
  );
});

describe('proxy mode', () => {
  const apart = { COOKIE_MODE: 'proxy', API_ORIGIN: 'https://api.example.net' } as const;

  it.each([
    ['without a cookie domain', { COOKIE_DOMAIN: undefined }],
    ['with one that is left over', { COOKIE_DOMAIN: '.example.com' }],
    ['on an address', { API_ORIGIN: 'https://192.0.2.1' }],
    ['on bare localhost over plain http', { WEB_ORIGIN: 'http://localhost:3000' }],
  ])('works on any two domains %s', (_what, given) => {
    expect(problemsOf({ ...apart, ...given })).toEqual([]);
  });

  it('refuses a cookie domain that is none, and plain http in public', () => {
    expect(
      problemsOf({ ...apart, COOKIE_DOMAIN: 'https://example.com', WEB_ORIGIN: 'http://app.example.com' }),
    ).toEqual([
      `COOKIE_DOMAIN: must be a domain name without a scheme; ${nameAlone}`,
      'WEB_ORIGIN: a plain http: origin is allowed in production only on loopback or *.localhost; serve it over https: and say so here',
    ]);
  });
});

describe('docs/modes.md', () => {
  const text = readFileSync(new URL('../../../docs/modes.md', import.meta.url), 'utf8');

  it.each(refusals)('lists the refusal of %s', (_what, _given, problems) => {
    expect(problems.filter((problem) => !text.includes(problem))).toEqual([]);
  });
});
