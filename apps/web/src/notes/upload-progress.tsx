/** How far an upload has come, and the button that ends it. */
import { useEffect, useId, useRef } from 'react';
import { fileSize } from './file-size.ts';
import styles from './notes.module.css';
import type { Upload } from './use-upload.ts';

interface UploadProgressProps {
  readonly upload: Upload;
  readonly onCancel: () => void;
}

/** Takes the focus, which was on what it stands in for. */
export function UploadProgress({ upload: { name, sentBytes, totalBytes }, onCancel }: UploadProgressProps) {
  const label = useId();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const isSent = sentBytes >= totalBytes;
  return (
    <div className={styles.upload}>
      <p id={label}>
        {isSent ? 'Storing' : 'Sending'} “{name}”
      </p>
      <progress aria-labelledby={label} max={Math.max(totalBytes, 1)} value={Math.min(sentBytes, totalBytes)} />
      <p className={styles.hint}>
        {fileSize(Math.min(sentBytes, totalBytes))} of {fileSize(totalBytes)}
      </p>
      <button ref={button} type="button" className="button quiet" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
