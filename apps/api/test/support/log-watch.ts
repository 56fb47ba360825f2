/** Collects what a test app logs, and holds it against every secret that went through the app. */
import { Writable } from 'node:stream';
import { createLogger, type Logger } from '../../src/log.ts';
import type { Passwords } from '../../src/passwords/passwords.ts';
import type { TokenAnswers } from '../../src/endpoints/token-answer.ts';

/** The watch over one app. */
export interface LogWatch {
  /** Writes every line, whatever its level. */
  readonly logger: Logger;
  /** Notes secrets of the test's own. */
  note(...secrets: readonly string[]): void;
  /** The same, noting every password that comes by. */
  passwords(passwords: Passwords): Passwords;
  /** The same, noting every token that is issued. */
  tokenAnswers(tokenAnswers: TokenAnswers): TokenAnswers;
  /** Throws when a line holds a secret, or somebody's e-mail address. */
  expectNoSecret(): void;
}

const shortest = 8; // shorter ones look like words of every day
const emailAddress = /[\w.+-]+@[\w-]+\.(?:com|org|test|example)\b/i;

/** As it is, in a URL, in JSON, in base64. */
function formsOf(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1), base64];
}

function lineWith(found: string, text: string): string | undefined {
  return text.split('\n').find((line) => line.includes(found));
}

/** Starts watching. */
export function watchLog(): LogWatch {
  const secrets = new Set<string>();
  let text = '';
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const note: LogWatch['note'] = (...given) => {
    for (const secret of given) if (secret.length >= shortest) secrets.add(secret);
  };
  return {
    logger: createLogger('trace', destination),
    note,
    passwords: (passwords) => ({
      ...passwords,
      hash(password) {
        note(password);
        return passwords.hash(password);
      },
      matches(password, hash) {
        note(password);
        return passwords.matches(password, hash);
      },
    }),
    tokenAnswers: (tokenAnswers) => (options) => {
      const answer = tokenAnswers(options);
      note(answer.token, answer.refreshToken);
      return answer;
    },
    expectNoSecret() {
      const forms = Array.from(secrets, formsOf).flat();
      const found = forms.find((form) => text.includes(form));
      if (found !== undefined) throw new Error(`the log holds a secret: ${lineWith(found, text)}`);
      const address = emailAddress.exec(text);
      if (address) throw new Error(`the log holds an e-mail address: ${address[0]}`);
    },
  };
}
