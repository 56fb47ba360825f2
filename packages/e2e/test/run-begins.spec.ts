import { randomBytes } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { forgetOldRecords, recordFolder } from '../src/record/folder.ts';
import { createSearch } from '../src/record/search.ts';

const noise = (): Buffer => Buffer.from(`{"msg":"${randomBytes(3000).toString('base64url')}"}\n`);
const secret = `a "secret", ${randomBytes(12).toString('base64')} & more of it`;

const encodings: readonly (readonly [form: string, encoded: string])[] = [
  ['as it is', secret],
  ['URL-encoded', encodeURIComponent(secret)],
  ['form-encoded', new URLSearchParams({ secret }).toString()],
  ['in JSON', JSON.stringify({ secret })],
  ['in base64', Buffer.from(secret).toString('base64')],
  ['in base64url', Buffer.from(secret).toString('base64url')],
  ['in hexadecimal', Buffer.from(secret).toString('hex')],
];

test('a secret in a log is found in every form', () => {
  recordFolder();
  forgetOldRecords();
  const others = Array.from({ length: 1000 }, () => ({
    what: 'another',
    value: randomBytes(40).toString('base64url'),
  }));
  const search = createSearch([...others, { what: 'the one', value: secret }]);
  for (const [form, encoded] of encodings) {
    for (const [before, after] of [
      [noise(), noise()],
      [noise(), Buffer.alloc(0)],
      [Buffer.alloc(0), noise()],
    ] as const) {
      expect(search(Buffer.concat([before, Buffer.from(encoded), after])), form).toMatchObject([{ what: 'the one' }]);
    }
  }
});

test('what only begins or ends like a secret is none', () => {
  const search = createSearch([{ what: 'the one', value: secret }]);
  expect(search(Buffer.concat([noise(), Buffer.from(secret.slice(0, -1)), noise()]))).toEqual([]);
  expect(search(Buffer.concat([noise(), Buffer.from(secret.slice(1)), noise()]))).toEqual([]);
  expect(search(Buffer.from('short'))).toEqual([]);
});
