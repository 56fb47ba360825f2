/** Hands a file of the API's to the browser's own download, which keeps none of it in memory. */
import { apiFetch, apiTarget } from '@footbridge/next/client';
import type { Answer } from './answer.ts';

/**
 * Asks for the file's head first: that renews a token that is over, and nobody is taken to an error page. Then a link
 * does it, the same in both modes. The API's `Content-Disposition` names the file. Never rejects.
 */
export async function download(path: string): Promise<Answer<true>> {
  try {
    const head = await apiFetch(path, { method: 'HEAD' });
    if (!head.ok) return failureOf(head.status);
    const link = document.createElement('a');
    link.href = apiTarget(path).url;
    link.download = '';
    link.click();
    return { kind: 'ok', data: true };
  } catch {
    return { kind: 'unavailable' };
  }
}

/** An answer to HEAD has no body to say why. */
function failureOf(status: number): Answer<true> {
  if (status === 401) return { kind: 'over' };
  return status === 404 ? { kind: 'refused', code: 'not_found', errors: [] } : { kind: 'unavailable' };
}
