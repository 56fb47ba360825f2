import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/contract.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const ask = (path: string): request.Test => request(api.app).get(path);
const nonceOf = (text: string): string => /nonce="([^"]+)"/.exec(text)?.[1] ?? '';

describe('GET /docs', () => {
  it('is a page whose own scripts alone run', async () => {
    const { status, headers, text } = await ask('/docs');
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'text/html; charset=utf-8' });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain(`default-src 'none'; script-src 'nonce-${nonceOf(text)}';`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(text).not.toMatch(/<script(?![^>]* src=)|\son\w+=|<style|style=/);
  });

  it('has a new nonce every time, and is kept by nobody', async () => {
    const [one, two] = [await ask('/docs'), await ask('/docs')];
    expect(nonceOf(one.text)).toMatch(/^[\w-]{22}$/);
    expect(nonceOf(two.text)).not.toBe(nonceOf(one.text));
    expect(one.headers['cache-control']).toBe('private, no-store');
  });

  it('loads nothing that is not served here', async () => {
    const { text } = await ask('/docs');
    const links = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(links).toHaveLength(6);
    for (const link of links.filter((candidate) => candidate !== 'data:,')) {
      const { status } = await ask(`/${link}`);
      expect({ link, status }).toEqual({ link, status: 200 });
    }
  });
});

describe('GET /docs/:asset', () => {
  it.each([
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['swagger-ui.css', 'text/css; charset=utf-8'],
    ['start.js', 'text/javascript; charset=utf-8'],
    ['page.css', 'text/css; charset=utf-8'],
  ])('serves %s, and asks who has it to ask again', async (name, type) => {
    const { status, headers } = await ask(`/docs/${name}`);
    expect({ status, type: headers['content-type'], storage: headers['cache-control'] }).toEqual({
      status: 200,
      type,
      storage: 'public, no-cache',
    });
    await ask(`/docs/${name}`).set('If-None-Match', String(headers['etag'])).expect(304);
  });

  it.each([
    'index.html',
    'swagger-ui-bundle.js.map',
    'package.json',
    'oauth2-redirect.html',
    'constructor',
    '__proto__',
    '..%2fpackage.json',
    '%2e%2e',
    'start.js%00',
    'START.JS',
  ])('has no %s', async (name) => {
    expectRefusal(await ask(`/docs/${name}`), 'not_found');
  });

  it.each(['/docs/', '/docs/start.js/', '/docs/x/start.js'])('lists nothing at %s', async (path) => {
    expectRefusal(await ask(path), 'not_found');
  });
});
