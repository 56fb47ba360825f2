/** What a build context leaves out, by `.dockerignore`: literal paths, and patterns of one name at any depth. */

/** Whether the file or folder at a path, relative to the context, stays out of it. */
export type IsIgnored = (path: string) => boolean;

/**
 * Reads the patterns.
 *
 * @throws {TypeError} for a pattern that takes something in again.
 */
export function readDockerIgnore(text: string): IsIgnored {
  const lines = text.split('\n').map((line) => line.trim());
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#')).map(expressionOf);
  return (path) => patterns.some((pattern) => pattern.test(path));
}

function expressionOf(pattern: string): RegExp {
  if (pattern.startsWith('!')) throw new TypeError(`a pattern that is not understood: ${pattern}`);
  const anywhere = pattern.startsWith('**/');
  const name = pattern.slice(anywhere ? 3 : 0).replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${anywhere ? '(?:.*/)?' : ''}${name.replaceAll('*', '[^/]*')}(?:/|$)`);
}
