/** The least that rotates: the same columns of the same row, by one conditional statement through `pg`. */
import { Pool } from 'pg';
import type { Rotator } from './holders.ts';
import { lifetimes } from './product.ts';

const connections = 10; // the API's own default

const statement = `
  UPDATE "Session" SET
    generation = generation + 1,
    "rotatedAt" = now(),
    "lastActiveAt" = now(),
    "expiresAt" = least(now() + make_interval(secs => $3), "absoluteExpiresAt")
  WHERE id = $1 AND generation = $2
  RETURNING *`;

/** Opens it. No token is checked or computed here: the row's generation is all that moves. */
export function openBare(url: string): Rotator {
  const pool = new Pool({ connectionString: url, max: connections });
  return {
    holder({ id, generation }) {
      let held = generation;
      return async () => {
        const { rows } = await pool.query<{ generation: number }>(statement, [id, held, lifetimes.idleSeconds]);
        const [row] = rows;
        if (!row) throw new Error('the only holder of a session was refused');
        held = row.generation;
      };
    },
    close: () => pool.end(),
  };
}
