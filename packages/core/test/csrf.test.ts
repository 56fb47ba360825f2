import { describe, expect, it } from 'vitest';
import { judgeOrigin } from '../src/csrf.ts';
import { publicOrigin } from './fixtures/bff.ts';

function judge(method: string, headers: Record<string, string>) {
  return judgeOrigin(new Request(`${publicOrigin}/api/login`, { method, headers }), { origins: [publicOrigin] });
}

describe('requests of our own pages', () => {
  it.each([
    ['POST', { 'sec-fetch-site': 'same-origin' }],
    ['GET', { 'sec-fetch-site': 'none' }],
    ['HEAD', { 'sec-fetch-site': 'none' }],
    ['POST', { origin: publicOrigin }],
    ['POST', { 'x-footbridge': '1' }],
    ['POST', { 'sec-fetch-site': 'same-origin', origin: 'null' }],
  ])('lets %s with %j through', (method, headers) => {
    expect(judge(method, headers)).toEqual({ kind: 'own' });
  });
});

describe('requests that another site made a browser send', () => {
  it.each([
    ['POST', { 'sec-fetch-site': 'cross-site' }, 'sec_fetch_site'],
    ['GET', { 'sec-fetch-site': 'cross-site' }, 'sec_fetch_site'],
    ['POST', { 'sec-fetch-site': 'same-site' }, 'sec_fetch_site'],
    ['GET', { 'sec-fetch-site': 'same-site' }, 'sec_fetch_site'],
    ['POST', { 'sec-fetch-site': 'none' }, 'sec_fetch_site'],
    ['POST', { 'sec-fetch-site': '' }, 'sec_fetch_site'],
    ['POST', { 'sec-fetch-site': 'SAME-ORIGIN' }, 'sec_fetch_site'],
    ['POST', { 'sec-fetch-site': 'same-origin, cross-site' }, 'sec_fetch_site'],
    ['POST', { 'sec-fetch-site': 'cross-site', origin: publicOrigin, 'x-footbridge': '1' }, 'sec_fetch_site'],
    ['POST', { origin: 'null' }, 'origin'],
    ['POST', { origin: 'null', 'x-footbridge': '1' }, 'origin'],
    ['POST', { origin: 'https://evil.example' }, 'origin'],
    ['POST', { origin: 'http://app.example.com' }, 'origin'],
    ['POST', { origin: `${publicOrigin}:8443` }, 'origin'],
    ['POST', { origin: `${publicOrigin}.evil.example` }, 'origin'],
    ['GET', { origin: 'https://evil.example' }, 'origin'],
    ['POST', {}, 'unmarked'],
    ['GET', {}, 'unmarked'],
    ['POST', { 'x-footbridge': '0' }, 'unmarked'],
    ['POST', { 'x-footbridge': 'true' }, 'unmarked'],
    ['POST', { referer: `${publicOrigin}/login` }, 'unmarked'],
  ])('refuses %s with %j', (method, headers, reason) => {
    expect(judge(method, headers)).toEqual({ kind: 'foreign', reason });
  });
});

describe('requests to an app whose pages are on another subdomain', () => {
  const rules = { origins: [publicOrigin], acceptsSameSite: true };
  const judgeThere = (method: string, headers: Record<string, string>) =>
    judgeOrigin(new Request('https://api.example.com/api/login', { method, headers }), rules);

  it.each([
    ['POST', { 'sec-fetch-site': 'same-site', origin: publicOrigin }],
    ['GET', { 'sec-fetch-site': 'same-site', origin: publicOrigin }],
    ['GET', { 'sec-fetch-site': 'same-site' }],
    ['GET', { 'sec-fetch-site': 'none' }],
    ['POST', { 'sec-fetch-site': 'same-origin', origin: 'https://api.example.com' }],
    ['POST', { origin: publicOrigin }],
    ['DELETE', { 'x-footbridge': '1' }],
  ])('lets %s with %j through', (method, headers) => {
    expect(judgeThere(method, headers)).toEqual({ kind: 'own' });
  });

  it.each([
    ['POST', { 'sec-fetch-site': 'same-site' }, 'origin'],
    ['POST', { 'sec-fetch-site': 'same-site', 'x-footbridge': '1' }, 'origin'],
    ['POST', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' }, 'origin'],
    ['GET', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' }, 'origin'],
    ['GET', { 'sec-fetch-site': 'same-site', origin: 'null' }, 'origin'],
    ['POST', { 'sec-fetch-site': 'same-site', origin: `${publicOrigin}/` }, 'origin'],
    ['POST', { 'sec-fetch-site': 'cross-site', origin: publicOrigin }, 'sec_fetch_site'],
    ['POST', { 'sec-fetch-site': 'none' }, 'sec_fetch_site'],
    ['POST', { origin: 'https://evil.example.com', 'x-footbridge': '1' }, 'origin'],
    ['POST', {}, 'unmarked'],
  ])('refuses %s with %j', (method, headers, reason) => {
    expect(judgeThere(method, headers)).toEqual({ kind: 'foreign', reason });
  });
});
