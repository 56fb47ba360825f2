'use server';
/** The forms of the sessions page. Each is a public endpoint, whatever page it is on: it checks for itself who asks. */
import { redirect } from 'next/navigation';
import { requireSessionForAction } from '../session.ts';
import { endOtherSessions, endSession } from './own-sessions.ts';
import { pathAfter } from './paths.ts';

/** Ends the session that the form names in `id`. */
export async function endOne(data: FormData): Promise<never> {
  await requireSessionForAction();
  const id = data.get('id');
  redirect(pathAfter(await endSession(typeof id === 'string' ? id : ''), 'one'));
}

/** Ends all sessions but this one. */
export async function endOthers(): Promise<never> {
  await requireSessionForAction();
  redirect(pathAfter(await endOtherSessions(), 'others'));
}
