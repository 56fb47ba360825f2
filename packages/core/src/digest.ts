/** Names a secret by its SHA-256, so that a memory can be looked up by it and holds none of it. */
import { base64url } from 'jose';

/** SHA-256 of a text in base64url; synchronous where the runtime has it so. */
export type Digest = (text: string) => string | Promise<string>;

/** SHA-256 by WebCrypto, which every runtime has. */
export async function webDigest(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}
