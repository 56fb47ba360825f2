import { describe, expect, it } from 'vitest';
import { field } from '../src/fields.ts';

describe('setting fields', () => {
  it.each([
    ['origin', field.origin('http://localhost:3000'), 'https://app.example.com:8443', 'https://app.example.com:8443'],
    ['url', field.optionalUrl(), 'https://api.example.com/base/', 'https://api.example.com/base'],
    ['port', field.port(3000), '0', 0],
    ['port that may be absent', field.optionalPort(), '9464', 9464],
    ['fractional seconds', field.seconds(900), '0.5', 0.5],
    ['count', field.count(12, 4), '4', 4],
    ['flag', field.flag(true), 'false', false],
    ['choice', field.choice(['proxy', 'shared-domain'], 'proxy'), 'shared-domain', 'shared-domain'],
  ])('reads a %s', (_kind, schema, text, value) => {
    expect(schema.parse(text)).toBe(value);
  });

  it.each([
    ['origin', field.origin('http://localhost:3000'), 'http://localhost:3000'],
    ['seconds', field.seconds(900), 900],
    ['optional text', field.optionalText(), undefined],
    ['list', field.secretList(), []],
  ])('takes an empty %s as unset', (_kind, schema, fallback) => {
    expect([schema.parse(undefined), schema.parse('  ')]).toEqual([fallback, fallback]);
  });

  it.each([
    ['an origin with a path', field.origin(''), 'https://app.example.com/app'],
    ['an origin with a trailing slash', field.origin(''), 'https://app.example.com/'],
    ['an origin without a scheme', field.origin(''), 'app.example.com'],
    ['an origin of another scheme', field.origin(''), 'ftp://app.example.com'],
    ['a wildcard origin', field.origin(''), '*'],
    ['a URL with credentials', field.optionalUrl(), 'https://user:pass@api.example.com'],
    ['a port beyond the last', field.port(1), '65536'],
    ['a port that is none', field.optionalPort(), 'none'],
    ['a negative count', field.count(1), '-1'],
    ['a count below the least', field.count(12, 4), '3'],
    ['zero seconds', field.seconds(1), '0'],
    ['seconds in words', field.seconds(1), '15m'],
    ['infinite seconds', field.seconds(1), 'Infinity'],
    ['a flag in words', field.flag(true), 'maybe'],
    ['a choice nobody offered', field.choice(['local', 'remote'], 'local'), 'LOCAL'],
  ])('refuses %s', (_what, schema, text) => {
    expect(schema.safeParse(text).success).toBe(false);
  });
});
