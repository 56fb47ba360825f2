/** Answers with content that a cache may keep and ask about again (RFC 9110, sections 8.8.3 and 13.1.2). */
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

/** Sends the bytes under their digest as entity tag; 304 and no bytes to whoever has them. */
export function sendValidated(request: Request, response: Response, content: Buffer): void {
  const digest = createHash('sha256').update(content).digest('base64url');
  response.set('ETag', `"${digest}"`);
  if (request.fresh) response.status(304).end();
  else response.send(content);
}
