/**
 * Preloaded into every app that the tests start: notes each credential, cookie, token, password and e-mail address that
 * goes in or out of its server, so that the end of the run can look for them in what was logged.
 */
import { appendFileSync } from 'node:fs';
import http from 'node:http';

const file = process.env['FOOTBRIDGE_E2E_SECRETS'];
const largestBody = 64 * 1024;
const secretMembers = /^(?:.*password|token|.*token|email)$/i;
/** @type {Set<string>} */
const noted = new Set();

/** @param {string} what @param {unknown} value */
function note(what, value) {
  if (file === undefined || typeof value !== 'string' || noted.has(value)) return;
  noted.add(value);
  appendFileSync(file, `${JSON.stringify({ what, value })}\n`);
}

/** @param {http.IncomingMessage} request */
function hearRequest({ headers }) {
  const [, credential = ''] = (headers.authorization ?? '').split(' ');
  note('a credential', credential);
  for (const pair of (headers.cookie ?? '').split(';')) {
    note('a cookie', pair.slice(pair.indexOf('=') + 1).trim());
  }
}

/** Nothing is read that the app does not read. @param {http.IncomingMessage} request */
function hearBody(request) {
  const type = request.headers['content-type'] ?? '';
  if (!/json|urlencoded/.test(type)) return;
  const push = request.push.bind(request);
  let text = '';
  request.push = (chunk, encoding) => {
    if (chunk !== null && text.length < largestBody) text += String(chunk);
    if (chunk === null) hearText(text, type);
    return push(chunk, encoding);
  };
}

/** @param {string} text @param {string} type */
function hearText(text, type) {
  if (type.includes('urlencoded')) {
    for (const [name, value] of new URLSearchParams(text)) if (secretMembers.test(name)) note(name, value);
    return;
  }
  try {
    JSON.parse(text, (name, value) => {
      if (secretMembers.test(name)) note(name, value);
      return value;
    });
  } catch {
    // Not JSON, whatever it said it was.
  }
}

/** @param {http.ServerResponse} response */
function hearResponse(response) {
  const [end, writeHead] = [response.end.bind(response), response.writeHead.bind(response)];
  /** @param {any[]} given */
  response.writeHead = (...given) => {
    const raw = given.findLast(Array.isArray) ?? [];
    for (let index = 0; index < raw.length; index += 2) {
      if (String(raw[index]).toLowerCase() === 'set-cookie') hearCookies(raw[index + 1]);
    }
    return Reflect.apply(writeHead, undefined, given);
  };
  /** @param {any[]} given */
  response.end = (...given) => {
    const [body] = given;
    hearCookies(response.getHeader('set-cookie'));
    const isSmall = (typeof body === 'string' || Buffer.isBuffer(body)) && body.length < largestBody;
    if (isSmall && String(response.getHeader('content-type')).includes('json')) hearText(String(body), 'json');
    return Reflect.apply(end, undefined, given);
  };
}

/** @param {unknown} lines */
function hearCookies(lines) {
  for (const line of [lines].flat()) {
    if (typeof line !== 'string') continue;
    const [pair = ''] = line.split(';', 1);
    note('a cookie', pair.slice(pair.indexOf('=') + 1));
  }
}

const emit = Reflect.get(http.Server.prototype, 'emit');
/** @type {(this: http.Server, event: string, ...given: any[]) => any} */
http.Server.prototype.emit = function hear(event, ...given) {
  if (event === 'request' || event === 'checkContinue' || event === 'upgrade') {
    const [request, response] = given;
    hearRequest(request);
    if (event !== 'upgrade') {
      hearBody(request);
      hearResponse(response);
    }
  }
  return Reflect.apply(emit, this, [event, ...given]);
};
