/** Which paths and methods are relayed, and with whose token. */

/** One rule of what is relayed. */
export interface RelayRoute {
  /**
   * Below the relay's base, such as `/notes`; exact, or with `/*` at its end everything below and not the path itself.
   * Neither case nor a slash at the end tells paths apart.
   */
  path: string;
  /** `user`: only for the logged-in. `user if present`: in their name if there is one. `none`: in nobody's. */
  token: 'user' | 'user if present' | 'none';
  /** Default: the relay's. */
  methods?: readonly string[];
}

/** What the routes say of one path and method. */
export type RouteJudgement =
  | { readonly kind: 'route'; readonly token: RelayRoute['token'] }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'method_not_allowed'; readonly allow: string };

/** Judges the name of a target, and a method. */
export type Routes = (name: string, method: string) => RouteJudgement;

/** What the API has for its clients, not for browsers, and why none of it is relayed, whatever the routes say. */
const neverRelayed: ReadonlyMap<string, string> = new Map([
  ['/login', 'answers with tokens; /api/login of the frontend keeps them'],
  ['/register', 'answers with tokens; /api/register of the frontend keeps them'],
  ['/refresh', 'takes and answers with tokens; /api/refresh of the frontend keeps them'],
  ['/logout', 'ends the session and leaves the cookie; /api/logout of the frontend does both'],
  ['/revocations', 'names the sessions of everybody, to authenticated clients'],
]);

/** The methods of a relay that names none. No OPTIONS: a browser asks its own site for no permission. */
export const defaultMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const methodGrammar = /^[A-Z][A-Z-]*$/;
/** Methods that no route can have: one makes a tunnel, the other shows the browser what we sent, token included. */
const forbiddenMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE']);

/** Without a list every path is for the logged-in; with one, the first that matches counts, and the rest is not there. */
export function createRoutes(routes: readonly RelayRoute[] | undefined, methods: readonly string[]): Routes {
  checkMethods('methods', methods);
  const rules = (routes ?? [everything]).map((route) => ruleOf(route, methods));
  return (name, method) => {
    const isForClients = neverRelayed.has(name.replace(/[\s/]+$/, ''));
    const rule = isForClients ? undefined : rules.find(({ matches }) => matches(name));
    if (rule === undefined) return { kind: 'not_found' };
    if (rule.methods.has(method)) return { kind: 'route', token: rule.token };
    return { kind: 'method_not_allowed', allow: [...rule.methods].join(', ') };
  };
}

const everything: RelayRoute = { path: '/*', token: 'user' };

interface Rule {
  readonly matches: (name: string) => boolean;
  readonly methods: ReadonlySet<string>;
  readonly token: RelayRoute['token'];
}

function ruleOf(route: RelayRoute, defaults: readonly string[]): Rule {
  const methods = route.methods ?? defaults;
  checkPath(route.path);
  checkMethods(`methods of ${route.path}`, methods);
  const path = route.path.toLowerCase();
  const prefix = path.endsWith('/*') ? path.slice(0, -1) : undefined;
  return {
    token: route.token,
    methods: new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))),
    matches: prefix === undefined ? (name) => name === path : (name) => name.startsWith(prefix),
  };
}

function checkPath(path: string): void {
  if (/^(?:\/[a-z0-9._~-]+)*(?:\/\*)?$/i.test(path) && path !== '' && !/\/\.{1,2}(?:\/|$)/.test(path)) return;
  throw new TypeError(
    `relay.routes: a path is plain segments, and "/*" at its end for what is below; "${path}" is not, write /notes or /notes/*`,
  );
}

function checkMethods(option: string, methods: readonly string[]): void {
  if (methods.length > 0 && methods.every((method) => methodGrammar.test(method) && !forbiddenMethods.has(method)))
    return;
  throw new TypeError(
    `relay: ${option} must name methods in upper case, CONNECT and TRACE excepted; write GET or POST`,
  );
}
