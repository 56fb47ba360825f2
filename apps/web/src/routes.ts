/** The routes of this app by their patterns: what a log line and a metric may say of a request's path. */

const routes: ReadonlySet<string> = new Set([
  '/',
  '/api/login',
  '/api/logout',
  '/api/refresh',
  '/api/register',
  '/api/session',
  '/api/sessions/end-all',
  '/healthz',
  '/icon.svg',
  '/login',
  '/private',
  '/private/notes',
  '/private/password',
  '/private/sessions',
  '/readyz',
  '/register',
]);

/** Everything below these is one route. */
const prefixes = ['/api/proxy/', '/_next/static/', '/_next/', '/api/'] as const;

/** The pattern of a request target, query and all; `none` for what there is no route for. */
export function routeOf(target: string): string {
  const path = target.split(/[?#]/, 1).join('');
  if (routes.has(path)) return path;
  const prefix = prefixes.find((one) => path.startsWith(one));
  return prefix === undefined ? 'none' : `${prefix}*`;
}
