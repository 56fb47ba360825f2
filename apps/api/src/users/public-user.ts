/** The members of a user that any answer may show. */

/** A Prisma `select` of exactly the contract's user. */
export const publicMembers = { id: true, email: true, name: true, role: true } as const;
