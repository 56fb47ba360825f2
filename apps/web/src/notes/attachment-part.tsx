'use client';
/** What is attached to a note: its name, size and digest, and the buttons that bring, fetch and remove it. */
import type { Attachment, Note } from '@footbridge/contracts';
import { type ChangeEvent, useId, useState } from 'react';
import { ConfirmButton } from './confirm-button.tsx';
import { DownloadButton } from './download-button.tsx';
import { fileSize } from './file-size.ts';
import type { Notebook } from './notebook.ts';
import { attachmentPath, deleteAttachment } from './notes-api.ts';
import styles from './notes.module.css';
import { sentenceOf } from './problem.ts';
import { reread } from './reread.ts';
import { UploadProgress } from './upload-progress.tsx';
import { useUpload } from './use-upload.ts';

interface AttachmentPartProps {
  readonly note: Note;
  readonly notebook: Notebook;
}

export function AttachmentPart({ note, notebook }: AttachmentPartProps) {
  const { dispatch, say, limits } = notebook;
  const [problem, setProblem] = useState<string>();
  const { upload, start, cancel } = useUpload(note, notebook, setProblem);

  const remove = async (): Promise<void> => {
    setProblem(undefined);
    const answer = await deleteAttachment(note.id);
    if (answer.kind !== 'ok') setProblem(sentenceOf(answer));
    else say('The attachment was deleted.');
    await reread(note.id, dispatch);
  };

  return (
    <div className={styles.attachment}>
      {note.attachment === null ? null : <Facts attachment={note.attachment} />}
      {upload === undefined ? (
        <div className={`${styles.buttons} ${styles.scripted}`}>
          {note.attachment === null ? null : (
            <>
              <DownloadButton
                path={attachmentPath(note.id)}
                label={`Download what is attached to ${note.title}`}
                onProblem={setProblem}
              >
                Download
              </DownloadButton>
              <ConfirmButton
                label={`Remove what is attached to ${note.title}`}
                question={`Remove what is attached to “${note.title}”? Nothing brings it back.`}
                answer="Remove file"
                onConfirm={() => void remove()}
              >
                Remove
              </ConfirmButton>
            </>
          )}
          <FilePicker note={note} limitBytes={limits.attachmentBytes} onFile={start} />
        </div>
      ) : (
        <UploadProgress upload={upload} onCancel={cancel} />
      )}
      {problem === undefined ? null : (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function Facts({ attachment }: { readonly attachment: Attachment }) {
  return (
    <dl className={styles.facts}>
      <dt>File</dt>
      <dd>
        {attachment.name ?? <span className="muted">without a name</span>}, {fileSize(attachment.size)}
      </dd>
      <dt>SHA-256</dt>
      <dd className="mono">{attachment.sha256}</dd>
    </dl>
  );
}

interface FilePickerProps {
  readonly note: Note;
  readonly limitBytes: number;
  readonly onFile: (file: File) => void;
}

/** The browser's own file field, dressed as a button: it has the focus, and the keyboard works it. */
function FilePicker({ note, limitBytes, onFile }: FilePickerProps) {
  const id = useId();
  const words = note.attachment === null ? 'Attach a file' : 'Replace the file';
  const pick = ({ currentTarget }: ChangeEvent<HTMLInputElement>): void => {
    const file = currentTarget.files?.[0];
    currentTarget.value = ''; // so that picking the same file again is a change
    if (file) onFile(file);
  };
  return (
    <span className={styles.picker}>
      <label htmlFor={id} className="button quiet">
        <input
          id={id}
          type="file"
          className={styles.file}
          aria-label={`${words}: ${note.title}`}
          aria-describedby={`${id}-limit`}
          onChange={pick}
        />
        {words}
      </label>
      <span id={`${id}-limit`} className={styles.hint}>
        At most {fileSize(limitBytes)}
      </span>
    </span>
  );
}
