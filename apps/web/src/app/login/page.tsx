import type { Metadata } from 'next';
import { CredentialsPage } from '../../forms/credentials-page.tsx';
import type { Query } from '../../query.ts';
import { Reason } from './reason.tsx';

export const metadata: Metadata = { title: 'Log in' };

export default async function LoginPage({ searchParams }: { readonly searchParams: Promise<Query> }) {
  const query = await searchParams;
  return (
    <CredentialsPage kind="login" title="Log in" query={query} notice={<Reason query={query} />}>
      Your password goes to this site&rsquo;s own server, which asks the API. What comes back to your browser is one
      sealed cookie.
    </CredentialsPage>
  );
}
