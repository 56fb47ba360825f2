/** The two ways as data: who tells whom what, in order. */

/** The three parties, left to right. */
export const parties = ['browser', 'app.mysite.com', 'api.example.net'] as const;

/** Position of a party, from the left. */
export type Party = 0 | 1 | 2;

/** An arrow from one party to another, or a thought of one alone. */
export type Step =
  | { readonly kind: 'message'; readonly from: Party; readonly to: Party; readonly text: string; readonly tone?: Tone }
  | { readonly kind: 'thought'; readonly at: Party; readonly text: string; readonly tone?: Tone };

/** What carries the point of the picture. */
export type Tone = 'good' | 'bad';

/** One way, drawn and told: `told` is what a screen reader says in place of the drawing. */
export interface Flow {
  readonly id: string;
  readonly title: string;
  readonly point: string;
  readonly told: string;
  readonly steps: readonly Step[];
}

/** The way that people try first. */
export const naiveWay: Flow = {
  id: 'naive-way',
  title: 'The naive way goes in circles',
  point: 'The cookie belongs to the API’s host. No SameSite, CORS or Partitioned setting brings it to your middleware.',
  told:
    'The browser posts the login to api.example.net, which sets a cookie for its own host. Asking app.mysite.com for ' +
    'the private page, the browser has no cookie to send, so the middleware redirects it to the login page, for ever.',
  steps: [
    { kind: 'message', from: 0, to: 2, text: 'POST /login' },
    { kind: 'message', from: 2, to: 0, text: '200, Set-Cookie' },
    { kind: 'thought', at: 0, text: 'kept for the API’s host' },
    { kind: 'message', from: 0, to: 1, text: 'GET /private' },
    { kind: 'thought', at: 1, text: 'no cookie here', tone: 'bad' },
    { kind: 'message', from: 1, to: 0, text: '307 to /login', tone: 'bad' },
    { kind: 'thought', at: 0, text: 'log in again?', tone: 'bad' },
  ],
};

/** The way that Footbridge goes. */
export const bridgedWay: Flow = {
  id: 'bridged-way',
  title: 'Footbridge’s way arrives',
  point: 'The frontend’s own server sets the cookie, so the server that guards the page is the one that receives it.',
  told:
    'The browser posts the login to app.mysite.com, whose server calls api.example.net and gets tokens. It seals them ' +
    'into a cookie on its own host. Asking for the private page, the browser sends that cookie; the middleware ' +
    'verifies it locally, without asking the API, and the page opens.',
  steps: [
    { kind: 'message', from: 0, to: 1, text: 'POST /api/login' },
    { kind: 'message', from: 1, to: 2, text: 'POST /api/login' },
    { kind: 'message', from: 2, to: 1, text: 'tokens' },
    { kind: 'message', from: 1, to: 0, text: 'sealed cookie', tone: 'good' },
    { kind: 'message', from: 0, to: 1, text: 'GET /private' },
    { kind: 'thought', at: 1, text: 'verified locally', tone: 'good' },
    { kind: 'message', from: 1, to: 0, text: '200, the page', tone: 'good' },
  ],
};
