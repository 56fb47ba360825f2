/** Change of password. */
import type { Metadata } from 'next';
import Link from 'next/link';
import styles from '../../../forms/forms.module.css';
import { PasswordForm } from '../../../password/password-form.tsx';
import type { Query } from '../../../query.ts';
import { requireSession } from '../../../session.ts';

export const metadata: Metadata = { title: 'Change password' };

export default async function PasswordPage({ searchParams }: { readonly searchParams: Promise<Query> }) {
  const { user } = await requireSession();
  const { changed } = await searchParams;
  return (
    <div className={styles.page}>
      <p className={styles.back}>
        <Link href="/private">Private page</Link>
      </p>
      <h1>Change password</h1>
      <p className={styles.lead}>
        All your other sessions will end: whoever knew the old password is out. You stay logged in here.
      </p>
      {changed === 'yes' ? (
        <output className={styles.notice}>
          <span>
            <strong>Your password is changed.</strong> All your other sessions have ended.
          </span>
          <Link href="/private/sessions">See your sessions</Link>
        </output>
      ) : null}
      <PasswordForm email={user.email} />
    </div>
  );
}
