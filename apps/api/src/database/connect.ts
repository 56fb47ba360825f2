/** The one way to the store: Prisma over `pg`, on real PostgreSQL and on the embedded one alike. */
import { PrismaPg } from '@prisma/adapter-pg';
import { DatabaseError, Pool, type QueryResultRow } from 'pg';
import { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import type { Logger } from '../log.ts';
import { Refusal } from '../refusal.ts';

const connectSeconds = 5;
const querySeconds = 15;
const transactionSeconds = 10; // for a connection, and for the transaction itself
const retryAfterSeconds = 2;

/** How to connect: a `postgres:` URL, the most connections to hold (10 by default), and who is told of lost ones. */
export interface ConnectOptions {
  readonly url: string;
  readonly logger: Logger;
  readonly connections?: number;
}

/** A Prisma client whose every query is refused with `service_unavailable` while the database cannot be reached. */
export type Database = ReturnType<typeof connect>;

/** Creates the client. It connects with the first query, and again after every loss. */
export function connect({ url, logger, connections = 10 }: ConnectOptions) {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectSeconds * 1000,
    query_timeout: querySeconds * 1000,
    keepAlive: true,
  });
  // Without a listener, an idle connection that the server closes would end the process.
  pool.on('error', (err) => logger.warn({ err }, 'database_connection_lost'));
  const adapter = new PrismaPg(pool, { disposeExternalPool: true });
  return new PrismaClient({ adapter, errorFormat: 'minimal' }).$extends({
    query: {
      $allOperations: ({ args, query }) => query(args).catch(refuseIfUnreachable),
    },
    client: {
      /** Sends one hot statement past Prisma, on the same connections: Prisma took more than twice the processor time. */
      async $statement<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
        const { rows } = await pool.query<Row>(text, [...values]).catch(refuseIfUnreachable);
        return rows;
      },
    },
  });
}

/** The client inside a transaction. */
export type Transaction = Parameters<Parameters<Database['$transaction']>[0]>[0];

/**
 * Runs a transaction, ten seconds at most. What `act` throws has changed nothing and comes out as it is; a transaction
 * that cannot begin, or cannot end, for want of the database is refused with `service_unavailable`.
 */
export async function transact<Result>(
  database: Database,
  act: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  let stage: 'beginning' | 'acting' | 'ending' = 'beginning';
  const actInStages = async (transaction: Transaction): Promise<Result> => {
    stage = 'acting';
    const result = await act(transaction);
    stage = 'ending';
    return result;
  };
  const patience = { maxWait: transactionSeconds * 1000, timeout: transactionSeconds * 1000 };
  try {
    return await database.$transaction(actInStages, patience);
  } catch (cause) {
    return refuseByStage(stage, cause);
  }
}

function refuseByStage(stage: 'beginning' | 'acting' | 'ending', cause: unknown): never {
  if (stage === 'acting') throw cause; // its queries have been judged one by one
  if (stage === 'ending') return refuseIfUnreachable(cause);
  throw new Refusal('service_unavailable', { retryAfterSeconds, cause }); // nothing else can go wrong before
}

function refuseIfUnreachable(cause: unknown): never {
  throw isUnreachable(cause) ? new Refusal('service_unavailable', { retryAfterSeconds, cause }) : cause;
}

/** What the driver calls a database that it cannot reach, or has just lost. */
const unreachableKinds: ReadonlySet<unknown> = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
]);

/** Prisma's word for a transaction that has run out of its time: the database took too long. */
const transactionGone = 'P2028';

/** Whether an error is about reaching the database rather than about what was asked of it. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.severity === 'FATAL';
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    if (error.code === transactionGone) return true;
    const driverError = member(error.meta?.['driverAdapterError'], 'cause');
    // PostgreSQL's FATAL is what ends a connection, or never lets it begin.
    return unreachableKinds.has(member(driverError, 'kind')) || member(driverError, 'severity') === 'FATAL';
  }
  const isAboutTheQuery =
    error instanceof Prisma.PrismaClientValidationError || error instanceof Prisma.PrismaClientUnknownRequestError;
  return !isAboutTheQuery; // pg reports a lost connection as a bare Error
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Whether a write failed because a value that must be unique is taken. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
