import { describe, expect, it } from 'vitest';
import { requestKind } from '../../src/guard/request-kind.ts';

const form = 'application/x-www-form-urlencoded';
const html = 'text/html,application/xhtml+xml,*/*;q=0.8';

function kindOf(method: string, headers: Record<string, string>, isRscNavigation?: boolean) {
  return requestKind(new Request('https://app.example.com/private', { method, headers }), { isRscNavigation });
}

describe('requestKind', () => {
  it.each([
    ['GET', {}, undefined, 'page'],
    ['GET', { accept: '*/*' }, undefined, 'page'],
    ['GET', { accept: html }, false, 'page'],
    ['GET', { accept: '*/*', 'sec-fetch-dest': 'document' }, false, 'page'],
    ['HEAD', { 'sec-fetch-dest': 'iframe' }, undefined, 'page'],
    ['GET', { accept: '*/*', 'sec-fetch-dest': 'empty' }, true, 'page'],
    ['GET', { accept: '*/*', 'sec-fetch-dest': 'empty' }, undefined, 'page'],
    ['GET', { accept: '*/*', 'sec-fetch-dest': 'empty' }, false, 'script'],
    ['GET', { accept: 'application/json' }, undefined, 'script'],
    ['GET', { accept: '*/*', 'x-footbridge': '1' }, undefined, 'script'],
    ['GET', { accept: '*/*', 'x-requested-with': 'XMLHttpRequest' }, undefined, 'script'],
    ['POST', { 'content-type': form, accept: html }, undefined, 'form'],
    ['POST', { 'content-type': `${form}; charset=utf-8`, accept: html }, undefined, 'form'],
    ['POST', { 'content-type': 'multipart/form-data; boundary=x', 'sec-fetch-mode': 'navigate' }, undefined, 'form'],
    ['POST', { 'content-type': form, accept: '*/*' }, undefined, 'script'],
    ['POST', { 'content-type': 'text/plain', accept: 'text/x-component', 'next-action': '40' }, undefined, 'script'],
    ['POST', { 'content-type': form, accept: html, 'next-action': '40' }, undefined, 'script'],
    ['POST', { 'content-type': 'application/json' }, undefined, 'script'],
    ['DELETE', {}, undefined, 'script'],
    ['PUT', { accept: html }, true, 'script'],
  ])('calls %s with %j (RSC %s) a %s', (method, headers, isRscNavigation, kind) => {
    expect(kindOf(method, headers, isRscNavigation)).toBe(kind);
  });
});
