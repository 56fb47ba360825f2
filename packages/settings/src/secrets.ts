/** What a secret must be before production starts with it (OWASP ASVS 5.0, sections 11.2 and 13.3). */
import { type Environment, type Mode, modeOf } from './mode.ts';
import type { Problem } from './problem.ts';
import { secretsOf } from './fields.ts';

const fewestBytes = 32;
/** Beginnings that one generated secret in many millions has at most; `xxx` alone would be one in thirty thousand. */
const defaultLooking =
  /^(change-?me|secret|example|default|password|your-|replace-?me|insert-|todo[\s:.]|xxxxxx|xxx[\s:.]|<)/i;
const everySecret = ['API_SECRET', 'SESSION_SECRET', 'API_CLIENT_SECRET', 'JWT_SECRET'] as const;
const remedy = 'generate one with: openssl rand -base64 48 | tr -d "\\n"';

/** Every problem of the named secrets. In development only their length is judged. */
export function secretProblems(names: readonly string[], environment: Environment): Problem[] {
  const mode = modeOf(environment);
  return [
    ...names.flatMap((name) => problemsOfOne(name, environment[name], mode)),
    ...(mode === 'production' ? reuseProblems(names, environment) : []),
  ];
}

/** A secret that `readSettings` has refused to start without: only a name missing from its `secrets` gets here unset. */
export function requiredSecret(secret: string | undefined): string {
  if (secret === undefined) throw new TypeError('a required secret is missing after it was checked');
  return secret;
}

function problemsOfOne(setting: string, text: string | undefined, mode: Mode): Problem[] {
  const secrets = secretsOf(text);
  if (secrets.length === 0) return [{ setting, rule: 'a secret is required in production', remedy }];
  const rules = secrets.flatMap((secret) => brokenRules(secret, mode));
  return [...new Set(rules)].map((rule) => ({ setting, rule, remedy }));
}

function brokenRules(secret: string, mode: Mode): string[] {
  const isRepeated = new Set(secret).size === 1;
  const looksDefault = defaultLooking.test(secret) || isRepeated;
  return [
    ...(new TextEncoder().encode(secret).byteLength < fewestBytes ? [`must have at least ${fewestBytes} bytes`] : []),
    ...(mode === 'production' && looksDefault ? ['must not be a default, an example or one repeated character'] : []),
  ];
}

/** A secret used for two settings lets a leak of the one open the other, whichever app reads it. */
function reuseProblems(names: readonly string[], environment: Environment): Problem[] {
  return names.flatMap((setting) => {
    const own = new Set(secretsOf(environment[setting]));
    const twins = everySecret.filter(
      (other) => other !== setting && secretsOf(environment[other]).some((secret) => own.has(secret)),
    );
    return twins.map((twin) => ({ setting, rule: `must not be the same secret as ${twin}`, remedy }));
  });
}
