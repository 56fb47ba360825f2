/** Where those who are not logged in go: these pages say themselves that a session has ended. */
export const pagesThatLeadIn: ReadonlySet<string> = new Set(['/login', '/register']);
