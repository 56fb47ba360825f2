/** `GET /docs` and `/docs/:asset`: a page to read the API's description and to try it. Everything on it is served here. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Handler } from '../http/mount.ts';
import { sendValidated } from '../http/validated.ts';
import { docsPage, startScript, styleSheet } from '../openapi/page.ts';
import { Refusal } from '../refusal.ts';

const require = createRequire(import.meta.url);

/** What the page loads, by name; nothing else of the package is served. */
const assets: Readonly<Record<string, { readonly type: string; read(): Promise<Buffer> }>> = {
  'swagger-ui-bundle.js': {
    type: 'text/javascript',
    read: () => readFile(require.resolve('swagger-ui-dist/swagger-ui-bundle.js')),
  },
  'swagger-ui.css': { type: 'text/css', read: () => readFile(require.resolve('swagger-ui-dist/swagger-ui.css')) },
  'start.js': { type: 'text/javascript', read: async () => Buffer.from(startScript) },
  'page.css': { type: 'text/css', read: async () => Buffer.from(styleSheet) },
};

/** Only this page's own scripts run: files that users upload are of this origin, too. */
const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Answers with the page; its nonce is new every time, so that nobody keeps it. */
export function docs(): Handler {
  return (_request, response) => {
    const nonce = randomBytes(16).toString('base64url');
    response.set('Content-Security-Policy', policyOf(nonce)).type('html').send(docsPage(nonce));
  };
}

/** Answers with one of the page's files; whoever has it asks whether it is still the one. */
export function docsAsset(): Handler {
  return async (request, response) => {
    const name = String(request.params['asset']);
    const asset = Object.hasOwn(assets, name) ? assets[name] : undefined;
    if (!asset) throw new Refusal('not_found');
    response.set('Cache-Control', 'public, no-cache').type(asset.type);
    sendValidated(request, response, await asset.read());
  };
}
