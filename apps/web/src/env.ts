/** The only reader of `process.env` in this app: settings in, decisions out, or every problem at once. */
import type { AccessTokenRules } from '@footbridge/core';
import {
  cookieDomainOf,
  type CookieMode,
  cookieModes,
  field,
  type Mode,
  type Problem,
  readSettings,
  requiredSecret,
  topologyProblems,
  type WellFormed,
} from '@footbridge/settings';
import { type LogLevel, logLevels } from './log.ts';

/** Everything that the frontend decides by. */
export interface WebSettings {
  readonly mode: Mode;
  /** Who sets cookies: this frontend on its own host, or both apps for every subdomain of `cookieDomain`. */
  readonly cookieMode: CookieMode;
  /** Always there in shared-domain mode, where cookies are set for it; lower case, without a leading dot. */
  readonly cookieDomain: string | undefined;
  /** The public origins, as browsers see them. */
  readonly webOrigin: string;
  readonly apiOrigin: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** How this server reaches the API. */
  readonly api: { readonly url: string; readonly clientId: string; readonly clientSecret: string };
  readonly sessionSecrets: readonly string[];
  readonly accessToken: AccessTokenRules;
  /** Who judges an access token, and how news of ended sessions reaches this process. */
  readonly verification: 'local' | 'remote';
  readonly revocationMaxStalenessSeconds: number;
  readonly revocationOnStale: 'local' | 'remote';
  /** Until the headers of the API's answer to a relayed call. */
  readonly relayTimeoutSeconds: number;
  readonly trustProxyHops: number;
  /** Where `GET /metrics` is answered, on the host that the app listens on; absent: nowhere. */
  readonly metricsPort: number | undefined;
  readonly logLevel: LogLevel;
}

/** Where settings come from. The working directory says which workspace's `.env` counts. */
export interface SettingsSource {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory?: string;
}

const shape = {
  COOKIE_MODE: field.choice(cookieModes, 'proxy'),
  COOKIE_DOMAIN: field.optionalText(),
  WEB_ORIGIN: field.origin('http://localhost:3000'),
  API_ORIGIN: field.origin('http://127.0.0.1:4000'),
  WEB_HOST: field.text('127.0.0.1'),
  WEB_PORT: field.port(3000),
  API_URL: field.optionalUrl(),
  API_CLIENT_ID: field.text('web'),
  API_CLIENT_SECRET: field.secret(),
  SESSION_SECRET: field.secretList(),
  JWT_ALG: field.choice(['ES256', 'HS256'], 'ES256'),
  JWT_SECRET: field.secret(),
  JWT_ISSUER: field.optionalText(),
  JWT_AUDIENCE: field.text('footbridge'),
  JWKS_URL: field.optionalUrl(),
  VERIFICATION: field.choice(['local', 'remote'], 'local'),
  REVOCATION_MAX_STALENESS_SECONDS: field.seconds(30),
  REVOCATION_ON_STALE: field.choice(['local', 'remote'], 'local'),
  RELAY_TIMEOUT_SECONDS: field.seconds(30),
  TRUST_PROXY: field.count(0),
  METRICS_PORT: field.optionalPort(),
  LOG_LEVEL: field.choice(logLevels, 'info'),
} as const;

const leastStalenessSeconds = 2;
const longestRelaySeconds = 86_400;

type Settings = ReturnType<typeof readSettings<typeof shape>>['settings'];

let settingsOfThisProcess: WebSettings | undefined;

/** The settings of this process, read at the first call: a build reads none. */
export function webSettings(): WebSettings {
  settingsOfThisProcess ??= readWebSettings();
  return settingsOfThisProcess;
}

/**
 * Reads what the frontend starts with.
 *
 * @throws {SettingsError} naming every setting that cannot work.
 */
export function readWebSettings(source: SettingsSource = {}): WebSettings {
  const from = { environment: process.env, ...source };
  const { settings, mode } = readSettings({ ...from, shape, secrets, rules });
  const apiUrl = settings.API_URL ?? reachable(settings.API_ORIGIN);
  return {
    mode,
    cookieMode: settings.COOKIE_MODE,
    cookieDomain: cookieDomainOf(settings.COOKIE_DOMAIN),
    webOrigin: settings.WEB_ORIGIN,
    apiOrigin: settings.API_ORIGIN,
    listen: { host: settings.WEB_HOST, port: settings.WEB_PORT },
    api: { url: apiUrl, clientId: settings.API_CLIENT_ID, clientSecret: requiredSecret(settings.API_CLIENT_SECRET) },
    sessionSecrets: settings.SESSION_SECRET,
    accessToken: accessTokenRules(settings, apiUrl),
    verification: settings.VERIFICATION,
    revocationMaxStalenessSeconds: settings.REVOCATION_MAX_STALENESS_SECONDS,
    revocationOnStale: settings.REVOCATION_ON_STALE,
    relayTimeoutSeconds: settings.RELAY_TIMEOUT_SECONDS,
    trustProxyHops: settings.TRUST_PROXY,
    metricsPort: settings.METRICS_PORT,
    logLevel: settings.LOG_LEVEL,
  };
}

/** HS256 is the one algorithm for which the frontend holds the API's key. */
function secrets({ JWT_ALG }: Readonly<Record<string, string | undefined>>) {
  const always = ['SESSION_SECRET', 'API_CLIENT_SECRET'] as const;
  return JWT_ALG === 'HS256' ? ([...always, 'JWT_SECRET'] as const) : always;
}

/** Browsers resolve `*.localhost` to loopback by themselves, Node asks the system's resolver, which may not. */
function reachable(origin: string): string {
  const url = new URL(origin);
  if (!url.hostname.endsWith('.localhost')) return origin;
  url.hostname = '127.0.0.1';
  return url.origin;
}

function accessTokenRules(settings: Settings, apiUrl: string): AccessTokenRules {
  return {
    issuer: settings.JWT_ISSUER ?? settings.API_ORIGIN,
    audience: settings.JWT_AUDIENCE,
    keys:
      settings.JWT_ALG === 'HS256'
        ? { kind: 'secret', secret: requiredSecret(settings.JWT_SECRET) }
        : { kind: 'jwks', url: settings.JWKS_URL ?? `${apiUrl}/.well-known/jwks.json` },
  };
}

function rules(settings: WellFormed<typeof shape>, mode: Mode): readonly Problem[] {
  return [...topologyProblems(settings, mode), ...impatientStaleness(settings), ...endlessRelay(settings)];
}

/** A feed that was cut is back within two seconds: what gives up sooner asks the API for nothing. */
function impatientStaleness({ REVOCATION_MAX_STALENESS_SECONDS: seconds }: WellFormed<typeof shape>): Problem[] {
  if (seconds === undefined || seconds >= leastStalenessSeconds) return [];
  const rule = `must be at least ${leastStalenessSeconds}, which is how long the feed may take to reconnect`;
  const remedy = 'raise it, or set VERIFICATION=remote to ask the API each time';
  return [{ setting: 'REVOCATION_MAX_STALENESS_SECONDS', rule, remedy }];
}

/** A timer holds a day with ease, and not much more than three weeks. */
function endlessRelay({ RELAY_TIMEOUT_SECONDS: seconds }: WellFormed<typeof shape>): Problem[] {
  if (seconds === undefined || seconds <= longestRelaySeconds) return [];
  const rule = `must be at most ${longestRelaySeconds}, a day`;
  const remedy = 'lower it; only the headers of an answer have to be there by then, its body may take longer';
  return [{ setting: 'RELAY_TIMEOUT_SECONDS', rule, remedy }];
}
