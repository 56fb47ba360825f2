import { describe, expect, it } from 'vitest';
import { insecureOrigin } from '../src/origin.ts';

describe('plain http origins', () => {
  it.each(['http://localhost:3000', 'http://app.example.localhost:3000', 'http://127.0.0.1:4000', 'http://[::1]:3000'])(
    'allows %s in production',
    (origin) => {
      expect(insecureOrigin('WEB_ORIGIN', origin, 'production')).toBeUndefined();
    },
  );

  it.each([
    'http://app.example.com',
    'http://192.168.1.2:3000',
    'http://localhost.example.com',
    'http://127.0.0.1.nip.io',
    'http://notlocalhost',
  ])('refuses %s in production', (origin) => {
    expect(insecureOrigin('WEB_ORIGIN', origin, 'production')).toMatchObject({ setting: 'WEB_ORIGIN' });
  });

  it('allows any origin in development and https anywhere', () => {
    expect(insecureOrigin('WEB_ORIGIN', 'http://app.test:3000', 'development')).toBeUndefined();
    expect(insecureOrigin('WEB_ORIGIN', 'https://app.example.com', 'production')).toBeUndefined();
  });
});
