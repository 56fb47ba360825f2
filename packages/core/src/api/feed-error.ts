/** Why a revocation feed cannot be read. */

/** The API answered something that is no feed, or stopped being one. The message holds nothing that the API sent. */
export class FeedError extends Error {
  override readonly name = 'FeedError';
  readonly code = 'revocation_feed_unreadable';
}
