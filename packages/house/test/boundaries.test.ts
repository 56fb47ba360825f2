import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, packageOf, read, root, sourceFiles, workspaces } from '../src/workspaces.mjs';

/** Who may import whom: contracts ← core ← next, node ← web; contracts, core ← api. Settings and operations serve apps and tools alone. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  settings: [],
  operations: [],
  attacks: [],
  core: ['contracts'],
  next: ['contracts', 'core'],
  node: ['contracts', 'core'],
  api: ['contracts', 'core', 'operations', 'settings'],
  web: ['contracts', 'core', 'next', 'node', 'operations', 'settings'],
  house: ['settings'],
  bench: ['api', 'core', 'next'],
  e2e: ['attacks', 'contracts', 'core', 'settings'],
};

const everyWorkspace = workspaces();
const productImports = (folder: string) => sourceFiles(`${folder}/src`).flatMap(importsOf);

describe('import directions', () => {
  it('cover every workspace there is', () => {
    expect(everyWorkspace.map(({ name }) => name).toSorted()).toEqual(Object.keys(mayImport).toSorted());
  });

  it('find imports in every workspace they judge', () => {
    const silent = everyWorkspace.filter(({ folder }) => productImports(folder).length === 0);
    expect(silent).toEqual([]);
  });

  it.each(everyWorkspace)('hold in the manifest and imports of $name', ({ name, folder, manifest }) => {
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const imported = productImports(folder).map(({ specifier }) => packageOf(specifier));
    const internal = [...declared, ...imported].filter((dependency) => dependency?.startsWith('@footbridge/'));
    const allowed = (mayImport[name] ?? []).map((other) => `@footbridge/${other}`);
    const apps = name === 'e2e' ? ['@footbridge/api', '@footbridge/web'] : [];
    expect(internal.filter((dependency) => ![...allowed, ...apps].includes(dependency ?? ''))).toEqual([]);
  });

  it.each(everyWorkspace)('keep $name to what its manifest declares', ({ name, folder, manifest }) => {
    const runtime = { ...manifest.dependencies, ...manifest.peerDependencies };
    const declared = new Set(Object.keys(name === 'e2e' ? { ...runtime, ...manifest.devDependencies } : runtime));
    const undeclared = productImports(folder)
      .map(({ specifier }) => packageOf(specifier))
      .filter((dependency) => dependency !== undefined && !declared.has(dependency));
    expect(undeclared).toEqual([]);
  });

  it.each(everyWorkspace)('let no relative import leave $name', ({ folder }) => {
    const escapes = [...sourceFiles(folder)]
      .flatMap(importsOf)
      .filter(({ specifier }) => specifier.startsWith('.'))
      .filter(({ file, specifier }) => !path.join(path.dirname(file), specifier).startsWith(`${folder}/`));
    expect(escapes).toEqual([]);
  });
});

describe('core', () => {
  it('imports neither Node nor a framework', () => {
    const foreign = productImports('packages/core').filter(({ specifier }) =>
      /^(node:|next|react|express)/.test(specifier),
    );
    expect(foreign).toEqual([]);
  });

  it('names no global that only Node has', () => {
    const files = sourceFiles('packages/core/src').filter((file) =>
      /\b(Buffer|process|require|__dirname)\b[.(]/.test(read(file)),
    );
    expect(files).toEqual([]);
  });
});

describe('settings', () => {
  it('are read from the environment in one file per app', () => {
    const readers = ['apps/api', 'apps/web']
      .flatMap((folder) => sourceFiles(folder))
      .filter((file) => !file.includes('/test/') && /process\.env\b(?!\.NEXT_RUNTIME)/.test(read(file)));
    expect(readers.toSorted()).toEqual(['apps/api/prisma.config.ts', 'apps/api/src/env.ts', 'apps/web/src/env.ts']);
  });

  it('are all described in the example file', () => {
    const documented = new Set(
      [...read('.env.example').matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map((match) => match[1] ?? ''),
    );
    const known = ['apps/api/src/env.ts', 'apps/web/src/env.ts'].flatMap((file) =>
      [...read(file).matchAll(/^\s+([A-Z][A-Z_]+): field\./gm)].map((match) => match[1] ?? ''),
    );
    expect(known.length).toBeGreaterThan(10);
    expect([...documented].toSorted()).toEqual([...new Set([...known, 'DATA_DIR', 'NODE_ENV'])].toSorted());
  });
});

describe('the house', () => {
  it('has one version per dependency', () => {
    const loose = everyWorkspace.flatMap(({ name, manifest }) =>
      Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
        .filter(([, version]) => version !== 'catalog:' && version !== 'workspace:*')
        .map(([dependency]) => `${name}: ${dependency}`),
    );
    expect(loose).toEqual([]);
  });

  it.each(everyWorkspace)('mirrors the source folders of $name in its tests', ({ folder }) => {
    const tests = existsSync(path.join(root, folder, 'test')) ? sourceFiles(`${folder}/test`) : [];
    const folders = tests
      .filter((file) => /\.(test|spec)\.tsx?$/.test(file))
      .map((file) => path.dirname(file).replace(`${folder}/test`, `${folder}/src`));
    expect(folders.filter((mirrored) => !existsSync(path.join(root, mirrored)))).toEqual([]);
  });
});
