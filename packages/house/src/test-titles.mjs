/** What the tests of a file say of themselves. */
import { read } from './workspaces.mjs';

/** The first argument of `describe`, `it` and `test`, or of what `.each(…)` gives; of nothing that is skipped. */
const title =
  /(?:\b(?:describe|it|test)(?:\.(?!skip|todo|fixme)\w+)*|\)|`)\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;

/**
 * Every title in a file of tests, as it stands in the source: a placeholder is a placeholder.
 * @param {string} file
 * @returns {string[]}
 */
export function titlesOf(file) {
  return [...read(file).matchAll(title)].map(([, single, double, template]) =>
    unescaped(single ?? double ?? template ?? ''),
  );
}

/** @param {string} text */
function unescaped(text) {
  return text
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_match, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll(/\\(.)/g, '$1');
}
