/** `GET /.well-known/jwks.json`: the public signing keys (RFC 7517, section 5). */
import type { Handler } from '../http/mount.ts';
import type { Services } from '../services.ts';

const freshSeconds = 60;

/** Publishes the key set; any cache may keep it for a minute. */
export function jwks({ signingKeys }: Services): Handler {
  return (_request, response) => {
    response.set('Cache-Control', `public, max-age=${freshSeconds}`).json(signingKeys.keySet);
  };
}
