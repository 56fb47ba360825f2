/** Absolute URLs in an API's answers: those below the relayed base become ours, for a browser may not reach the API. */
import { relayBase, type Upstream } from './target.ts';

/** `Location` (RFC 9110, section 10.2.2): an absolute URL below the upstream's base becomes a path of the relay. */
export function localLocation(value: string, upstream: Upstream): string {
  const isAbsolute = /^(?:[a-z][a-z0-9+.-]*:)?\/\//i.test(value);
  const url = isAbsolute ? parsed(value, upstream.origin) : undefined;
  if (url?.origin !== upstream.origin || !url.pathname.startsWith(`${upstream.basePath}/`)) return value;
  return `${relayBase}${url.pathname.slice(upstream.basePath.length)}${url.search}${url.hash}`;
}

/** `Link` (RFC 8288): the same for each of its targets, which stand in angle brackets. */
export function localLink(value: string, upstream: Upstream): string {
  return value.replaceAll(/<([^<>]*)>/g, (_link, target: string) => `<${localLocation(target, upstream)}>`);
}

function parsed(value: string, base: string): URL | undefined {
  return URL.canParse(value, base) ? new URL(value, base) : undefined;
}
