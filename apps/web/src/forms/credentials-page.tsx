/** The page around a credentials form: who is logged in already, the form, the way to the other one. */
import { localPath } from '@footbridge/core';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Query } from '../query.ts';
import { getSnapshot } from '../session.ts';
import { CredentialsForm } from './credentials-form.tsx';
import type { FormKind } from './fields.ts';
import styles from './forms.module.css';
import { problemOfQuery } from './problem.ts';

interface CredentialsPageProps {
  readonly kind: FormKind;
  readonly query: Query;
  readonly title: string;
  /** Why the person is here, for those who are not logged in. */
  readonly notice?: ReactNode;
  readonly children: ReactNode;
}

export async function CredentialsPage({ kind, query, title, notice, children }: CredentialsPageProps) {
  const session = await getSnapshot();
  const returnTo = localPath(query['returnTo']);
  return (
    <div className={styles.page}>
      <h1>{title}</h1>
      <p className={styles.lead}>{children}</p>
      {session.status === 'authenticated' ? (
        <LoggedIn email={session.user.email} onwards={returnTo ?? '/private'} />
      ) : (
        notice
      )}
      <CredentialsForm kind={kind} returnTo={returnTo} initial={problemOfQuery(kind, query)} />
      <OtherForm kind={kind} returnTo={returnTo} />
    </div>
  );
}

/** No redirect: somebody who came here by mistake sees where they are, somebody who means it can change accounts. */
function LoggedIn({ email, onwards }: { readonly email: string; readonly onwards: string }) {
  return (
    <div className={styles.notice}>
      <p>
        You are logged in as <strong className={styles.who}>{email}</strong>.
      </p>
      <p>
        <Link href={onwards} prefetch={false}>
          Go on to where you were heading
        </Link>
        , or continue here as somebody else.
      </p>
    </div>
  );
}

const others = {
  login: { question: 'No account yet?', href: '/register', answer: 'Create one' },
  register: { question: 'Registered already?', href: '/login', answer: 'Log in' },
} as const;

function OtherForm({ kind, returnTo }: { readonly kind: FormKind; readonly returnTo: string | undefined }) {
  const { question, href, answer } = others[kind];
  const query = returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`;
  return (
    <p className={styles.other}>
      {question} <Link href={`${href}${query}`}>{answer}</Link>
    </p>
  );
}
