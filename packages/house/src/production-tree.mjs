/** `production-tree.mjs APP FOLDER`: copies what one built app needs at run time, and nothing else, for its image. */
import { copyFile, lstat, mkdir, readdir, readFile, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';
import { nodeFileTrace } from '@vercel/nft';
import { root } from './workspaces.mjs';

/**
 * @typedef {object} Tree
 * @property {readonly string[]} data Files and folders of the app that are read and never imported.
 * @property {readonly string[]} assets Files of its dependencies that are read and never imported.
 * @property {RegExp} leftOut What the code names, or the build leaves, and production never loads.
 */

/** Of whatever app: traces, source maps, TypeScript and other people's tests. */
const neverLoaded = /\.(?:nft\.json|map|[cm]?tsx?|test\.[cm]?js)$/;

/**
 * Paths in `data` and `assets` are relative to the app, `leftOut` sees them from the root of the repository.
 *
 * @type {Readonly<Record<string, Tree>>}
 */
const trees = {
  api: {
    data: ['package.json', 'prisma/migrations'],
    assets: ['swagger-ui-bundle.js', 'swagger-ui.css'].map((name) => `node_modules/swagger-ui-dist/${name}`),
    leftOut: /\/@electric-sql\//, // the embedded database: production has a real one
  },
  web: {
    data: ['package.json', '.next'],
    assets: [],
    leftOut: new RegExp(
      [
        String.raw`^apps/web/\.next/(?:cache|dev|diagnostics|types)/`,
        String.raw`^apps/web/\.next/trace(?:-build)?$`,
        String.raw`/next/dist/(?:docs|build/webpack|compiled/(?:@next|babel|babel-packages|next-devtools|next-server|webpack))/`,
        String.raw`/node_modules/(?:sharp|@img)(?:/|$)`, // no image is resized
      ].join('|'),
    ),
  },
};

const [app = '', target = ''] = process.argv.slice(2);
const tree = trees[app];
if (tree === undefined || target === '') throw new TypeError('usage: production-tree.mjs api|web FOLDER');
for (const file of [...(await filesOf(`apps/${app}`, tree))].toSorted()) await copy(file, path.resolve(target));

/**
 * Every compiled script of the app with what it imports, what the app's own build has traced, and what is read.
 *
 * @param {string} folder
 * @param {Tree} tree
 */
async function filesOf(folder, { data, assets, leftOut }) {
  const scripts = (await below(`${folder}/dist`)).filter((file) => file.endsWith('.js'));
  const read = (await Promise.all(data.map((name) => below(`${folder}/${name}`)))).flat();
  const tracedByBuild = new Set((await Promise.all(read.filter(isTrace).map(entriesOf))).flat());
  const { fileList } = await nodeFileTrace(
    [...scripts, ...assets.map((name) => `${folder}/${name}`)].map((file) => path.join(root, file)),
    {
      base: root,
      processCwd: path.join(root, folder),
      conditions: ['node', 'module-sync'], // the latter is what `require` prefers since Node 20.19
      ignore: isLeftOut,
    },
  );
  /**
   * What Next.js lists of its own bundles is served from, whatever else lies beside it is not.
   *
   * @param {string} file
   */
  function isLeftOut(file) {
    const isServed = tracedByBuild.has(file) && file.includes('/next/dist/compiled/');
    return neverLoaded.test(file) || (leftOut.test(file) && !isServed);
  }
  return new Set([...scripts, ...read, ...tracedByBuild, ...fileList].filter((file) => !isLeftOut(file)));
}

/** @param {string} file */
function isTrace(file) {
  return file.endsWith('.nft.json');
}

/**
 * What one trace of Next.js lists (`output` in its documentation), as paths from the root.
 *
 * @param {string} trace
 * @returns {Promise<string[]>}
 */
async function entriesOf(trace) {
  const { files } = JSON.parse(await readFile(path.join(root, trace), 'utf8'));
  return files.map((/** @type {string} */ file) => path.join(path.dirname(trace), file));
}

/**
 * A file, or everything below a folder. Links are not followed.
 *
 * @param {string} name
 * @returns {Promise<string[]>}
 */
async function below(name) {
  const stats = await lstat(path.join(root, name));
  if (!stats.isDirectory()) return [name];
  const names = await readdir(path.join(root, name));
  return (await Promise.all(names.map((inner) => below(`${name}/${inner}`)))).flat();
}

/**
 * Copies a file, or a link as a link: pnpm's folders are held together by them.
 *
 * @param {string} file
 * @param {string} target
 */
async function copy(file, target) {
  const [from, to] = [path.join(root, file), path.join(target, file)];
  const stats = await lstat(from);
  if (stats.isDirectory()) return;
  await mkdir(path.dirname(to), { recursive: true });
  await (stats.isSymbolicLink() ? symlink(await readlink(from), to) : copyFile(from, to));
}
