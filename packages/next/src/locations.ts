/** Where a render sends a person on: to the login page, or to have the access token exchanged. Both lead back. */
import { type Authentication, localPath } from '@footbridge/core';
import { headers } from 'next/headers';

type AnonymousReason = Extract<Authentication, { kind: 'anonymous' }>['reason'];

/** What the login page tells somebody whose session is over; the others never had one that we could read. */
const told: Readonly<Partial<Record<AnonymousReason, string>>> = {
  session_over: 'session_expired',
  session_revoked: 'session_ended',
};

/** The login page, with the reason where there is one to tell, and the way back. */
export async function loginLocation(loginPath: string, reason: AnonymousReason): Promise<string> {
  const said = told[reason];
  return withQuery(loginPath, { ...(said !== undefined && { reason: said }), ...(await wayBack()) });
}

/** The endpoint that may write the new cookie, and returns here. */
export async function refreshLocation(): Promise<string> {
  return withQuery('/api/refresh', await wayBack());
}

/** The guard leaves the path in a header; where it did not run, whatever stands there is a client's own word. */
async function wayBack(): Promise<Record<string, string>> {
  const returnTo = localPath((await headers()).get('x-footbridge-path') ?? undefined);
  return returnTo === undefined ? {} : { returnTo };
}

function withQuery(path: string, query: Record<string, string>): string {
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}
