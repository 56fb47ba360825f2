import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announce, type News, onNews } from '../../src/client/tabs.ts';

let elsewhere: BroadcastChannel;
beforeEach(() => {
  elsewhere = new BroadcastChannel('footbridge.session');
});
afterEach(() => elsewhere.close());

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none: it is same-origin alone
const say = (message: unknown): void => elsewhere.postMessage(message);

const delivery = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** Everything that this tab hears while `run` runs. */
async function heard(run: () => void): Promise<News[]> {
  const news: News[] = [];
  const stop = onNews((item) => news.push(item));
  run();
  await delivery();
  stop();
  return news;
}

describe('a tab', () => {
  it('hears another one, in order', async () => {
    const news = await heard(() => {
      say('signed-out');
      say('signed-in');
    });
    expect(news).toEqual(['signed-out', 'signed-in']);
  });

  it('does not hear itself', async () => {
    expect(await heard(() => announce('signed-out'))).toEqual([]);
  });

  it.each([[''], ['signed-in '], [{ kind: 'signed-in' }], [null], [['signed-out']]])('ignores %j', async (message) => {
    expect(await heard(() => say(message))).toEqual([]);
  });

  it('hears nothing after it stopped listening', async () => {
    const news: News[] = [];
    onNews((item) => news.push(item))();
    say('signed-out');
    await delivery();
    expect(news).toEqual([]);
  });
});
