import { expect, test } from '@playwright/test';
import { recordedLogs, recordedSecrets } from '../src/record/read.ts';
import { createSearch } from '../src/record/search.ts';

test('no log of this run holds a token, cookie, password, secret or e-mail address', () => {
  const [logs, secrets] = [recordedLogs(), recordedSecrets()];
  test.skip(logs.length === 0, 'no process was started');
  const search = createSearch(secrets);
  const findings = logs.flatMap(({ name, text }) => search(text).map(({ what, form }) => `${what}, ${form}: ${name}`));
  const bytes = logs.reduce((sum, { text }) => sum + text.length, 0);
  test.info().annotations.push({
    type: 'searched',
    description: `${logs.length} logs, ${bytes} bytes, for ${secrets.length} values`,
  });
  expect(secrets.length).toBeGreaterThan(0);
  expect(findings).toEqual([]);
});

test('no log of this run tells of an unhandled rejection', () => {
  const telling = recordedLogs().filter(({ text }) => /unhandled ?rejection|uncaughtException/i.test(text.toString()));
  expect(telling.map(({ name }) => name)).toEqual([]);
});
