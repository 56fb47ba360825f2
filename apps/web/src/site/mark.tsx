/** The sign of the house: a footbridge. */

/** The mark, in the colour of the text around it. Decoration: the name stands beside it. */
export function Mark() {
  return (
    <svg viewBox="0 0 24 16" width="27" height="18" fill="none" stroke="currentColor" strokeWidth="1.75" aria-hidden>
      <path d="M1 14h22M1 14C4.2 6.8 8 3 12 3s7.8 3.8 11 11M6.5 14V6.700M12 14V3M17.5 14V6.700" strokeLinecap="round" />
    </svg>
  );
}
