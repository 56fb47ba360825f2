/** A page that says one thing. */
import type { ReactNode } from 'react';
import styles from './site.module.css';

export function Message({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className={styles.message}>
      <h1>{title}</h1>
      {children}
    </div>
  );
}
