'use server';
/** The form that makes a note, where no script does. A public endpoint, whatever page it is on: it checks who asks. */
import { fieldErrors, type NoteDraft, noteDraft } from '@footbridge/contracts';
import { redirect } from 'next/navigation';
import { requireSessionForAction } from '../session.ts';
import { draftOf } from './note-form-data.ts';
import { createOwnNote } from './own-notes.ts';
import { createdPath, recheckPath } from './paths.ts';
import { type NoteProblem, problemOf } from './problem.ts';

/** What was sent and not taken, so that nobody has to write it twice. */
export interface Attempt {
  readonly problem: NoteProblem;
  readonly draft: NoteDraft;
}

/** Answers what is wrong; success leads to the page anew, so that reloading it sends nothing. */
export async function createNoteByForm(_last: Attempt | undefined, data: FormData): Promise<Attempt> {
  await requireSessionForAction();
  const draft = draftOf(data);
  const judged = noteDraft.safeParse(draft);
  if (!judged.success) {
    const errors = fieldErrors(judged.error);
    return { draft, problem: problemOf({ kind: 'refused', code: 'validation_failed', errors }) };
  }
  const answer = await createOwnNote(judged.data);
  if (answer.kind === 'ok') return redirect(createdPath);
  if (answer.kind === 'over') return redirect(recheckPath); // judged anew where a cookie may be written
  return { draft, problem: problemOf(answer) };
}
