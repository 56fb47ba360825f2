/** The only reader of `process.env` in this app: settings in, decisions out, or every problem at once. */
import { availableParallelism } from 'node:os';
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
import type { RateLimitPolicy } from './rate-limits/rate-limits.ts';
import type { AuthPolicy } from './services.ts';

/** Where the data is. Without `databaseUrl` it is embedded, in `dataDir`. */
export interface DatabaseSettings {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly logLevel: LogLevel;
}

/** How tokens are signed. */
export type SigningSettings =
  | { readonly algorithm: 'ES256' }
  | { readonly algorithm: 'HS256'; readonly secret: string };

/** Everything that `server.ts` decides by. */
export interface ApiSettings extends DatabaseSettings {
  readonly mode: Mode;
  /** Who sets cookies: the frontend on its own host, or this API for every subdomain of `cookieDomain`. */
  readonly cookieMode: CookieMode;
  /** Always there in shared-domain mode, where cookies are set for it; lower case, without a leading dot. */
  readonly cookieDomain: string | undefined;
  /** The public origins, as browsers see them: the frontend's and this API's own. */
  readonly webOrigin: string;
  readonly origin: string;
  /** How many proxies in front of this API may be believed, counted from the right of `X-Forwarded-For`. */
  readonly trustProxyHops: number;
  readonly listen: { readonly host: string; readonly port: number };
  readonly policy: AuthPolicy;
  readonly apiSecrets: readonly string[];
  readonly signing: SigningSettings;
  readonly migrateOnStart: boolean;
  /** Where `GET /metrics` is answered, on the host that the app listens on; absent: nowhere. */
  readonly metricsPort: number | undefined;
  readonly bcrypt: { readonly cost: number; readonly workers: number };
  readonly rateLimits: RateLimitPolicy;
}

/** What the key commands need. */
export interface KeySettings extends DatabaseSettings {
  readonly apiSecrets: readonly string[];
  readonly algorithm: SigningSettings['algorithm'];
}

const databaseShape = {
  DATABASE_URL: field.optionalText(),
  LOG_LEVEL: field.choice(logLevels, 'info'),
} as const;

const keyShape = {
  ...databaseShape,
  API_SECRET: field.secretList(),
  JWT_ALG: field.choice(['ES256', 'HS256'], 'ES256'),
} as const;

const shape = {
  ...keyShape,
  COOKIE_MODE: field.choice(cookieModes, 'proxy'),
  COOKIE_DOMAIN: field.optionalText(),
  WEB_ORIGIN: field.origin('http://localhost:3000'),
  API_ORIGIN: field.origin('http://127.0.0.1:4000'),
  API_HOST: field.text('127.0.0.1'),
  API_PORT: field.port(4000),
  API_CLIENT_ID: field.text('web'),
  API_CLIENT_SECRET: field.secret(),
  JWT_SECRET: field.secret(),
  JWT_ISSUER: field.optionalText(),
  JWT_AUDIENCE: field.text('footbridge'),
  ACCESS_TOKEN_TTL_SECONDS: field.seconds(900),
  REFRESH_GRACE_SECONDS: field.seconds(60),
  SESSION_IDLE_TTL_SECONDS: field.seconds(604_800),
  SESSION_ABSOLUTE_TTL_SECONDS: field.seconds(2_592_000),
  MIGRATE_ON_START: field.flag(true),
  BCRYPT_COST: field.count(12, 4),
  BCRYPT_WORKERS: field.count(availableParallelism(), 1),
  RATE_LIMIT_LOGIN_PER_ACCOUNT: field.count(5),
  RATE_LIMIT_LOGIN_PER_ADDRESS: field.count(30),
  RATE_LIMIT_REFRESH_PER_SESSION: field.count(600),
  TRUST_PROXY: field.count(0),
  METRICS_PORT: field.optionalPort(),
} as const;

type Settings = ReturnType<typeof readSettings<typeof shape>>['settings'];

/**
 * Reads what the API starts with.
 *
 * @throws {SettingsError} naming every setting that cannot work.
 */
export function readApiSettings(environment = process.env): ApiSettings {
  const { settings, mode, dataDir } = readSettings({ environment, shape, secrets, rules });
  return {
    mode,
    dataDir,
    databaseUrl: settings.DATABASE_URL,
    logLevel: settings.LOG_LEVEL,
    cookieMode: settings.COOKIE_MODE,
    cookieDomain: cookieDomainOf(settings.COOKIE_DOMAIN),
    webOrigin: settings.WEB_ORIGIN,
    origin: settings.API_ORIGIN,
    trustProxyHops: settings.TRUST_PROXY,
    listen: { host: settings.API_HOST, port: settings.API_PORT },
    policy: policyOf(settings),
    apiSecrets: settings.API_SECRET,
    signing: signingOf(settings),
    metricsPort: settings.METRICS_PORT,
    migrateOnStart: settings.MIGRATE_ON_START,
    bcrypt: { cost: settings.BCRYPT_COST, workers: settings.BCRYPT_WORKERS },
    rateLimits: {
      loginPerAccount: settings.RATE_LIMIT_LOGIN_PER_ACCOUNT,
      loginPerAddress: settings.RATE_LIMIT_LOGIN_PER_ADDRESS,
      refreshPerSession: settings.RATE_LIMIT_REFRESH_PER_SESSION,
    },
  };
}

/** Reads what the database commands need: no secret among it. */
export function readDatabaseSettings(environment = process.env): DatabaseSettings {
  const { settings, dataDir } = readSettings({ environment, shape: databaseShape, secrets: [], rules: databaseRules });
  return { databaseUrl: settings.DATABASE_URL, logLevel: settings.LOG_LEVEL, dataDir };
}

/**
 * Reads what the key commands need.
 *
 * @throws {SettingsError} naming every setting that cannot work.
 */
export function readKeySettings(environment = process.env): KeySettings {
  const { settings, dataDir } = readSettings({
    environment,
    shape: keyShape,
    secrets: ['API_SECRET'],
    rules: databaseRules,
  });
  return {
    databaseUrl: settings.DATABASE_URL,
    logLevel: settings.LOG_LEVEL,
    dataDir,
    apiSecrets: settings.API_SECRET,
    algorithm: settings.JWT_ALG,
  };
}

/** HS256 signs with a secret that both apps hold. */
function secrets({ JWT_ALG }: NodeJS.ProcessEnv) {
  const always = ['API_SECRET', 'API_CLIENT_SECRET'] as const;
  return JWT_ALG === 'HS256' ? ([...always, 'JWT_SECRET'] as const) : always;
}

function policyOf(settings: Settings): AuthPolicy {
  return {
    client: { id: settings.API_CLIENT_ID, secret: requiredSecret(settings.API_CLIENT_SECRET) },
    issuer: settings.JWT_ISSUER ?? settings.API_ORIGIN,
    audience: settings.JWT_AUDIENCE,
    accessTokenSeconds: settings.ACCESS_TOKEN_TTL_SECONDS,
    refreshGraceSeconds: settings.REFRESH_GRACE_SECONDS,
    sessionIdleSeconds: settings.SESSION_IDLE_TTL_SECONDS,
    sessionAbsoluteSeconds: settings.SESSION_ABSOLUTE_TTL_SECONDS,
  };
}

function signingOf(settings: Settings): SigningSettings {
  if (settings.JWT_ALG === 'ES256') return { algorithm: 'ES256' };
  return { algorithm: 'HS256', secret: requiredSecret(settings.JWT_SECRET) };
}

function rules(settings: WellFormed<typeof shape>, mode: Mode): readonly Problem[] {
  return [...topologyProblems(settings, mode), ...excessiveCost(settings), ...databaseRules(settings)];
}

function excessiveCost({ BCRYPT_COST }: WellFormed<typeof shape>): Problem[] {
  if (BCRYPT_COST === undefined || BCRYPT_COST <= 31) return [];
  return [{ setting: 'BCRYPT_COST', rule: 'must be at most 31', remedy: '12 is a good value' }];
}

function databaseRules({ DATABASE_URL }: WellFormed<typeof databaseShape>): Problem[] {
  const isUsable = DATABASE_URL === undefined || /^postgres(?:ql)?:\/\//.test(DATABASE_URL);
  if (isUsable && (DATABASE_URL === undefined || URL.canParse(DATABASE_URL))) return [];
  const remedy = 'write postgresql://user:password@host:5432/database, or leave it unset for the embedded database';
  return [{ setting: 'DATABASE_URL', rule: 'must be a postgresql: URL', remedy }];
}
