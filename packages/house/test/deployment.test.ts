import { readFileSync } from 'node:fs';
import path from 'node:path';
import { topologyProblems } from '@footbridge/settings';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { read, root } from '../src/workspaces.mjs';

interface Service {
  readonly image?: string;
  readonly build?: { readonly target: string };
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly stop_grace_period?: string;
  readonly [name: string]: unknown;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}

const text = read('docker-compose.yml');
const compose: Compose = parse(text, { merge: true });
const services = Object.entries(compose.services).map(([name, service]) => ({ name, service }));
const apps = services.filter(({ service }) => service.build !== undefined);
const dockerfile = read('Dockerfile');

/** A value as Compose fills it in where nobody has set anything. */
function defaulted(value: string | number | undefined): string | undefined {
  const filled = String(value ?? '').replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
  return filled === '' ? undefined : filled;
}

describe('the compose file', () => {
  it('has the database, both apps and a front, and the other mode in a profile', () => {
    const always = services.filter(({ service }) => service.profiles === undefined).map(({ name }) => name);
    const other = services.filter(({ service }) => service.profiles?.includes('shared-domain')).map(({ name }) => name);
    expect(always).toEqual(['postgres', 'api', 'web', 'front']);
    expect(other).toEqual(['api-shared-domain', 'web-shared-domain', 'front-shared-domain']);
  });

  it.each(services)('starts $name with few rights, limits and a way back', ({ service }) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
      init: true,
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
      logging: { options: { 'max-size': '10m' } },
    });
    expect(service['privileged']).toBeUndefined();
  });

  it('publishes nothing but the fronts', () => {
    const published = services.filter(({ service }) => service.ports !== undefined).map(({ name }) => name);
    expect(published).toEqual(['front', 'front-shared-domain']);
  });

  it('lets only the API reach the database', () => {
    const near = services.filter(({ service }) => service.networks?.includes('data')).map(({ name }) => name);
    expect(near).toEqual(['postgres', 'api', 'api-shared-domain']);
    expect(compose.networks['data']).toEqual({ internal: true });
    expect(compose.services['postgres']?.networks).toEqual(['data']);
  });

  it.each(apps)('waits with $name until what it needs is healthy', ({ service }) => {
    const conditions = Object.values(service.depends_on ?? {});
    expect(conditions).toEqual([{ condition: 'service_healthy' }]);
  });

  it.each(apps)('gives $name longer to stop than it takes to drain', ({ service }) => {
    const drain = readFileSync(path.join(root, 'packages/operations/src/drain/drain.ts'), 'utf8');
    const [, notice, limit] = /noticeSeconds = (\d+).*limitSeconds = (\d+)/.exec(drain) ?? [];
    expect(Number(notice) + Number(limit)).toBeGreaterThan(0);
    expect(Number.parseInt(service.stop_grace_period ?? '0', 10)).toBeGreaterThan(Number(notice) + Number(limit));
  });

  it('has no secret of its own, and says which one is missing', () => {
    const secrets = [...text.matchAll(/\$\{((?:\w+_)?(?:SECRET|PASSWORD))([^}]*)\}/g)];
    expect(new Set(secrets.map((match) => match[1]))).toEqual(
      new Set(['API_SECRET', 'API_CLIENT_SECRET', 'SESSION_SECRET', 'POSTGRES_PASSWORD']),
    );
    for (const [, , rest] of secrets) expect(rest).toMatch(/^:\?is missing/);
    expect(text).not.toMatch(/(?:SECRET|PASSWORD): (?!\$\{)/);
  });

  it.each(apps)('sets for $name only what the app reads', ({ service }) => {
    const settings = read(`apps/${service.build?.target}/src/env.ts`);
    const unread = Object.keys(service.environment ?? {}).filter((name) => !settings.includes(`  ${name}: field.`));
    expect(unread).toEqual([]);
  });

  it.each(apps)('gives $name a mode and origins that work together', ({ service }) => {
    const { COOKIE_MODE, COOKIE_DOMAIN, WEB_ORIGIN, API_ORIGIN } = service.environment ?? {};
    const topology = {
      COOKIE_MODE: defaulted(COOKIE_MODE) === 'shared-domain' ? 'shared-domain' : 'proxy',
      COOKIE_DOMAIN: defaulted(COOKIE_DOMAIN),
      WEB_ORIGIN: defaulted(WEB_ORIGIN),
      API_ORIGIN: defaulted(API_ORIGIN),
    } as const;
    expect(topologyProblems(topology, 'production')).toEqual([]);
    expect(topology.COOKIE_MODE).toBe(service.profiles ? 'shared-domain' : 'proxy');
  });

  it('puts every front before the origins that its apps believe in', () => {
    for (const [front, app] of [
      ['front', 'web'],
      ['front-shared-domain', 'web-shared-domain'],
    ] as const) {
      const { WEB_ORIGIN, API_ORIGIN } = compose.services[app]?.environment ?? {};
      expect(compose.services[front]?.environment).toMatchObject({ WEB_ORIGIN, API_ORIGIN });
    }
  });
});

describe('the front', () => {
  const caddyfile = read('deploy/Caddyfile');

  it('sends each origin to the app that answers for it', () => {
    const sites = [...caddyfile.matchAll(/^\{\$(\w+)\} \{[^}]*reverse_proxy \{\$(\w+):([\w:]+)\}/gm)];
    const routes = sites.map(([, origin, upstream, fallback]) => [origin, upstream, fallback]);
    expect(routes).toEqual([
      ['WEB_ORIGIN', 'WEB_UPSTREAM', 'web:3000'],
      ['API_ORIGIN', 'API_UPSTREAM', 'api:4000'],
    ]);
    expect(compose.services['front-shared-domain']?.environment).toMatchObject({
      WEB_UPSTREAM: 'web-shared-domain:3000',
      API_UPSTREAM: 'api-shared-domain:4000',
    });
  });

  it('lets go of an idle connection before the apps do', () => {
    const kept = Number(/keepalive (\d+)s/.exec(caddyfile)?.[1]);
    for (const file of ['apps/api/src/server.ts', 'apps/web/server.ts']) {
      expect(kept).toBeLessThan(Number(/keepAliveSeconds = (\d+);/.exec(read(file))?.[1]));
    }
  });
});

describe('the images', () => {
  it('come from exact versions', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+:\S+)/gm)].map((match) => match[1] ?? '');
    const used = services.flatMap(({ service }) => (service.build ? [] : [service.image ?? '']));
    expect(new Set(bases).size).toBe(1);
    for (const image of [...bases, ...used]) expect(image).toMatch(/^[a-z]+:\d+\.\d+(?:\.\d+)?-\w+/);
  });

  it('are built with the package manager of the repository', () => {
    const { packageManager } = JSON.parse(read('package.json'));
    const versions = [...dockerfile.matchAll(/pnpm@[\d.]+/g)].map(([version]) => version);
    expect(new Set(versions)).toEqual(new Set([packageManager]));
  });

  it('take no secret and no setting of a machine into a layer', () => {
    expect(dockerfile).not.toMatch(/^ARG /m);
    expect(dockerfile).not.toMatch(/SECRET|PASSWORD|TOKEN/);
    expect(read('.dockerignore')).toMatch(/^\*\*\/\.env$/m);
  });
});
