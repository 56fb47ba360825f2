/** What reached a browser: every response of a context, from whichever origin. */
import type { BrowserContext, Response } from '@playwright/test';

/** One response as the browser got it. A body that a redirect or a closed page took away is empty. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  /** Names in lower case; a repeated field is a repeated entry. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** A recording that goes on. */
export interface Traffic {
  /** All that was received so far, bodies read to their end. */
  received(): Promise<readonly Received[]>;
}

/** Listens from now on. */
export function recordTraffic(context: BrowserContext): Traffic {
  const responses: Promise<Received>[] = [];
  context.on('response', (response) => responses.push(readWhole(response)));
  return { received: () => Promise.all(responses) };
}

/** The values of `Set-Cookie` lines that set something, by whom they came. */
export function cookiesSetBy(received: readonly Received[], origin: string): string[] {
  return received
    .filter(({ url }) => new URL(url).origin === origin)
    .flatMap(({ headers }) => headers.filter(([name]) => name === 'set-cookie'))
    .map(([, line]) => line.slice(line.indexOf('=') + 1, line.indexOf(';')))
    .filter((value) => value !== '');
}

async function readWhole(response: Response): Promise<Received> {
  const [headers, body] = await Promise.all([
    response.headersArray().catch(() => []),
    response.body().then(
      (bytes) => bytes.toString('latin1'),
      () => '',
    ),
  ]);
  return {
    method: response.request().method(),
    url: response.url(),
    status: response.status(),
    headers: headers.map(({ name, value }) => [name.toLowerCase(), value] as const),
    body,
  };
}
