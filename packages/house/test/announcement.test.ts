import { describe, expect, it } from 'vitest';
import { announcement } from '../src/announcement.mjs';

describe('the announcement of dev', () => {
  it('says what to open on two sites, and who can log in', () => {
    const text = announcement({
      COOKIE_MODE: 'proxy',
      COOKIE_DOMAIN: undefined,
      WEB_ORIGIN: 'http://localhost:3000',
      API_ORIGIN: 'http://127.0.0.1:4000',
    });
    expect(text).toContain('two apps on two sites.');
    expect(text).toMatch(/open +http:\/\/localhost:3000\n/);
    expect(text).toMatch(/the API +http:\/\/127\.0\.0\.1:4000\n/);
    expect(text).toMatch(/log in as +demo@example\.com\n +password +footbridge-demo\n/);
  });

  it('says what to open on two subdomains, and which domain they share', () => {
    const text = announcement({
      COOKIE_MODE: 'shared-domain',
      COOKIE_DOMAIN: '.Example.localhost',
      WEB_ORIGIN: 'http://app.example.localhost:3000',
      API_ORIGIN: 'http://api.example.localhost:4000',
    });
    expect(text).toContain('two apps on two subdomains that share the cookies of example.localhost.');
    expect(text).toMatch(/open +http:\/\/app\.example\.localhost:3000\n/);
    expect(text).toMatch(/the API +http:\/\/api\.example\.localhost:4000\n/);
  });
});
