import { describe, expect, it } from 'vitest';
import { formPost, jsonPost, password, testBff } from '../fixtures/bff.ts';
import { json } from '../fixtures/fake-api.ts';

const fields = { email: 'ada@example.com', password };

async function submit(path: '/api/login' | '/api/register', values: Record<string, string>, test = testBff()) {
  const endpoint = path === '/api/login' ? test.bff.login : test.bff.register;
  const response = await endpoint.handle(formPost(path, values));
  return { status: response.status, location: response.headers.get('location'), response };
}

describe('a plain HTML form', () => {
  it.each(['/api/login', '/api/register'] as const)('to %s goes home with a session', async (path) => {
    const { status, location, response } = await submit(path, { ...fields, name: '' });
    expect([status, location]).toEqual([303, '/private']);
    expect(response.headers.getSetCookie()).toHaveLength(1);
    expect(await response.text()).toBe('');
  });

  it('goes where it was meant to go', async () => {
    expect((await submit('/api/login', { ...fields, returnTo: '/private/notes?page=2' })).location).toBe(
      '/private/notes?page=2',
    );
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/api/logout', '/private\r\nx: y'])(
    'goes home instead of to %j',
    async (returnTo) => {
      expect((await submit('/api/login', { ...fields, returnTo })).location).toBe('/private');
      const refused = await submit('/api/login', { email: 'x', returnTo });
      expect(refused.location).toBe('/login?error=validation_failed&fields=email%2Cpassword');
    },
  );

  it.each([
    ['/api/login', { email: 'x' }, '/login?error=validation_failed&fields=email%2Cpassword'],
    ['/api/register', { ...fields, password: 'short' }, '/register?error=validation_failed&fields=password'],
    ['/api/login', { ...fields, returnTo: '/a b', email: '' }, '/login?error=validation_failed&fields=email'],
    [
      '/api/login',
      { email: 'x', password: 'y', returnTo: '/private/notes?page=2' },
      '/login?error=validation_failed&fields=email&returnTo=%2Fprivate%2Fnotes%3Fpage%3D2',
    ],
  ] as const)('to %s with %j names its faults', async (path, values, location) => {
    expect(await submit(path, values)).toMatchObject({ status: 303, location });
  });

  it.each([
    [401, 'invalid_credentials'],
    [429, 'rate_limited'],
  ])('returns to the page with the refusal %i %s', async (status, code) => {
    const test = testBff();
    test.api.answers.set('/api/login', () => json(status, { success: false, code, message: 'no', requestId: 'x' }));
    expect(await submit('/api/login', fields, test)).toMatchObject({ status: 303, location: `/login?error=${code}` });
  });

  it('returns to the page while the API is down', async () => {
    const test = testBff();
    test.api.answers.clear();
    expect((await submit('/api/login', fields, test)).location).toBe('/login?error=api_unavailable');
  });

  it('puts nothing that was typed into a URL', async () => {
    const { location } = await submit('/api/login', { email: 'typed-email', password: 'p', secretfield: 'typed' });
    expect(location).not.toContain('typed');
  });

  it('is too large to be read, and says so', async () => {
    const { location } = await submit('/api/login', { ...fields, filler: 'a'.repeat(100_000) });
    expect(location).toBe('/login?error=payload_too_large');
  });

  it('has paths of its own choosing', async () => {
    const test = testBff({ loginPath: '/sign-in', homePath: '/home' });
    expect((await submit('/api/login', fields, test)).location).toBe('/home');
    expect((await submit('/api/login', {}, test)).location).toMatch(/^\/sign-in\?error=/);
  });

  it('is not what a script sends', async () => {
    const { bff } = testBff();
    const response = await bff.login.handle(jsonPost('/api/login', { ...fields, returnTo: '/private/notes' }));
    expect([response.status, response.headers.get('location')]).toEqual([200, null]);
  });
});
