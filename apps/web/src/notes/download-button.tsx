'use client';
/** A button that downloads a file of the API's. */
import { type ReactNode, useState } from 'react';
import { download } from './download.ts';
import { sentenceOf } from './problem.ts';

interface DownloadButtonProps {
  /** What follows the API's `/api`. */
  readonly path: string;
  /** For a screen reader, where the words alone do not say which file. They must begin it. */
  readonly label?: string;
  readonly onProblem: (sentence: string) => void;
  readonly children: ReactNode;
}

export function DownloadButton({ path, label, onProblem, children }: DownloadButtonProps) {
  const [isPending, setPending] = useState(false);
  const start = async (): Promise<void> => {
    setPending(true);
    const answer = await download(path);
    setPending(false);
    if (answer.kind !== 'ok') onProblem(sentenceOf(answer));
  };
  return (
    <button
      type="button"
      className="button quiet"
      aria-label={label}
      aria-disabled={isPending}
      onClick={() => (isPending ? undefined : void start())}
    >
      {children}
    </button>
  );
}
