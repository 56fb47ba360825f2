/** A listening API that everything is asked of which its description promises, and what came of it so far. */
import { createServer, type Server } from 'node:http';
import { type ApiEndpoint, apiEndpoints, type OpenApiDocument } from '@footbridge/contracts';
import type { Express } from 'express';
import request, { type Response } from 'supertest';
import { createApp } from '../../src/app.ts';
import { connect } from '../../src/database/connect.ts';
import { createLogger } from '../../src/log.ts';
import { createOpenApiDocument } from '../../src/openapi/document.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { createServices } from '../../src/services.ts';
import { sharedDomain } from './browser.ts';
import type { Judgement } from './conformance.ts';
import type { EndpointName } from './contract.ts';
import { observed } from './observe.ts';
import { apiSecret, basic, policy, startTestApp, type TestApp } from './test-app.ts';

/** The two modes. */
export type StageMode = 'proxy' | 'shared-domain';

/** What to ask with. Without a token it is the client who asks where the client may, and nobody elsewhere. */
export interface AskOptions {
  readonly origin?: string;
  readonly token?: string;
  readonly id?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, anything else as it is. */
  readonly body?: object | string | Buffer;
}

/** One API on its stage. */
export interface Stage {
  readonly api: TestApp;
  readonly origin: string;
  readonly document: OpenApiDocument;
  readonly seen: ReadonlySet<string>;
  readonly problems: readonly string[];
  ask(name: EndpointName, options?: AskOptions): Promise<Response>;
  /** Reads the head of an answer that never ends, and leaves. */
  glance(name: EndpointName, options?: AskOptions): Promise<number>;
  /** The same API where everybody may try once. */
  limited(): Promise<string>;
  /** The same API without its database. */
  cutOff(): Promise<string>;
  close(): Promise<void>;
}

/** Sets the stage. */
export async function setStage(mode: StageMode): Promise<Stage> {
  const seen = new Set<string>();
  const problems: string[] = [];
  const judged = (judgement: Judgement): void => {
    if (judgement.seen !== undefined) seen.add(judgement.seen);
    problems.push(...judgement.problems);
  };
  const browserPolicy = mode === 'proxy' ? ({ kind: 'none' } as const) : sharedDomain();
  const api = await startTestApp({ browserPolicy, judged });
  const { publicOrigin, browsers, signingKeys } = api.services;
  const closing: (() => Promise<unknown>)[] = [];
  const listenTo = async (app: Express): Promise<string> => {
    const server = createServer(app);
    closing.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
    return listen(server);
  };
  const origin = await listenTo(api.app);

  return {
    api,
    origin,
    document: createOpenApiDocument({ origin: publicOrigin, cookieNames: browsers.cookieNames }),
    seen,
    problems,

    async ask(name, options = {}) {
      const { method, url, headers } = exchangeOf(name, options);
      const verbs = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const;
      const agent = request(options.origin ?? origin);
      const test = agent[verbs[method]](url).set(headers);
      return options.body === undefined ? await test : await test.send(options.body);
    },

    async glance(name, options = {}) {
      const { method, url, headers } = exchangeOf(name, options);
      const leaving = new AbortController();
      const { status } = await fetch(`${origin}${url}`, { method, headers, signal: leaving.signal });
      leaving.abort();
      return status;
    },

    async limited() {
      const once = { loginPerAccount: 1, loginPerAddress: 1, refreshPerSession: 1 };
      return listenTo(await api.sibling({ browserPolicy, judged, rateLimits: { policy: once, counted: 'here' } }));
    },

    async cutOff() {
      const logger = createLogger('silent');
      const database = connect({ url: 'postgres://nobody@127.0.0.1:1/nothing', logger });
      closing.push(() => database.$disconnect());
      const secrets = createSecretRing([apiSecret]);
      const passwords = { hash: async () => '', matches: async () => true, isOutdated: () => false };
      const { now } = api;
      const services = createServices({
        database,
        passwords,
        signingKeys,
        secrets,
        policy,
        browserPolicy,
        logger,
        now,
      });
      services.revocationSet.setCurrent(false); // nothing to hear from, so that every bearer's row is asked for
      return listenTo(observed(createApp(services), services, judged));
    },

    async close() {
      for (const close of closing) await close();
      await api.close();
    },
  };
}

function exchangeOf(name: EndpointName, { token, id = '', query = '', headers = {}, body }: AskOptions) {
  const { method, path, credential }: ApiEndpoint = apiEndpoints[name];
  const isClients = credential.startsWith('client') && !('cookie' in headers || 'origin' in headers);
  const authorization = token === undefined ? basic(policy.client.id, policy.client.secret) : `Bearer ${token}`;
  const isCredited = (isClients || token !== undefined) && !('authorization' in headers);
  const isJson = body !== undefined && typeof body === 'object' && !Buffer.isBuffer(body);
  return {
    method,
    url: `${path.replace(/:\w+/, () => id)}${query}`,
    headers: {
      ...(isCredited && { authorization }),
      ...(isJson && { 'content-type': 'application/json' }),
      ...headers,
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}
