/** The `User-Agent` header as the session list keeps it (RFC 9110, section 10.1.5). */
import type { Request } from 'express';

const longestUserAgent = 512;

/** What the header says, cut to 512 characters. */
export function userAgentOf(request: Request): string | null {
  return request.get('user-agent')?.slice(0, longestUserAgent) ?? null;
}
