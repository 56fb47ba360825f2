import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, type Link, localLinksOf, type Table, tablesOf } from '../src/markdown.mjs';
import { titlesOf } from '../src/test-titles.mjs';
import { read, root } from '../src/workspaces.mjs';

const document = 'docs/threat-model.md';
const text = read(document);
const tables = tablesOf(text);
const evidence = tables.filter(({ columns }) => columns.includes('test'));
const rules = evidence.filter(({ columns }) => columns.includes('here'));
const threats = evidence.filter(({ columns }) => columns.includes('threat'));

/** What is said of a rule, in bold, before anything else. */
const verdict = /^\*\*(Met|Partly|Not met|Absent|Not applicable)\.\*\*/;
const isKept = /^\*\*(?:Met|Partly)\.\*\*/;
const shortestQuotation = 10;

const cellOf = (row: Record<string, string>, column: string): string => row[column] ?? '';
const fileOf = (link: Link): string => (link.path === '' ? document : path.join(path.dirname(document), link.path));
const exists = (file: string): boolean => existsSync(path.join(root, file));
const rowsOf = (some: readonly Table[]) => some.flatMap(({ rows }) => rows);

/** Every requirement of a chapter that the document covers: the last number of each of its sections. */
const chapters: readonly (readonly [name: string, heading: string, lastOfSection: Readonly<Record<string, number>>])[] =
  [
    ['ASVS V3.3', 'V3.3 Cookie setup', { '3.3': 5 }],
    [
      'ASVS V6',
      'V6 Authentication',
      { '6.1': 3, '6.2': 12, '6.3': 8, '6.4': 6, '6.5': 8, '6.6': 4, '6.7': 2, '6.8': 4 },
    ],
    ['ASVS V7', 'V7 Session management', { '7.1': 3, '7.2': 4, '7.3': 2, '7.4': 5, '7.5': 3, '7.6': 2 }],
    ['ASVS V9', 'V9 Self-contained tokens', { '9.1': 3, '9.2': 4 }],
    ['RFC 8725', 'RFC 8725: JSON Web Tokens', { '3': 12 }],
  ];

/** The numbers that a row is about: `6.5.1–6.5.8 · L2` is eight. */
function numbersOf(cell: string): string[] {
  const [first = '', last = first] = (cell.split(' ')[0] ?? '').split('–');
  const [section, start, end] = [
    first.replace(/\.\d+$/, ''),
    Number(first.split('.').at(-1)),
    Number(last.split('.').at(-1)),
  ];
  return Array.from({ length: end - start + 1 }, (_, index) => `${section}.${start + index}`);
}

describe('the threat model', () => {
  it('has threats and rules to be held to', () => {
    expect(rowsOf(threats).length).toBeGreaterThan(50);
    expect(rowsOf(rules).length).toBeGreaterThan(100);
  });

  it('links to nothing that is not there', () => {
    const links = localLinksOf(text);
    expect(links.map(fileOf).filter((file) => !exists(file))).toEqual([]);
    const astray = links
      .filter((link) => link.anchor !== '' && exists(fileOf(link)))
      .filter((link) => !anchorsOf(read(fileOf(link))).includes(link.anchor));
    expect(astray).toEqual([]);
  });

  it('quotes titles of tests that are in the files it links to', () => {
    const missing = rowsOf(evidence)
      .flatMap((row) => localLinksOf(cellOf(row, 'test')))
      .filter((link) => exists(fileOf(link)))
      .filter((link) => !titlesOf(fileOf(link)).some((title) => title.includes(link.text)))
      .map((link) => `${fileOf(link)}: ${link.text}`);
    expect(missing).toEqual([]);
  });

  it('quotes enough of a title to tell it from others', () => {
    const quotations = rowsOf(evidence).flatMap((row) => localLinksOf(cellOf(row, 'test')));
    expect(quotations.filter((link) => link.text.length < shortestQuotation)).toEqual([]);
    expect(quotations.map(fileOf).filter((file) => !/\.(?:test|spec)\.tsx?$/.test(file))).toEqual([]);
  });

  it('gives every threat a control, a file and a test', () => {
    const bare = rowsOf(threats).filter(
      (row) =>
        ['file', 'test'].some((column) => localLinksOf(cellOf(row, column)).length === 0) || !cellOf(row, 'control'),
    );
    expect(bare).toEqual([]);
  });

  it('gives every rule a verdict, and files and tests where it is kept', () => {
    const unjudged = rowsOf(rules).filter((row) => !verdict.test(cellOf(row, 'here')));
    expect(unjudged).toEqual([]);
    const unshown = rowsOf(rules)
      .filter((row) => isKept.test(cellOf(row, 'here')))
      .filter((row) => ['file', 'test'].some((column) => localLinksOf(cellOf(row, column)).length === 0));
    expect(unshown).toEqual([]);
  });

  it('says why of every rule that is not met in full', () => {
    const unexplained = rowsOf(rules)
      .map((row) => cellOf(row, 'here'))
      .filter((here) => !here.startsWith('**Met.**') && here.replace(verdict, '').trim() === '');
    expect(unexplained).toEqual([]);
  });

  it.each(chapters)('covers every requirement of %s once', (_name, heading, lastOfSection) => {
    const table = rules.find((some) => some.heading === heading);
    const covered = table?.rows.flatMap((row) => numbersOf(cellOf(row, table.columns[0] ?? '')));
    const wanted = Object.entries(lastOfSection).flatMap(([section, last]) =>
      Array.from({ length: last }, (_, index) => `${section}.${index + 1}`),
    );
    expect(covered).toEqual(wanted);
  });
});
