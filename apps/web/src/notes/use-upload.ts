/** One upload of one note at a time, as its card shows it. */
import type { Note } from '@footbridge/contracts';
import { useEffect, useRef, useState } from 'react';
import { fileSize } from './file-size.ts';
import type { Notebook } from './notebook.ts';
import { sentenceOf } from './problem.ts';
import { reread } from './reread.ts';
import { uploadAttachment } from './upload.ts';

/** An upload under way. */
export interface Upload {
  readonly name: string;
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** The upload, if there is one, and what begins and ends it. */
export interface UploadState {
  readonly upload: Upload | undefined;
  readonly start: (file: File) => void;
  readonly cancel: () => void;
}

/** `onProblem` is told in words why a file was not attached, and `undefined` when there is a new attempt. */
export function useUpload(
  note: Note,
  { dispatch, say, limits }: Notebook,
  onProblem: (sentence: string | undefined) => void,
): UploadState {
  const [upload, setUpload] = useState<Upload>();
  const running = useRef<AbortController>(undefined);
  const cancel = (): void => running.current?.abort();
  useEffect(() => () => running.current?.abort(), []); // the card is gone, as when the note was deleted elsewhere

  const run = async (file: File): Promise<void> => {
    const { signal } = (running.current = new AbortController());
    const about = { name: file.name, totalBytes: file.size };
    setUpload({ ...about, sentBytes: 0 });
    const onProgress = (sentBytes: number): void => setUpload({ ...about, sentBytes });
    const result = await uploadAttachment(note.id, file, { signal, onProgress });
    if (result.kind === 'ok') await reread(note.id, dispatch);
    setUpload(undefined);
    if (result.kind === 'ok') say(`“${file.name}” was attached.`);
    else if (result.kind === 'cancelled') say('The upload was cancelled. What was attached before is still there.');
    else onProblem(sentenceOf(result));
  };

  const start = (file: File): void => {
    const isTooLarge = file.size > limits.attachmentBytes;
    onProblem(isTooLarge ? tooLarge(file, limits.attachmentBytes) : undefined);
    if (!isTooLarge) void run(file);
  };

  return { upload, start, cancel };
}

function tooLarge({ name, size }: File, limitBytes: number): string {
  return `“${name}” has ${fileSize(size)}, and at most ${fileSize(limitBytes)} can be attached. It was not sent.`;
}
