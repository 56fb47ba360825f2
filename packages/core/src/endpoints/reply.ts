/** Says the outcome of signing in to whoever asked: JSON to a script, a redirect to a plain HTML form. */
import type { User } from '@footbridge/contracts';
import { errorAnswer, jsonAnswer, redirectAnswer, type Refusal } from '../answers.ts';
import type { SetCookie } from '../cookies/header.ts';

/** One way of telling an outcome. */
export interface Reply {
  signedIn(user: User, setCookies: readonly SetCookie[]): Response;
  refused(refusal: Refusal): Response;
}

/** What `scriptReply()` takes; `status` and `message` are those of success. */
export interface ScriptReplyOptions {
  readonly requestId: string;
  readonly status: 200 | 201;
  readonly message: string;
}

/** JSON: `{success, message, data: {user}}`, never a token. */
export function scriptReply({ requestId, status, message }: ScriptReplyOptions): Reply {
  return {
    signedIn: (user, setCookies) =>
      jsonAnswer(status, { success: true, message, data: { user } }, { requestId, setCookies }),
    refused: (refusal) => errorAnswer(refusal, { requestId }),
  };
}

/** What `formReply()` takes; all paths are local. */
export interface FormReplyOptions {
  readonly requestId: string;
  /** The page that shows the form. */
  readonly formPath: string;
  readonly homePath: string;
  /** Already judged by `localPath()`. */
  readonly returnTo: string | undefined;
}

/** Redirects with 303, so that reloading the next page does not send the password again. */
export function formReply({ requestId, formPath, homePath, returnTo }: FormReplyOptions): Reply {
  return {
    signedIn: (_user, setCookies) => redirectAnswer(303, returnTo ?? homePath, { requestId, setCookies }),
    refused: (refusal) => redirectAnswer(303, `${formPath}?${refusalQuery(refusal, returnTo)}`, { requestId }),
  };
}

/** Names of fields only: what was typed into them stays out of URLs, which end in histories and logs. */
function refusalQuery({ code, errors = [] }: Refusal, returnTo: string | undefined): string {
  const query = new URLSearchParams({ error: code });
  const fields = [...new Set(errors.map((error) => error.path))].filter((path) => /^[a-z]{1,32}$/i.test(path));
  if (fields.length > 0) query.set('fields', fields.join(','));
  if (returnTo !== undefined) query.set('returnTo', returnTo);
  return query.toString();
}
