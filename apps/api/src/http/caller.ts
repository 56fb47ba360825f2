/** Who asks for tokens: the confidential client, which gets them, or a browser, whose cookies keep them. */
import type { TokenAnswer } from '@footbridge/contracts';
import type { PresentedTokens } from '@footbridge/core';
import type { Request, Response } from 'express';
import { type Browsers, welcome } from '../browsers/browsers.ts';
import type { EndUser } from '../sessions/sessions.ts';
import type { RecogniseClient } from './client-credential.ts';

/** One who was let in. */
export interface Caller {
  readonly endUser: EndUser;
  /** What the browser's cookies hold; of a client no cookie is read. */
  readonly tokens: PresentedTokens;
  /** Answers with the tokens: in the body of a client's answer, in the cookies of a browser's. */
  answer(tokens: TokenAnswer): void;
  /** Leaves nothing in a browser of a session that has ended. */
  forget(): void;
}

/** Lets a caller in; refuses with `invalid_client`, or with `cross_site_request` where browsers are served. */
export type CallerGate = (request: Request, response: Response) => Caller;

/** How the client is recognised, and whether browsers may come instead. */
export interface CallerGateOptions {
  readonly recogniseClient: RecogniseClient;
  readonly browsers: Browsers;
}

const nothing: PresentedTokens = { accessTokens: [], refreshTokens: [] };

/** Creates the gate. Whoever proves to be the client is one, whatever cookies and headers come along. */
export function createCallerGate({ recogniseClient, browsers }: CallerGateOptions): CallerGate {
  return (request, response) => {
    const endUser = recogniseClient(request, response);
    if (endUser) return { endUser, tokens: nothing, answer: (tokens) => void response.json(tokens), forget: () => {} };

    const browser = welcome(browsers.judge(request), 'invalid_client');
    return {
      endUser: browser.endUser,
      tokens: browser.tokens,
      answer({ message, token, refreshToken, refreshExpiresIn, data }) {
        browser.keep({ accessToken: token, refreshToken, maxAgeSeconds: refreshExpiresIn }, response);
        response.json({ success: true, message, data: { user: data.user } });
      },
      forget: () => browser.forget(response),
    };
  };
}
