/** News between the tabs of one browser. Nobody takes another tab's word for it: who hears news asks the server. */

/** What happened. */
export type News = 'signed-in' | 'signed-out';

let shared: BroadcastChannel | undefined;

/** One per document: a channel hears every other one, so that with a second one a tab would hear itself. */
function channel(): BroadcastChannel {
  shared ??= new BroadcastChannel('footbridge.session');
  return shared;
}

/** Tells the other tabs. */
export function announce(news: News): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none: it is same-origin alone
  channel().postMessage(news);
}

/** Hears the other tabs. Returns what stops it. */
export function onNews(hear: (news: News) => void): () => void {
  const listen = ({ data }: MessageEvent<unknown>): void => {
    if (data === 'signed-in' || data === 'signed-out') hear(data);
  };
  channel().addEventListener('message', listen);
  return () => channel().removeEventListener('message', listen);
}
