import { describe, expect, it } from 'vitest';
import { problemOfFailure, problemOfQuery } from '../../src/forms/problem.ts';

describe('problemOfQuery', () => {
  it('finds none in a plain visit', () => {
    expect(problemOfQuery('login', {})).toBeUndefined();
    expect(problemOfQuery('login', { fields: 'email', returnTo: '/private' })).toBeUndefined();
  });

  it('names the fields that were refused', () => {
    const problem = problemOfQuery('register', { error: 'validation_failed', fields: 'password,email' });
    expect(Object.keys(problem?.fields ?? {}).toSorted()).toEqual(['email', 'password']);
  });

  it('puts a taken address at its field', () => {
    expect(problemOfQuery('register', { error: 'email_taken' })?.fields).toHaveProperty('email');
  });

  const hostile = [
    ['<script>alert(1)</script>', 'email'],
    ['constructor', '__proto__'],
    ['__proto__', 'constructor,toString'],
    ['invalid_credentials', '<b>email</b>'],
    ['', ''],
  ];

  it.each(hostile)('never repeats error=%s fields=%s', (error, fields) => {
    const said = JSON.stringify(problemOfQuery('login', { error, fields }));
    expect(said).not.toMatch(/[<>]|proto|constructor/);
    expect(JSON.parse(said)).toMatchObject({ summary: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  it('takes a repeated parameter for none', () => {
    expect(problemOfQuery('login', { error: ['invalid_credentials', 'x'] })).toBeUndefined();
  });

  it('does not know fields of another form', () => {
    expect(problemOfQuery('login', { error: 'validation_failed', fields: 'name' })?.fields).toEqual({});
  });
});

describe('problemOfFailure', () => {
  it('completes the server’s words to a sentence', () => {
    const errors = [{ path: 'password', message: 'must have at least 8 characters' }];
    const failure = { kind: 'refused', code: 'validation_failed', message: 'no', errors } as const;
    expect(problemOfFailure('register', failure)).toEqual({
      summary: 'Some fields need another look.',
      fields: { password: 'Password must have at least 8 characters.' },
    });
  });

  it('says which attempt is worth repeating', () => {
    expect(problemOfFailure('login', { kind: 'unavailable' }).summary).toMatch(/cannot be reached.*again/);
  });

  it('blames neither field for wrong credentials', () => {
    const failure = { kind: 'refused', code: 'invalid_credentials', message: 'no', errors: [] } as const;
    expect(problemOfFailure('login', failure)).toEqual({ summary: 'E-mail or password is wrong.', fields: {} });
  });
});
