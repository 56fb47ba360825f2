/** Who is logged in, for pages and layouts. */
import { createSessionReader } from '@footbridge/next/session';
import { footbridge } from './footbridge.ts';

export const { getSession, requireSession } = createSessionReader(footbridge);
