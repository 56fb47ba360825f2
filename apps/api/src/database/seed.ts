/** Development only: one person to log in as. Their password is public by design. */
import type { Logger } from '../log.ts';
import type { Users } from '../users/users.ts';

/** The login that the README and the start of development name. */
export const demoLogin = { email: 'demo@example.com', password: 'footbridge-demo' } as const;

/** Creates the demo user unless there is one. */
export async function seedDemoUser(users: Users, logger: Logger): Promise<void> {
  const isNew = await users.ensure({ ...demoLogin, name: 'Demo' });
  if (isNew) logger.info({ demo: true }, 'demo_user_created');
}
