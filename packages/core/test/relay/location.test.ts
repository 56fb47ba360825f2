import { describe, expect, it } from 'vitest';
import { localLink, localLocation } from '../../src/relay/location.ts';

const upstream = { origin: 'http://127.0.0.1:4000', basePath: '/v1/api' };

describe('a location', () => {
  it.each([
    ['http://127.0.0.1:4000/v1/api/notes/1', '/api/proxy/notes/1'],
    ['HTTP://127.0.0.1:4000/v1/api/notes?a=%20b#c', '/api/proxy/notes?a=%20b#c'],
    ['//127.0.0.1:4000/v1/api/notes', '/api/proxy/notes'],
    ['http://127.0.0.1:4000/v1/api//evil.example', '/api/proxy//evil.example'],
  ])('below the upstream, %s, becomes the relay\u2019s', (value, expected) => {
    expect(localLocation(value, upstream)).toBe(expected);
  });

  it.each([
    '/v1/api/notes',
    '/elsewhere',
    'notes/1',
    '../notes',
    '?page=2',
    '',
    'https://example.org/v1/api/notes',
    'https://127.0.0.1:4000/v1/api/notes',
    'http://127.0.0.1:4001/v1/api/notes',
    'http://127.0.0.1:4000/metrics',
    'http://127.0.0.1:4000/v1/apix/notes',
    'http://127.0.0.1:4000/v1/api/../../metrics',
    'mailto:ada@example.com',
    'http://',
    'http://[',
  ])('elsewhere, %s, stays as it is', (value) => {
    expect(localLocation(value, upstream)).toBe(value);
  });
});

it('maps the targets of links alone', () => {
  const value = '<http://127.0.0.1:4000/v1/api/notes?cursor=2>; rel="next", <https://example.org/>; rel="help"';
  expect(localLink(value, upstream)).toBe(
    '</api/proxy/notes?cursor=2>; rel="next", <https://example.org/>; rel="help"',
  );
});
