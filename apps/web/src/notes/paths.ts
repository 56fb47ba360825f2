/** Addresses of the notes page. */

export const notesPath = '/private/notes';

/** Where the refresh endpoint judges a session that the API does not know any more, and returns if it lives. */
export const recheckPath = `/api/refresh?${new URLSearchParams({ returnTo: notesPath })}`;

/** Where a form that was sent without a script leads. */
export const createdPath = `${notesPath}?created=yes`;

/** The part of the list that begins after a cursor. */
export function pathAfter(cursor: string): string {
  return `${notesPath}?${new URLSearchParams({ cursor })}`;
}
