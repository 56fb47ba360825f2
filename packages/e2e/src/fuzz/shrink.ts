/** Makes a failing request smaller for as long as it goes on failing. */
import type { Asked } from './asked.ts';

const mostTries = 60;

/** Leaves out fields, body and query, one after the other. */
export async function shrink(asked: Asked, stillFails: (smaller: Asked) => Promise<boolean>): Promise<Asked> {
  let smallest = asked;
  let tries = 0;
  for (let isSmaller = true; isSmaller && tries < mostTries; ) {
    isSmaller = false;
    for (const candidate of smaller(smallest)) {
      tries += 1;
      if (tries > mostTries) break;
      if (!(await stillFails(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

function smaller(asked: Asked): Asked[] {
  const { fields, body, target, isRaw } = asked;
  const found: Asked[] = [];
  if (body !== undefined && !isRaw) found.push({ ...asked, body: undefined });
  if (target.includes('?')) found.push({ ...asked, target: target.slice(0, target.indexOf('?')) });
  for (const index of fields.keys()) found.push({ ...asked, fields: fields.toSpliced(index, 1) });
  return found;
}
