/** Development only: one person to log in as, and two notes of theirs. Their password is public by design. */
import type { NoteDraft } from '@footbridge/contracts';
import type { Services } from '../services.ts';

/** The login that the README and the start of development name. */
export const demoLogin = { email: 'demo@example.com', password: 'footbridge-demo' } as const;

const demoNotes: readonly NoteDraft[] = [
  {
    title: 'Where this note lives',
    body: 'In the API, on another host than this page. The page reads and writes it, and never sees a token.',
  },
  { title: 'Welcome', body: 'Change this note in one tab and watch it change in another.' },
];

/** Creates the demo user unless there is one. Notes that they have deleted do not come back. */
export async function seedDemoUser({ users, notes, database, logger }: Services): Promise<void> {
  const isNew = await users.ensure({ ...demoLogin, name: 'Demo' });
  if (!isNew) return;
  const { id } = await database.user.findUniqueOrThrow({ where: { email: demoLogin.email }, select: { id: true } });
  for (const draft of demoNotes) await notes.create(id, draft);
  logger.info({ demo: true }, 'demo_user_created');
}
