'use client';
/** The button of a form that a server action takes; without a script it is a plain one. */
import type { ReactNode } from 'react';
import { useFormStatus } from 'react-dom';

interface SubmitButtonProps {
  readonly className: string;
  /** What it says while the form is on its way. */
  readonly pending: string;
  /** For a screen reader, where the words alone do not say what it acts on. They must begin it. */
  readonly label?: string;
  readonly children: ReactNode;
}

export function SubmitButton({ className, pending, label, children }: SubmitButtonProps) {
  const { pending: isPending } = useFormStatus();
  return (
    <button type="submit" className={className} aria-disabled={isPending} aria-label={isPending ? pending : label}>
      {isPending ? pending : children}
    </button>
  );
}
