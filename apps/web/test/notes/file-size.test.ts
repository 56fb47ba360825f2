import { expect, it } from 'vitest';
import { fileSize } from '../../src/notes/file-size.ts';

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [1024 * 1024 - 1, '1 MiB'],
  [25 * 1024 * 1024, '25 MiB'],
  [25 * 1024 * 1024 + 1, '25 MiB'],
  [3.25 * 1024 ** 3, '3.3 GiB'],
  [5000 * 1024 ** 3, '5000 GiB'],
])('says %i as %s', (bytes, words) => {
  expect(fileSize(bytes)).toBe(words);
});
