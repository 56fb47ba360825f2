/** What login and registration share: from typed credentials to a sealed cookie (DESIGN section 6). */
import { fieldErrors, type TokenAnswer } from '@footbridge/contracts';
import type { ApiResult, EndUser } from '../api/auth-api.ts';
import { isForm, readBody } from '../body.ts';
import type { Exchange, Handler } from '../endpoint.ts';
import type { Observation } from '../observer.ts';
import { localPath } from '../return-to.ts';
import { formReply, type Reply, scriptReply } from './reply.ts';
import type { Services } from '../services.ts';
import { acceptTokens } from '../session/accept-tokens.ts';
import { sealedSession } from '../session/session-content.ts';

/** How one way of signing in differs from the other. */
export interface SignIn<Credentials> {
  readonly event: 'login' | 'registration';
  readonly status: 200 | 201;
  readonly message: string;
  readonly formPath: string;
  readonly schema: Schema<Credentials>;
  readonly ask: (credentials: Credentials, from: EndUser) => Promise<ApiResult<TokenAnswer>>;
}

type Outcome = Extract<Observation, { kind: 'sign_in' }>['outcome'];

type Parsed<T> = { success: true; data: T } | { success: false; error: Parameters<typeof fieldErrors>[0] };

interface Schema<T> {
  safeParse(value: unknown): Parsed<T>;
}

/** A fresh session whatever cookie came along; a refused attempt leaves the old one as it is. */
export function signIn<Credentials>(kind: SignIn<Credentials>, services: Services): Handler {
  const { logger } = services;
  const observe = (outcome: Outcome) => services.observe({ kind: 'sign_in', by: kind.event, outcome });
  return async (exchange) => {
    const { requestId, cookieHeader, endUser } = exchange;
    const body = await readBody(exchange.request);
    const reply = replyTo(exchange, kind, { ...services, fields: body.kind === 'form' ? body.value : {} });
    if (body.kind === 'refused') return reply.refused({ code: body.code });

    const credentials = kind.schema.safeParse(body.value);
    if (!credentials.success) {
      observe('invalid');
      return reply.refused({ code: 'validation_failed', errors: fieldErrors(credentials.error) });
    }
    const result = await kind.ask(credentials.data, endUser);
    if (result.kind === 'refused') {
      logger.info(`${kind.event}_refused`, { requestId, code: result.code });
      observe('refused');
      return reply.refused(result);
    }
    if (result.kind === 'unavailable') {
      logger.error('api_unavailable', { requestId, during: kind.event, reason: result.reason });
      observe('unavailable');
      return reply.refused({ code: 'api_unavailable', retryAfter: result.retryAfter });
    }
    const content = await acceptTokens(result.value, { ...services, requestId });
    if (content === undefined) {
      observe('unavailable');
      return reply.refused({ code: 'api_unavailable' });
    }

    const setCookies = await services.cookie.write(content, cookieHeader);
    await services.endSessions({ cookieHeader, from: endUser, except: sealedSession(content)?.id });
    logger.info(`${kind.event}_succeeded`, { requestId, userId: content.user.id });
    observe('succeeded');
    return reply.signedIn(content.user, setCookies);
  };
}

interface ReplyOptions extends Pick<Services, 'paths'> {
  readonly fields: Readonly<Record<string, string>>;
}

function replyTo<Credentials>(exchange: Exchange, kind: SignIn<Credentials>, options: ReplyOptions): Reply {
  const { requestId, request } = exchange;
  const { formPath } = kind;
  if (!isForm(request)) return scriptReply({ requestId, status: kind.status, message: kind.message });
  const returnTo = localPath(options.fields['returnTo']);
  return formReply({ requestId, formPath, homePath: options.paths.home, returnTo });
}
