/** Bottom of every page. */
import styles from './site.module.css';

/** The contentinfo landmark. */
export function Footer() {
  return (
    <footer className={styles.footer}>
      <p>Footbridge: a first-party, httpOnly session for a frontend whose API lives on another domain.</p>
    </footer>
  );
}
