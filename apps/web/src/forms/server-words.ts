/** Lets the server's words stand at the fields, and brings the person to the first of them. */
import { type RefObject, useEffect, useRef } from 'react';
import type { Problem } from './problem.ts';

/** The `ref` of a form that works without a script, where the browser's own bubbles come first. */
export function useServerWords(problem: Problem | undefined): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (form.current) form.current.noValidate = true;
  }, []);
  useEffect(() => {
    if (!problem) return;
    const places = ['[aria-invalid="true"]', '[role="alert"]'];
    const [first] = places.flatMap((place) => form.current?.querySelector<HTMLElement>(place) ?? []);
    first?.focus();
  }, [problem]);
  return form;
}
