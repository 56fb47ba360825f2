/** The ways as data: who tells whom what, in order. */

/** The three parties, left to right. */
export type Parties = readonly [browser: string, frontend: string, api: string];

const twoSites: Parties = ['browser', 'app.mysite.com', 'api.example.net'];
const oneSite: Parties = ['browser', 'app.mysite.com', 'api.mysite.com'];

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
  readonly parties: Parties;
  /** What the API's host is to the frontend's. */
  readonly apiSite: 'another site' | 'the same site';
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
  parties: twoSites,
  apiSite: 'another site',
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

/** Proxy mode. */
export const bridgedWay: Flow = {
  id: 'bridged-way',
  title: 'Proxy mode arrives',
  point: 'The frontend’s own server sets the cookie, so the server that guards the page is the one that receives it.',
  told:
    'The browser posts the login to app.mysite.com, whose server calls api.example.net and gets tokens. It seals them ' +
    'into a cookie on its own host. Asking for the private page, the browser sends that cookie; the middleware ' +
    'verifies it locally, without asking the API, and the page opens.',
  parties: twoSites,
  apiSite: 'another site',
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

/** Shared-domain mode. */
export const sharedWay: Flow = {
  id: 'shared-way',
  title: 'So does shared-domain mode',
  point: 'Below one domain of your own, the API may set cookies for every subdomain. You then trust each of them.',
  told:
    'The browser posts the login to api.mysite.com, which sets cookies for every subdomain of mysite.com. Asking ' +
    'app.mysite.com for the private page, the browser sends them; the middleware verifies the access token locally, ' +
    'without asking the API, and the page opens.',
  parties: oneSite,
  apiSite: 'the same site',
  steps: [
    { kind: 'message', from: 0, to: 2, text: 'POST /api/login' },
    { kind: 'message', from: 2, to: 0, text: 'Domain=mysite.com', tone: 'good' },
    { kind: 'thought', at: 0, text: 'kept for both hosts' },
    { kind: 'message', from: 0, to: 1, text: 'GET /private' },
    { kind: 'thought', at: 1, text: 'verified locally', tone: 'good' },
    { kind: 'message', from: 1, to: 0, text: '200, the page', tone: 'good' },
  ],
};
