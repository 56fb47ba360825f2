/** The one account that development starts with, so that the first visit needs no registration. */

/** Seeded in development only, and announced: this password is public by design. */
export const demoUser = {
  email: 'demo@example.com',
  password: 'footbridge-demo',
  name: 'Demo',
} as const;
