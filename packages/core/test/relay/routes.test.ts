import { describe, expect, it } from 'vitest';
import { createRoutes, defaultMethods, type RelayRoute } from '../../src/relay/routes.ts';
import { judgeTarget } from '../../src/relay/target.ts';

const routesOf = (routes?: readonly RelayRoute[], methods: readonly string[] = defaultMethods) => {
  const judge = createRoutes(routes, methods);
  return (rest: string, method = 'GET') => {
    const target = judgeTarget(`/api/proxy${rest}`, { origin: 'http://127.0.0.1:4000', basePath: '/api' });
    if (target.kind === 'refused') return target.kind;
    const judged = judge(target.name, method);
    if (judged.kind === 'route') return judged.token;
    return judged.kind === 'method_not_allowed' ? judged.allow : judged.kind;
  };
};

describe('without a list', () => {
  const routes = routesOf();

  it.each(['/', '/notes', '/notes/1', '/me', '/verify', '/logout-all', '/loginx', '/login/x', '/notes/login'])(
    '%s is for the logged-in',
    (rest) => expect(routes(rest)).toBe('user'),
  );

  it.each([
    '/login',
    '/register',
    '/refresh',
    '/logout',
    '/revocations',
    '/login/',
    '/LOGIN',
    '/LogIn',
    '/l%6fgin',
    '/%6C%6F%67%69%6E',
    '/%4cOGIN/',
    '/login;v=1',
    '/login;/',
    '/login%3bv=1',
    '/login%20',
    '/login/%20',
    '/refresh?x=1',
  ])('%s is for clients, not for browsers', (rest) => {
    expect(routes(rest)).toBe('not_found');
    expect(routesOf([{ path: '/*', token: 'none' }])(rest)).toBe('not_found');
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])('%s is relayed', (method) => {
    expect(routes('/notes', method)).toBe('user');
  });

  it.each(['OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'get', 'GET ', ''])('%j is not', (method) => {
    expect(routes('/notes', method)).toBe('GET, HEAD, POST, PUT, PATCH, DELETE');
  });
});

describe('a list', () => {
  const routes = routesOf([
    { path: '/notes', token: 'user' },
    { path: '/notes/public/*', token: 'none', methods: ['GET'] },
    { path: '/notes/*', token: 'user if present' },
    { path: '/reports', token: 'user', methods: ['POST'] },
  ]);

  it.each([
    ['/notes', 'user'],
    ['/notes/', 'user'],
    ['/Notes', 'user'],
    ['/notes/1', 'user if present'],
    ['/notes/public', 'user if present'],
    ['/notes/public/1', 'none'],
    ['/NOTES/PUBLIC/1', 'none'],
    ['/notes/p%75blic/1', 'none'],
    ['/notesx', 'not_found'],
    ['/', 'not_found'],
    ['/me', 'not_found'],
    ['/reports', 'POST'],
  ])('says of %s: %s', (rest, expected) => {
    expect(routes(rest)).toBe(expected);
  });

  it('names its own methods, and HEAD with GET', () => {
    expect([routes('/notes/public/1', 'HEAD'), routes('/notes/public/1', 'POST')]).toEqual(['none', 'GET, HEAD']);
    expect(routes('/reports', 'POST')).toBe('user');
  });

  it('can be empty, and then nothing is there', () => {
    expect(routesOf([])('/notes')).toBe('not_found');
  });

  it('takes other methods for all its routes', () => {
    const read = routesOf(undefined, ['GET', 'REPORT']);
    expect([read('/notes', 'REPORT'), read('/notes', 'POST')]).toEqual(['user', 'GET, HEAD, REPORT']);
  });

  it.each(['', 'notes', '/notes/', '/no*', '/*/x', '/a//b', '/../x', '/a%20b', '/a?b', '/a b'])(
    'refuses the path %j with the remedy',
    (path) => {
      expect(() => createRoutes([{ path, token: 'user' }], defaultMethods)).toThrow(/relay\.routes: .* write \/notes/);
    },
  );

  it.each([[['get']], [['TRACE']], [['CONNECT']], [['']], [['A B']], [[]]])('refuses the methods %j', (methods) => {
    expect(() => createRoutes(undefined, methods)).toThrow(TypeError);
    expect(() => createRoutes([{ path: '/x', token: 'none', methods }], defaultMethods)).toThrow(/methods of \/x/);
  });
});
