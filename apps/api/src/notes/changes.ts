/** Every change to notes: one transaction with its place in the user's order, and a word to every instance. */
import type { NoteEvent } from '@footbridge/contracts';
import { type Database, type Transaction, transact } from '../database/connect.ts';
import type { Followers } from './followers.ts';
import { createTurns } from './turns.ts';

/** The channel of `LISTEN` and `NOTIFY`; a notification is the user's id. */
export const noteChannel = 'footbridge_notes';

const mostKept = 500; // changes per user, for readers of the feed who come back
const pageSize = 20;

/** What can happen to a note. */
export type ChangeKind = Exclude<NoteEvent, 'reset'>;

/** One change; a user's positions are whole numbers without gaps, in the order in which they were committed. */
export interface Change {
  readonly position: number;
  readonly kind: ChangeKind;
  readonly noteId: string;
}

/** What a change did, and what its caller wants to know of it. */
export interface Made<Result> {
  readonly kind: ChangeKind;
  readonly noteId: string;
  readonly result: Result;
}

/** The changes of everybody's notes. */
export interface Changes {
  /** Makes a change while no other change of this user's notes goes on. What throws has changed nothing. */
  make<Result>(userId: string, act: (transaction: Transaction) => Promise<Made<Result>>): Promise<Result>;
  /** The position of the latest change; 0 before the first. */
  latest(userId: string): Promise<number>;
  /** Some changes after a position, oldest first; `undefined` if some of them are forgotten, or never were. */
  after(userId: string, position: number): Promise<readonly Change[] | undefined>;
}

/** Where the rows are, and whom to wake in this process. */
export interface ChangesOptions {
  readonly database: Database;
  readonly followers: Followers;
}

/** Creates the changes. */
export function createChanges({ database, followers }: ChangesOptions): Changes {
  const inTurn = createTurns();
  return {
    make: (userId, act) =>
      inTurn(userId, async () => {
        const result = await transact(database, async (transaction) => {
          const position = await takeTurn(transaction, userId);
          const made = await act(transaction);
          await record(transaction, userId, { position, kind: made.kind, noteId: made.noteId });
          return made.result;
        });
        followers.tell(userId);
        return result;
      }),

    async latest(userId) {
      const notebook = await database.notebook.findUnique({ where: { userId }, select: { position: true } });
      return notebook?.position ?? 0;
    },

    async after(userId, position) {
      const changes = { where: { position: { gt: position } }, orderBy: { position: 'asc' }, take: pageSize } as const;
      const notebook = await database.notebook.findUnique({
        where: { userId },
        select: { position: true, changes },
      });
      const { position: latest, changes: rows } = notebook ?? { position: 0, changes: [] };
      const [first] = rows;
      const isComplete = first ? first.position === position + 1 : latest === position;
      return isComplete ? rows.map(asChange) : undefined;
    },
  };
}

/** Other instances wait for it, too. The lock is held until the transaction ends, so that positions are seen in the order in which they were given. */
async function takeTurn(transaction: Transaction, userId: string): Promise<number> {
  const [row] = await transaction.$queryRaw<{ readonly position: number }[]>`
    INSERT INTO "Notebook" ("userId", position) VALUES (${userId}::uuid, 1)
    ON CONFLICT ("userId") DO UPDATE SET position = "Notebook".position + 1
    RETURNING position`;
  if (!row) throw new Error('a notebook gave no position');
  return row.position;
}

/** The notification leaves with the commit, or not at all. */
async function record(transaction: Transaction, userId: string, change: Change): Promise<void> {
  await transaction.noteChange.create({ data: { userId, ...change } });
  await transaction.noteChange.deleteMany({ where: { userId, position: { lte: change.position - mostKept } } });
  await transaction.$executeRaw`SELECT pg_notify(${noteChannel}, ${userId})`;
}

const kinds: readonly ChangeKind[] = ['created', 'updated', 'deleted', 'attachment'];

function asChange(row: { readonly position: number; readonly kind: string; readonly noteId: string }): Change {
  const kind = kinds.find((known) => known === row.kind);
  if (!kind) throw new Error('a change of an unknown kind');
  return { position: row.position, kind, noteId: row.noteId };
}
