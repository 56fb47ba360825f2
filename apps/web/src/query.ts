/** A page's query. */

/** What stands in it is anybody's word, so it picks sentences of ours and is never shown. */
export type Query = Readonly<Record<string, string | string[] | undefined>>;
