/** What a person has written in a note's form. */
import type { NoteDraft } from '@footbridge/contracts';

/** A form that a browser sends by itself ends its lines with CR and LF. */
export function draftOf(data: FormData): NoteDraft {
  return { title: textOf(data, 'title'), body: textOf(data, 'body').replaceAll('\r\n', '\n') };
}

function textOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === 'string' ? value : '';
}
