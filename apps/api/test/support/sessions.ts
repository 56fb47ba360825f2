/** What tests do to sessions: refresh them, log in again, and let time pass for them alone. */
import type { User } from '@footbridge/contracts';
import type { Express } from 'express';
import request, { type Response } from 'supertest';
import type { Database } from '../../src/database/connect.ts';
import type { Session } from '../../src/generated/prisma/client.ts';
import { asClient, type Registered, type TestApp } from './test-app.ts';

/** Presents a refresh token as the client. */
export function refresh(app: Express | string, refreshToken: string): Promise<Response> {
  return asClient(request(app).post('/api/refresh'))
    .send({ refreshToken })
    .then((response) => response);
}

/** Presents a refresh token that is good, and gives both new tokens. */
export async function rotate(app: Express, refreshToken: string): Promise<{ token: string; refreshToken: string }> {
  const { status, body } = await refresh(app, refreshToken);
  if (status !== 200) throw new Error(`the refresh was refused: ${body.code}`);
  return { token: body.token, refreshToken: body.refreshToken };
}

/** What one more login answered. */
export type LoggedIn = Pick<Registered, 'token' | 'refreshToken' | 'sessionId'>;

/** Logs in again: one more session of the same user. */
export async function logInAgain(
  app: Express,
  { email, password }: Pick<Registered, 'email' | 'password'>,
): Promise<LoggedIn> {
  const { body } = await asClient(request(app).post('/api/login')).send({ email, password }).expect(200);
  return { token: body.token, refreshToken: body.refreshToken, sessionId: body.data.session.id };
}

/** Opens one more session past the wire: no password is hashed, so that it can be done a thousand times. */
export async function openSession({ database, services }: TestApp, user: User): Promise<LoggedIn> {
  const draft = services.sessions.draft({ address: null, userAgent: null });
  const session = await database.session.create({ data: { ...draft, userId: user.id } });
  const { token, refreshToken } = services.tokenAnswer({ user, session, message: '' });
  return { token, refreshToken, sessionId: session.id };
}

/** The row of a session that is there. */
export function rowOf(database: Database, id: string): Promise<Session> {
  return database.session.findUniqueOrThrow({ where: { id } });
}

/** Lets time pass for one session: every one of its times moves back. The database's clock cannot be moved. */
export async function age(database: Database, id: string, seconds: number): Promise<void> {
  await database.$executeRaw`
    UPDATE "Session" SET "rotatedAt" = "rotatedAt" - make_interval(secs => ${seconds}),
      "createdAt" = "createdAt" - make_interval(secs => ${seconds}),
      "lastActiveAt" = "lastActiveAt" - make_interval(secs => ${seconds}),
      "expiresAt" = "expiresAt" - make_interval(secs => ${seconds}),
      "absoluteExpiresAt" = "absoluteExpiresAt" - make_interval(secs => ${seconds}),
      "revokedAt" = "revokedAt" - make_interval(secs => ${seconds})
    WHERE id = ${id}::uuid`;
}
