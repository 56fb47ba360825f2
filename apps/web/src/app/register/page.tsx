import type { Metadata } from 'next';
import { CredentialsPage } from '../../forms/credentials-page.tsx';
import type { Query } from '../../query.ts';

export const metadata: Metadata = { title: 'Register' };

export default async function RegisterPage({ searchParams }: { readonly searchParams: Promise<Query> }) {
  return (
    <CredentialsPage kind="register" title="Create an account" query={await searchParams}>
      You will be logged in at once.
    </CredentialsPage>
  );
}
