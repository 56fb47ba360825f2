/** A browser without a window: keeps cookies, follows redirects, asks for documents; a hundred of them are cheap. */

/** What a visit came to. */
export interface Visit {
  readonly status: number;
  readonly body: string;
  /** Where the redirects led. */
  readonly path: string;
  readonly hops: number;
}

const mostHops = 10;

/** One cookie jar. `snapshot()` and `restore()` make the tabs and the thieves. */
export class Visitor {
  readonly #cookies = new Map<string, { readonly value: string; readonly until: number }>();

  get cookieHeader(): string {
    const kept = [...this.#cookies].filter(([, { until }]) => Date.now() < until);
    return kept.map(([name, { value }]) => `${name}=${value}`).join('; ');
  }

  /** Another visitor with the same cookies: a second tab's request that was already on its way. */
  clone(): Visitor {
    const twin = new Visitor();
    for (const [name, cookie] of this.#cookies) twin.#cookies.set(name, cookie);
    return twin;
  }

  async register(webUrl: string, email: string): Promise<void> {
    const response = await this.#fetch(`${webUrl}/api/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-footbridge': '1' },
      body: JSON.stringify({ email, password: `password of ${email}`, name: 'Visitor' }),
    });
    if (response.status !== 201) throw new Error(`register answered ${response.status}: ${await response.text()}`);
  }

  async logIn(webUrl: string, email: string): Promise<void> {
    const response = await this.#fetch(`${webUrl}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-footbridge': '1' },
      body: JSON.stringify({ email, password: `password of ${email}` }),
    });
    if (response.status !== 200) throw new Error(`login answered ${response.status}: ${await response.text()}`);
  }

  /** Calls one of the frontend's own endpoints, as a script of its pages does. */
  async call(url: string, method = 'POST'): Promise<Response> {
    return this.#fetch(url, { method, headers: { 'x-footbridge': '1', 'sec-fetch-site': 'same-origin' } });
  }

  /** Opens a page as a document, following redirects. */
  async open(url: string): Promise<Visit> {
    let target = new URL(url);
    for (let hops = 0; hops < mostHops; hops += 1) {
      const response = await this.#fetch(target.href, { headers: { accept: 'text/html' } });
      const location = response.headers.get('location');
      if (location === null) {
        return { status: response.status, body: await response.text(), path: target.pathname, hops };
      }
      target = new URL(location, target);
    }
    throw new Error(`more than ${mostHops} redirects from ${url}`);
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookieHeader !== '') headers.set('cookie', this.cookieHeader);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const name = pair.slice(0, pair.indexOf('='));
    const maxAge = attributes.map((attribute) => /^max-age=(-?\d+)$/i.exec(attribute)?.[1]).find((text) => text);
    const until = maxAge === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(maxAge) * 1000;
    this.#cookies.set(name, { value: pair.slice(pair.indexOf('=') + 1), until });
  }
}
