/** Free text that every store, log and header downstream can carry: well-formed Unicode without control characters. */
import { z } from 'zod';

// oxlint-disable-next-line no-control-regex -- PostgreSQL refuses U+0000 and logs must stay one line per event
const controlCharacter = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** A string without control characters and without lone surrogates. */
export const plainText = z
  .string()
  .refine((text) => !controlCharacter.test(text), 'must not contain control characters')
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
