import { describe, expect, it } from 'vitest';
import { attachmentName } from '../../src/notes/upload.ts';

describe('attachmentName', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['Übersicht 2026 😀.txt', 'Übersicht 2026 😀.txt'],
    ['a/b\\c.txt', 'a_b_c.txt'],
    ['line\nbreak\u0000.txt', 'line_break_.txt'],
    ['  spaces  ', 'spaces'],
    ['\ud800.txt', '\ufffd.txt'],
    ['', ''],
  ])('keeps %j as %j', (given, kept) => {
    expect(attachmentName(given)).toBe(kept);
  });

  it('keeps the end of a long one, which names the kind of file', () => {
    const kept = attachmentName(`${'😀'.repeat(200)}.txt`);
    expect(kept.length).toBeLessThanOrEqual(255);
    expect(kept).toMatch(/😀\.txt$/u);
    expect(kept.isWellFormed()).toBe(true);
  });
});
