/** Browsers of shared-domain mode: pages of the frontend that ask the API, and the cookies they keep. */
import { createTokenCookies } from '@footbridge/core';
import type { Express } from 'express';
import request, { type Response } from 'supertest';
import type { BrowserPolicy } from '../../src/browsers/browsers.ts';
import { type CookieJar, createCookieJar } from './cookie-jar.ts';
import { newAccount } from './test-app.ts';

/** Where both apps are. */
export interface Site {
  readonly api: string;
  readonly web: string;
  readonly domain: string;
}

export const https: Site = { api: 'https://api.example.com', web: 'https://app.example.com', domain: 'example.com' };
export const http: Site = {
  api: 'http://api.example.localhost:4000',
  web: 'http://app.example.localhost:3000',
  domain: 'example.localhost',
};

/** The policy of an API at a site. */
export function sharedDomain({ api, web, domain }: Site = https, trustedHops = 0): BrowserPolicy {
  const cookies = createTokenCookies({ publicOrigin: api, cookieDomain: domain });
  return { kind: 'shared-domain', origins: [web], cookies, trustedHops };
}

/** What a browser adds to a request of one of the frontend's scripts. */
export const fromOurPage = { Origin: https.web, 'Sec-Fetch-Site': 'same-site' } as const;

/** The lines of an answer, which Node never folds. */
export function setCookies(response: Response): readonly string[] {
  const lines: unknown = response.headers['set-cookie'];
  return Array.isArray(lines) ? lines.map(String) : [];
}

/** One browser with a page of the frontend open. */
export interface Browser {
  readonly jar: CookieJar;
  /** A script's request, with credentials. */
  ask(method: Method, path: string, body?: object): Promise<Response>;
  /** The value of a cookie, which no script could read. */
  cookie(name: string): string;
  /** What a sibling subdomain does to this browser. */
  plant(line: string): void;
}

type Method = 'get' | 'post' | 'patch' | 'delete';

/** Opens a browser. */
export function openBrowser(app: Express, site: Site = https): Browser {
  const jar = createCookieJar();
  return {
    jar,
    async ask(method, path, body) {
      const agent = request(app);
      const test = agent[method](path).set({ ...fromOurPage, Origin: site.web });
      const cookie = jar.header(`${site.api}${path}`);
      if (cookie !== undefined) test.set('Cookie', cookie);
      const response = await (body ? test.send(body) : test);
      const ignored = jar.take(`${site.api}${path}`, setCookies(response));
      if (ignored.length > 0) throw new Error(`the browser ignores a cookie: ${ignored[0]?.split('=', 1).join('')}`);
      return response;
    },
    cookie: (name) => jar.all().find((kept) => kept.name === name)?.value ?? '',
    plant: (line) => void jar.take(`https://sibling.${site.domain}`, [line]),
  };
}

/** A browser that has just registered somebody. */
export interface SignedIn extends Browser {
  readonly email: string;
  readonly password: string;
  readonly sessionId: string;
}

export const access = '__Secure-access';
export const refresh = '__Secure-refresh';

/** Registers somebody in a browser of their own. */
export async function signUp(app: Express): Promise<SignedIn> {
  const browser = openBrowser(app);
  const account = newAccount();
  const { status } = await browser.ask('post', '/api/register', account);
  if (status !== 201) throw new Error(`the registration was refused: ${status}`);
  return { ...browser, ...account, sessionId: browser.cookie(refresh).split('.')[1] ?? '' };
}
