/** A moment for people and for programs. In UTC: the server does not know where the reader is. */
import styles from './private.module.css';

const calendar = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

export function Moment({ at }: { readonly at: Date }) {
  return (
    <time dateTime={at.toISOString()}>
      {calendar.format(at)} UTC
      <span className={`mono ${styles.machine}`}>{at.toISOString()}</span>
    </time>
  );
}
