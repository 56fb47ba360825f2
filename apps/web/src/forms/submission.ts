/** Sends a form by script, and keeps what came of it. */
import { register, signIn, type SignInResult } from '@footbridge/next/client';
import { type FormEvent, useEffect, useState } from 'react';
import type { FormKind } from './fields.ts';
import { type Problem, problemOfFailure } from './problem.ts';

/** A form's state: waiting for an answer or not, and what was wrong last time. */
export interface Submission {
  readonly isPending: boolean;
  readonly problem: Problem | undefined;
  readonly submit: (event: FormEvent<HTMLFormElement>) => void;
}

/** Submissions of one form. Success ends in another document, so that there is no state for it. */
export function useSubmission(kind: FormKind, { initial, returnTo }: SubmissionOptions): Submission {
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState(initial);

  useEffect(() => {
    // Back from the next page, a browser may show this one as it was left: waiting for ever.
    const revive = (event: PageTransitionEvent) => setPending((was) => was && !event.persisted);
    addEventListener('pageshow', revive);
    return () => removeEventListener('pageshow', revive);
  }, []);

  const run = async (form: HTMLFormElement) => {
    setPending(true);
    const result = await send(kind, new FormData(form), returnTo);
    if (result.kind === 'ok') return;
    setProblem(problemOfFailure(kind, result));
    setPending(false);
  };

  return {
    isPending,
    problem,
    submit: (event) => {
      event.preventDefault();
      if (!isPending) void run(event.currentTarget);
    },
  };
}

/** What a form starts with. */
export interface SubmissionOptions {
  /** The problem that the page was opened with. */
  readonly initial?: Problem | undefined;
  /** Where success leads. */
  readonly returnTo?: string | undefined;
}

function send(kind: FormKind, data: FormData, returnTo: string | undefined): Promise<SignInResult> {
  const credentials = { email: textOf(data, 'email'), password: textOf(data, 'password') };
  const options = returnTo === undefined ? {} : { returnTo };
  if (kind === 'login') return signIn(credentials, options);
  const name = textOf(data, 'name');
  return register(name === '' ? credentials : { ...credentials, name }, options);
}

function textOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === 'string' ? value : '';
}
