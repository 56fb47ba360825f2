/// <reference types="node" />
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as core from '../src/index.ts';

const src = fileURLToPath(new URL('../src', import.meta.url));
const modules = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const importsOf = (file: string) =>
  Array.from(
    readFileSync(`${src}/${file}`, 'utf8').matchAll(/(?:from|import)\s*\(?'([^']+)'/g),
    ([, from = '']) => from,
  );

describe('the public surface', () => {
  it('is exactly this', () => {
    expect(Object.keys(core).toSorted()).toEqual([
      'clientAddress',
      'cookiePolicies',
      'createAuthApi',
      'createBff',
      'createTokenCookies',
      'describeException',
      'inertPolicy',
      'judgeOrigin',
      'localKeys',
      'localPath',
      'mayRepeat',
      'relayFailure',
      'secretKey',
      'securityHeaders',
      'serializeSetCookie',
      'verifyAccessToken',
    ]);
  });
});

describe('the import graph', () => {
  it('needs contracts and jose alone, hence any runtime', () => {
    const packages = new Set(modules.flatMap(importsOf).filter((from) => !from.startsWith('.')));
    expect([...packages].toSorted()).toEqual(['@footbridge/contracts', 'jose']);
  });

  it('uses no global that only Node has', () => {
    const offenders = modules.filter((file) =>
      /\b(?:process|Buffer|require|__dirname)\b[.(]/.test(readFileSync(`${src}/${file}`, 'utf8')),
    );
    expect(offenders).toEqual([]);
  });
});
