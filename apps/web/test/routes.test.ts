import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { routeOf } from '../src/routes.ts';

const app = fileURLToPath(new URL('../src/app', import.meta.url));
const files = readdirSync(app, { recursive: true, encoding: 'utf8' });
const served = files.flatMap((file) => /^(?:(.*)\/)?(?:page\.tsx|route\.ts)$/.exec(file)?.[0] ?? []);
const paths = served.map((file) => `/${file.replace(/\/?(?:page\.tsx|route\.ts)$/, '')}`);

describe('the pattern of a route', () => {
  it.each(paths.filter((path) => !path.includes('[')))('is known for %s', (path) => {
    expect(routeOf(path)).toBe(path);
    expect(routeOf(`${path}?token=secret`)).toBe(path);
  });

  it.each([
    ['/api/proxy/notes/17?q=x', '/api/proxy/*'],
    ['/_next/static/chunks/a.js', '/_next/static/*'],
    ['/_next/image?url=x', '/_next/*'],
    ['/api/whatever/ada@example.com', '/api/*'],
    ['/private/notes/ada@example.com', 'none'],
    ['/ada@example.com', 'none'],
    ['*', 'none'],
    ['', 'none'],
    ['http://elsewhere.example/private', 'none'],
  ])('of %s tells nothing of it but %s', (target, pattern) => {
    expect(routeOf(target)).toBe(pattern);
  });
});
