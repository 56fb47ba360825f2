/** The rows that are rotated: sessions of one user, as a login would have left them. */
import { Client } from 'pg';
import type { HeldSession } from './holders.ts';

const insertUser = `
  INSERT INTO "User" (id, email, "passwordHash", "createdAt")
  VALUES (gen_random_uuid(), gen_random_uuid() || '@example.com', '', now())
  RETURNING id`;

const insertSessions = `
  INSERT INTO "Session" (id, "userId", secret, "keyId", generation, "rotatedAt", "createdAt", "lastActiveAt",
    "expiresAt", "absoluteExpiresAt")
  SELECT gen_random_uuid(), $1, sha256(gen_random_uuid()::text::bytea), $2, 1, now(), now(), now(),
    now() + interval '7 days', now() + interval '30 days'
  FROM generate_series(1, $3)
  RETURNING id, generation, secret, "keyId"`;

/** Opens so many sessions, whose tokens are made with the key of that id. */
export async function openSessions(url: string, keyId: string, count: number): Promise<HeldSession[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>(insertUser);
    return (await client.query<HeldSession>(insertSessions, [rows[0]?.id, keyId, count])).rows;
  } finally {
    await client.end();
  }
}

/** The generation that a session's row is at. */
export async function storedGeneration(url: string, id: string): Promise<number | undefined> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ generation: number }>('SELECT generation FROM "Session" WHERE id = $1', [id]);
    return rows[0]?.generation;
  } finally {
    await client.end();
  }
}
