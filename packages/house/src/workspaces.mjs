/** The repository as data: its workspaces, their manifests, their sources and what those import. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

const skipped = new Set(['node_modules', 'dist', '.next', 'generated', 'reports', '.turbo', '.data', '.git']);
const sourceFile = /\.(ts|tsx|js|mjs)$/;
const importSpecifier =
  /(?:^|[\s;])(?:import|export)\s+(type\s)?(?:[^'"`;()]*?\sfrom\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

/**
 * @typedef {{ name: string, dependencies?: Record<string, string>, devDependencies?: Record<string, string>, peerDependencies?: Record<string, string> }} Manifest
 * @typedef {{ name: string, folder: string, manifest: Manifest }} Workspace
 * @typedef {{ file: string, specifier: string, isTypeOnly: boolean }} Import
 */

/** @returns {Workspace[]} */
export function workspaces() {
  return ['apps', 'packages'].flatMap((parent) =>
    readdirSync(path.join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => {
        const folder = `${parent}/${name}`;
        return { name, folder, manifest: JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) };
      }),
  );
}

/**
 * Source files below a folder, as paths relative to the root.
 * @param {string} folder
 * @returns {string[]}
 */
export function sourceFiles(folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const relative = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : sourceFiles(relative);
    return sourceFile.test(entry.name) ? [relative] : [];
  });
}

/** @param {string} file */
export function read(file) {
  return readFileSync(path.join(root, file), 'utf8');
}

/**
 * Every import and re-export of a file.
 * @param {string} file
 * @returns {Import[]}
 */
export function importsOf(file) {
  const withoutComments = read(file).replaceAll(/\/\*[\s\S]*?\*\//g, '');
  return [...withoutComments.matchAll(importSpecifier)].map((match) => ({
    file,
    specifier: match[2] ?? match[3] ?? '',
    isTypeOnly: match[1] !== undefined,
  }));
}

/**
 * The package that a bare specifier names, or undefined for a relative or built-in one.
 * @param {string} specifier
 */
export function packageOf(specifier) {
  if (specifier.startsWith('.') || specifier.startsWith('node:') || specifier.startsWith('@/')) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
