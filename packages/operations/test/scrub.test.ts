import { Writable } from 'node:stream';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { logOptions } from '../src/log-options.ts';

let text = '';
const sink = new Writable({
  write(chunk, _encoding, done) {
    text += String(chunk);
    done();
  },
});
const logger = pino(logOptions('test', 'trace'), sink);
const line = (): Record<string, unknown> => JSON.parse(text);

beforeEach(() => void (text = ''));

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';
const refreshToken = 'v1.0b5ad2de-54c6-4a39-9ed4-5b1f6f1f2b11.3.mac-of-it';

describe('a log line', () => {
  it.each([
    'password',
    'newPassword',
    'passwordHash',
    'token',
    'refreshToken',
    'Authorization',
    'cookie',
    'Set-Cookie',
    'headers',
    'body',
    'req',
    'response',
    'email',
    'address',
  ])('drops %s at any depth', (name) => {
    const value = { hidden: 'hunter2' };
    logger.info({ [name]: 'hunter2', one: { [name]: value, two: [{ [name]: ['hunter2'] }] } }, 'event');
    expect(text).not.toContain('hunter2');
    expect(line()).toMatchObject({ [name]: '[removed]', one: { two: [{ [name]: '[removed]' }] }, msg: 'event' });
  });

  it.each([
    jwt,
    refreshToken,
    `Bearer ${jwt}`,
    'Basic d2ViOnNlY3JldA==',
    'postgres://footbridge:hunter2@db/app',
    'ada.lovelace+notes@example.com',
  ])('cuts %s out of any text', (secret) => {
    logger.info({ reason: `what was sent is ${secret}`, list: [secret], err: new Error(`not ${secret}`) }, 'event');
    expect(text).not.toContain(secret);
    expect(line()).toMatchObject({ reason: expect.stringContaining('[removed]'), msg: 'event' });
  });

  it('keeps of an error what locates the fault', () => {
    const cause = Object.assign(new Error('no such host'), { code: 'ENOTFOUND', hostname: 'hunter2' });
    logger.error({ err: Object.assign(new Error('failed', { cause }), { meta: { args: ['hunter2'] } }) }, 'event');
    expect(text).not.toContain('hunter2');
    expect(line()).toMatchObject({
      err: { type: 'Error', message: 'failed', cause: { code: 'ENOTFOUND', message: 'no such host' } },
    });
    expect(JSON.stringify(line()['err'])).toContain('scrub.test.ts');
  });

  it('keeps ids, numbers, times and flags as they are', () => {
    const userId = '3c2f7a9e-3c7e-4f60-9d5c-6a1d53a0f3aa';
    const details = { userId, status: 200, isNew: true, none: null, at: new Date(0) };
    logger.info(details, 'event');
    expect(line()).toMatchObject({ ...details, at: '1970-01-01T00:00:00.000Z', app: 'test' });
  });

  it('cannot be forged by what a client sends', () => {
    logger.info({ reason: 'x\n{"level":30,"msg":"login_succeeded"}\r\u2028\u001b[31m' }, 'event');
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    for (const character of ['\r', '\u001b']) expect(text).not.toContain(character);
  });

  it('survives what refers to itself', () => {
    const loop: Record<string, unknown> = {};
    loop['loop'] = loop;
    logger.info({ loop }, 'event');
    expect(line()).toMatchObject({ msg: 'event' });
  });
});
