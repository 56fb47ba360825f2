/** Where a relayed call leads: the raw path behind one constant base, refused if anybody could read it otherwise. */

/** The path below which the frontend relays. */
export const relayBase = '/api/proxy';

/** Where the API is. */
export interface Upstream {
  readonly origin: string;
  /** Without a slash at its end. */
  readonly basePath: string;
}

/** What a request target came to. */
export type Target =
  | {
      readonly kind: 'target';
      /** Path and query for the API, as encoded as they came. */
      readonly path: string;
      /** What the path below the base means: decoded, in lower case, without parameters or a slash at its end. */
      readonly name: string;
    }
  | { readonly kind: 'refused' };

/** RFC 3986, section 3.3, and the four characters that browsers leave as they are. Escapes are complete. */
const pathGrammar = /^\/(?:[!$&-;=@-[\]^_a-z|~]|%[0-9a-f]{2})*$/i;
/** What everybody reads alike, and what most paths are made of: no dots, no escapes, no empty segments. */
const plainest = /^(?:\/[\w-]+)+$/;
/** Visible ASCII, so that the rest of the request line stays ours. The API alone reads what is in it. */
const queryGrammar = /^(?:\?[\x21\x22\x24-\x7e]*)?$/;
/** Some servers read these as separators. An empty segment reads as an authority, or vanishes: `//login` is `/login`. */
const separators = /%2f|%5c|\/\//i;
/** C0, DEL and C1, and the backslash, which many take for a slash. */
const dangerousOnceDecoded = /[\u0000-\u001f\u007f-\u009f\\]/; // oxlint-disable-line no-control-regex -- they are what is refused
/** What separates segments for a server that decodes once too often. */
const anySeparator = /\/|%(?:25)+(?:2f|5c)/i;
/** `.` and `..` in any encoding, encoded any number of times, with parameters (`..;x`) or without. */
const dotSegment = /^(?:\.|%(?:25)*2e){1,2}(?:;|%(?:25)*3b|$)/i;

/** Judges a raw request target. Nothing is ever normalised: what is not plain is refused. */
export function judgeTarget(target: string, { origin, basePath }: Upstream): Target {
  if (!target.startsWith(`${relayBase}/`)) return refused;
  const rest = target.slice(relayBase.length);
  const mark = rest.indexOf('?');
  const path = mark === -1 ? rest : rest.slice(0, mark);
  const query = mark === -1 ? '' : rest.slice(mark);

  if (plainest.test(path) && queryGrammar.test(query))
    return { kind: 'target', path: `${basePath}${rest}`, name: path.toLowerCase() };
  const decoded = isPlain(path) && queryGrammar.test(query) ? decode(path) : undefined;
  if (decoded === undefined || dangerousOnceDecoded.test(decoded)) return refused;

  const url = new URL(`${origin}${basePath}${rest}`);
  const staysBelow = url.origin === origin && url.pathname.startsWith(`${basePath}/`); // the proof of all the above
  return staysBelow ? { kind: 'target', path: `${basePath}${rest}`, name: nameOf(decoded) } : refused;
}

const refused: Target = { kind: 'refused' };

function isPlain(path: string): boolean {
  const isWellFormed = pathGrammar.test(path) && !separators.test(path);
  return isWellFormed && !path.split(anySeparator).some((segment) => dotSegment.test(segment));
}

/** `undefined` for escapes that are not UTF-8: an overlong dot is one. */
function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function nameOf(decoded: string): string {
  const name = decoded.toLowerCase().replaceAll(/;[^/]*/g, '');
  return name.length > 1 && name.endsWith('/') ? name.slice(0, -1) : name;
}
