import { describe, expect, it } from 'vitest';
import { titlesOf } from '../src/test-titles.mjs';

const names = ['one', 'two'];

describe('the titles of a file of tests', () => {
  it('are what its tests say, in their order', () => {
    expect(titlesOf('packages/house/test/test-titles.test.ts')).toEqual([
      'the titles of a file of tests',
      'are what its tests say, in their order',
      'are found behind a table: %s',
      `are found in templates: \${names.length}`,
      "are found with the quotation marks of somebody's own",
    ]);
  });

  it.each(names)('are found behind a table: %s', (name) => {
    expect(titlesOf('packages/house/test/test-titles.test.ts')).not.toContain(name);
  });

  it(`are found in templates: ${names.length}`, () => {
    expect(titlesOf('packages/house/test/boundaries.test.ts')).toContain('keep $name to what its manifest declares');
  });

  it("are found with the quotation marks of somebody's own", () => {
    expect(titlesOf('packages/house/src/test-titles.mjs')).toEqual([]);
  });
});
