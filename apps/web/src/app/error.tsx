'use client';
/** What a page shows when its rendering failed. The reason stays in the server's log. */
import { sessionUnavailableDigest, type UseSession, useSession } from '@footbridge/next/client';
import { useEffect } from 'react';
import { Message } from '../site/message.tsx';

interface ErrorPageProps {
  readonly error: Error & { readonly digest?: string };
  readonly retry: () => void;
}

export default function ErrorPage({ error, retry }: ErrorPageProps) {
  const { status, refresh } = useSession();
  useEffect(() => {
    void refresh(); // a form that was refused because the session has ended comes here
  }, [refresh]);
  const [title, text] = words(error, status);
  return (
    <Message title={title}>
      <p>{text}</p>
      <button className="button" type="button" onClick={retry}>
        Try again
      </button>
    </Message>
  );
}

function words(error: ErrorPageProps['error'], status: UseSession['status']): readonly [title: string, text: string] {
  if (status === 'ended')
    return ['Nothing was changed', 'You were logged out before this arrived. Log in again first.'];
  if (error.digest !== sessionUnavailableDigest) {
    return ['Something went wrong', 'The page could not be shown. Trying again may be enough.'];
  }
  return [
    'Your session cannot be checked right now',
    'The sign-in service does not answer. You are still logged in; try again in a moment.',
  ];
}
