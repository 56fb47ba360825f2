/** A Markdown file as data: its tables under their headings, and its links. */

/**
 * @typedef {{ text: string, path: string, anchor: string }} Link
 * @typedef {{ heading: string, columns: string[], rows: Record<string, string>[] }} Table
 */

const divider = /^\|(?:\s*:?-+:?\s*\|)+$/;
const inlineLink = /\[((?:[^[\]\\]|\\.)+)\]\(([^()\s]+)\)/g;

/**
 * Every table, each under the nearest heading above it.
 * @param {string} markdown
 * @returns {Table[]}
 */
export function tablesOf(markdown) {
  /** @type {Table[]} */
  const tables = [];
  let heading = '';
  /** @type {Table | undefined} */
  let open;
  for (const [line, next] of pairs(markdown.split('\n'))) {
    heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    if (!line.startsWith('|')) open = undefined;
    else if (open === undefined && divider.test(next))
      tables.push((open = { heading, columns: cellsOf(line), rows: [] }));
    else if (open !== undefined && !divider.test(line)) open.rows.push(rowOf(open.columns, cellsOf(line)));
  }
  return tables;
}

/**
 * Every link within the repository. The path is empty where the link stays in the file, the anchor where it has none.
 * @param {string} markdown
 * @returns {Link[]}
 */
export function localLinksOf(markdown) {
  return [...markdown.matchAll(inlineLink)]
    .filter(([, , target = '']) => !/^[a-z]+:/.test(target))
    .map(([, text = '', target = '']) => {
      const [file = '', anchor = ''] = target.split('#', 2);
      return { text: text.replaceAll(/\\(.)/g, '$1'), path: file, anchor };
    });
}

/**
 * What links can point to in a file, as GitHub names its headings.
 * @param {string} markdown
 */
export function anchorsOf(markdown) {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/**
 * @param {string[]} lines
 * @returns {[line: string, next: string][]}
 */
function pairs(lines) {
  return lines.map((line, index) => [line, lines[index + 1] ?? '']);
}

/** @param {string} line */
function cellsOf(line) {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/**
 * @param {string[]} columns
 * @param {string[]} cells
 */
function rowOf(columns, cells) {
  if (cells.length !== columns.length)
    throw new TypeError(`${cells.length} cells for ${columns.length} columns: ${cells[0]}`);
  return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
}
