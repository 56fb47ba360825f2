'use client';
/** What a page shows when its rendering failed. The reason stays in the server's log. */
import { sessionUnavailableDigest } from '@footbridge/next/client';
import { Message } from '../site/message.tsx';

interface ErrorPageProps {
  readonly error: Error & { readonly digest?: string };
  readonly retry: () => void;
}

export default function ErrorPage({ error, retry }: ErrorPageProps) {
  const isUnavailable = error.digest === sessionUnavailableDigest;
  return (
    <Message title={isUnavailable ? 'Your session cannot be checked right now' : 'Something went wrong'}>
      <p>
        {isUnavailable
          ? 'The sign-in service does not answer. You are still logged in; try again in a moment.'
          : 'The page could not be shown. Trying again may be enough.'}
      </p>
      <button className="button" type="button" onClick={retry}>
        Try again
      </button>
    </Message>
  );
}
