/** Everything that either app answers at: the API's contract, the frontend's endpoints, pages and relayed paths. */
import { type ApiEndpoint, apiEndpoints } from '@footbridge/contracts';

/** One thing to ask for, as somebody who means well would. `:id` is a note's or a session's. */
export interface Entry {
  readonly app: 'api' | 'web';
  readonly method: string;
  readonly path: string;
  /** A body that the endpoint understands, as far as one can say without knowing who asks. */
  readonly body?: Body | undefined;
}

/** A JSON body; or a form's fields, in either of a form's two encodings; or bytes. */
export type Body =
  | { readonly kind: 'json'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: 'form'; readonly value: Readonly<Record<string, string>> }
  | { readonly kind: 'parts'; readonly value: Readonly<Record<string, string>> }
  | { readonly kind: 'bytes' };

const credentials = { email: 'fuzz@example.com', password: 'a password of the fuzzer' };

/** What the contract's endpoints take; one that is not here takes nothing. */
const bodies: Partial<Record<string, Body>> = {
  register: { kind: 'json', value: { ...credentials, name: 'Fuzz' } },
  login: { kind: 'json', value: credentials },
  refresh: { kind: 'json', value: { refreshToken: 'v1.x.1.x' } },
  logout: { kind: 'json', value: { refreshToken: 'v1.x.1.x' } },
  changeProfile: { kind: 'json', value: { name: 'Fuzz' } },
  changePassword: { kind: 'json', value: { currentPassword: 'not this one', newPassword: 'another password' } },
  createNote: { kind: 'json', value: { title: 'a title', body: 'a text' } },
  changeNote: { kind: 'json', value: { title: 'a title', body: 'a text' } },
  attach: { kind: 'bytes' },
};

const contract: readonly Entry[] = Object.entries<ApiEndpoint>(apiEndpoints).map(([name, { method, path }]) => ({
  app: 'api',
  method,
  path,
  body: bodies[name],
}));

const outsideTheContract = [
  '/',
  '/api',
  '/api/unknown',
  '/metrics',
  '/favicon.ico',
  '/.env',
  '/api/notes/',
  '//api/me',
];

const relayed: readonly Entry[] = contract
  .filter(({ path }) => path.startsWith('/api/'))
  .map(({ method, path, body }) => ({ app: 'web', method, path: path.replace('/api/', '/api/proxy/'), body }));

const own: readonly Entry[] = [
  { app: 'web', method: 'POST', path: '/api/login', body: { kind: 'json', value: credentials } },
  { app: 'web', method: 'POST', path: '/api/login', body: { kind: 'form', value: { ...credentials, returnTo: '/' } } },
  {
    app: 'web',
    method: 'POST',
    path: '/api/register',
    body: { kind: 'json', value: { ...credentials, name: 'Fuzz' } },
  },
  { app: 'web', method: 'POST', path: '/api/register', body: { kind: 'form', value: { ...credentials, name: 'F' } } },
  { app: 'web', method: 'POST', path: '/api/logout' },
  { app: 'web', method: 'GET', path: '/api/session' },
  { app: 'web', method: 'POST', path: '/api/refresh' },
  { app: 'web', method: 'GET', path: '/api/refresh?returnTo=/private' },
  { app: 'web', method: 'POST', path: '/api/sessions/end-all' },
];

/** Actions of forms go to the page that shows the form. */
const pageForms: readonly Body[] = [
  { kind: 'form', value: { id: 'x' } },
  { kind: 'parts', value: { id: 'x' } },
  {
    kind: 'parts',
    value: { $ACTION_REF_1: '', '$ACTION_1:0': '{"id":"00","bound":null}', [`$ACTION_ID_${'0'.repeat(42)}`]: '' },
  },
];
const pages = ['/', '/login', '/register', '/private', '/private/sessions', '/private/notes', '/private/password'];
const files = [
  '/icon.svg',
  '/healthz',
  '/readyz',
  '/metrics',
  '/_next/static/none.js',
  '/_next/image',
  '/api',
  '/none',
];

/** The whole of it. */
export const catalogue: readonly Entry[] = [
  ...contract,
  ...outsideTheContract.map((path) => ({ app: 'api', method: 'GET', path }) as const),
  ...own,
  ...relayed,
  ...[...pages, ...files].map((path) => ({ app: 'web', method: 'GET', path }) as const),
  ...pages.flatMap((path) => pageForms.map((body) => ({ app: 'web', method: 'POST', path, body }) as const)),
];
