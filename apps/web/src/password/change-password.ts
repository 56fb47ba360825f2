'use server';
/** The form that changes a password. A public endpoint, whatever page it is on: it checks for itself who asks. */
import { fieldErrors, passwordChange } from '@footbridge/contracts';
import { redirect } from 'next/navigation';
import { askApi } from '../ask-api.ts';
import { passwordFields } from '../forms/fields.ts';
import { type Problem, problemOfRefusal, unreachableProblem } from '../forms/problem.ts';
import { requireSessionForAction } from '../session.ts';

const path = '/private/password';

const wrongPassword: Problem = {
  summary: 'The password was not changed.',
  fields: { currentPassword: 'This is not your current password.' },
};

/** Answers what is wrong; success leads to the page anew, so that reloading it sends nothing. */
export async function changePassword(_last: Problem | undefined, data: FormData): Promise<Problem | undefined> {
  await requireSessionForAction();
  const change = passwordChange.safeParse(Object.fromEntries(data));
  if (!change.success) {
    return problemOfRefusal({ code: 'validation_failed', errors: fieldErrors(change.error) }, passwordFields);
  }
  const answer = await askApi('/api/me/password', { method: 'POST', json: change.data });
  switch (answer.kind) {
    case 'ok':
      return redirect(`${path}?changed=yes`);
    case 'over': // judged anew where a cookie may be written; a session that lives comes back
      return redirect(`/api/refresh?${new URLSearchParams({ returnTo: path })}`);
    case 'unavailable':
      return unreachableProblem;
    case 'refused':
      return answer.code === 'invalid_credentials' ? wrongPassword : problemOfRefusal(answer, passwordFields);
  }
}
