import { describe, expect, it } from 'vitest';
import { loginRequest, registerRequest } from '../src/credentials.ts';

const valid = { email: 'ada@example.com', password: 'correct horse' };

describe('register request', () => {
  it('keeps one canonical form of an e-mail', () => {
    expect(registerRequest.parse({ ...valid, email: '  ＡDA@Example.COM ' }).email).toBe('ada@example.com');
  });

  it.each([
    ['no e-mail at all', { ...valid, email: 'ada' }, 'email'],
    ['an e-mail of 255 characters', { ...valid, email: `${'a'.repeat(243)}@example.com` }, 'email'],
    ['seven characters', { ...valid, password: '1234567' }, 'password'],
    ['seven astral characters', { ...valid, password: '😀'.repeat(7) }, 'password'],
    ['73 bytes', { ...valid, password: 'a'.repeat(73) }, 'password'],
    ['25 three-byte characters', { ...valid, password: '€'.repeat(25) }, 'password'],
    ['a null character', { ...valid, password: 'correct\u0000horse' }, 'password'],
    ['a lone surrogate', { ...valid, password: 'correct \ud800 horse' }, 'password'],
    ['a name with a line break', { ...valid, name: 'Ada\nLovelace' }, 'name'],
    ['a name with a null character', { ...valid, name: 'Ada\u0000' }, 'name'],
    ['a blank name', { ...valid, name: '   ' }, 'name'],
    ['an object for a password', { ...valid, password: { $ne: null } }, 'password'],
  ])('refuses %s and names the field', (_what, body, field) => {
    const result = registerRequest.safeParse(body);
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual([field]);
  });

  it('accepts 72 bytes and drops unknown members', () => {
    const request = registerRequest.parse({ ...valid, password: '€'.repeat(24), role: 'admin' });
    expect(Object.keys(request).toSorted()).toEqual(['email', 'password']);
  });
});

describe('login request', () => {
  it('lets a short password through to the comparison', () => {
    expect(loginRequest.parse({ email: valid.email, password: 'x' }).password).toBe('x');
  });
});
