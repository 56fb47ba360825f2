/** Who is logged in: for pages and layouts, which read, and for server actions and route handlers, which may write. */
import { createActionSession } from '@footbridge/next/actions';
import { createSessionReader } from '@footbridge/next/session';
import { footbridge } from './footbridge.ts';

export const { getSnapshot, requireSession, callApi } = createSessionReader(footbridge);
export const { requireSessionForAction, withSession } = createActionSession(footbridge);
