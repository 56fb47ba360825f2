/** How many statements some work sends, whoever sends them: everything goes through the one driver. */
import { Client } from 'pg';

/** Counts while `work` runs. Nothing else may use the driver meanwhile. */
export async function countStatements(work: () => Promise<void>): Promise<number> {
  const prototype: object = Client.prototype;
  const query: unknown = Reflect.get(prototype, 'query');
  if (typeof query !== 'function') throw new TypeError('the driver has no query method to count');
  let statements = 0;
  Reflect.set(prototype, 'query', function counted(this: unknown, ...args: unknown[]): unknown {
    statements += 1;
    return Reflect.apply(query, this, args);
  });
  try {
    await work();
  } finally {
    Reflect.set(prototype, 'query', query);
  }
  return statements;
}
