import { describe, expect, it } from 'vitest';
import { publicPathsOf } from '../../src/guard/public-paths.ts';

const isPublic = publicPathsOf(['/', '/login', '/docs/*']);
const at = (path: string) => isPublic(new URL(`https://app.example.com${path}`).pathname);

describe('publicPathsOf', () => {
  it.each(['/', '/login', '/login/', '/login?x=1', '/docs/', '/docs/a/b', '/private/../login', '/docs/a b'])(
    'lets anybody see %s',
    (path) => expect(at(path)).toBe(true),
  );

  it.each([
    '/private',
    '/login/x',
    '/login//',
    '/loginx',
    '/Login',
    '/%6cogin',
    '/docs',
    '/docsx',
    '/docs/../private',
    '/docs/%2e%2e/private',
    '/docs/..%2fprivate',
    '/docs/%2E%2E%5cprivate',
    '/docs//private',
    '/docs/a%00',
    '//login',
    '/api/session',
  ])('protects %s', (path) => expect(at(path)).toBe(false));
});
