import type { Metadata } from 'next';
import { CredentialsPage } from '../../forms/credentials-page.tsx';
import type { Query } from '../../forms/problem.ts';

export const metadata: Metadata = { title: 'Log in' };

export default async function LoginPage({ searchParams }: { readonly searchParams: Promise<Query> }) {
  return (
    <CredentialsPage kind="login" title="Log in" query={await searchParams}>
      Your password goes to this site&rsquo;s own server, which asks the API. What comes back to your browser is one
      sealed cookie.
    </CredentialsPage>
  );
}
