'use client';
/** Says what was done, to people who see and to people who hear, and steps back after a while. */
import { useEffect, useState } from 'react';
import type { Message } from './notebook.ts';
import styles from './notes.module.css';

const shownMs = 6_000;

/** A live region; in the document from the start, so that a screen reader knows it before it speaks. */
export function SpokenMessage({ message }: { readonly message: Message | undefined }) {
  const [over, setOver] = useState(0);
  const number = message?.number ?? 0;
  useEffect(() => {
    const timer = setTimeout(() => setOver(number), shownMs);
    return () => clearTimeout(timer);
  }, [number]);
  const isShown = message !== undefined && number > over;
  return (
    <output className={styles.message} data-shown={isShown}>
      {isShown ? <span key={number}>{message.text}</span> : null}
    </output>
  );
}
