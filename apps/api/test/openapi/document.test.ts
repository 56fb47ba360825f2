import { apiEndpoints, type OpenApiDocument } from '@footbridge/contracts';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOpenApiDocument } from '../../src/openapi/document.ts';

const origin = 'https://api.example.net';
const cookieNames = ['__Secure-access', '__Secure-refresh'] as const;
const forClient = createOpenApiDocument({ origin, cookieNames: undefined });
const forBrowsers = createOpenApiDocument({ origin, cookieNames });
const modes: readonly [string, OpenApiDocument][] = [
  ['proxy', forClient],
  ['shared-domain', forBrowsers],
];

/** Reads one place of a document. */
function at(document: OpenApiDocument, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    document,
  );
}

const text = (value: unknown): string => JSON.stringify(value) ?? '';

const security = (path: string, method: string): unknown => at(forBrowsers, 'paths', path, method, 'security');
const unauthorised = (path: string, method: string): string =>
  text(at(forBrowsers, 'paths', path, method, 'responses', '401'));

describe.each(modes)('the document in %s mode', (_mode, document) => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('has every endpoint of the contract and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const known = Object.values(apiEndpoints).map(
      ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
    );
    expect(described.toSorted()).toEqual(known.toSorted());
  });

  it('points to nothing that is not there', () => {
    const pointers = [...text(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(pointers.length).toBeGreaterThan(100);
    expect(pointers.filter((pointer) => at(document, ...pointer.split('/')) === undefined)).toEqual([]);
  });

  it('has components that something points to', () => {
    const all = (['schemas', 'headers', 'examples', 'parameters'] as const).flatMap((kind) =>
      Object.keys(at(document, 'components', kind) ?? {}).map((name) => `"#/components/${kind}/${name}"`),
    );
    expect(all.filter((pointer) => !text(document).includes(pointer))).toEqual([]);
  });

  it('has examples that its own schemas accept', () => {
    const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema(document, 'document');
    const schemas = z
      .record(z.string(), z.looseObject({ examples: z.array(z.unknown()).default([]) }))
      .parse(at(document, 'components', 'schemas'));
    const refusals = z
      .record(z.string(), z.object({ value: z.unknown() }))
      .parse(at(document, 'components', 'examples'));
    const cases = [
      ...Object.entries(schemas).flatMap(([name, { examples }]) => examples.map((value) => ({ name, value }))),
      ...Object.values(refusals).map(({ value }) => ({ name: 'Refusal', value })),
    ];
    expect(cases.length).toBeGreaterThan(30);
    const wrong = cases.filter(({ name, value }) => !ajv.validate(`document#/components/schemas/${name}`, value));
    expect(wrong).toEqual([]);
  });

  it('says something of every operation, parameter and answer', () => {
    const silent = [...text(document).matchAll(/"(?:summary|description)":""/g)];
    expect(silent).toEqual([]);
    for (const item of Object.values(document.paths)) {
      for (const operation of Object.values(item)) {
        expect(operation).toMatchObject({ summary: expect.stringMatching(/./), tags: [expect.any(String)] });
      }
    }
  });

  it('names this instance and nothing inside it', () => {
    expect(document['servers']).toEqual([{ url: origin }]);
    expect(text(document)).not.toMatch(/localhost|127\.0\.0\.1|postgres|prisma|express|SELECT|node_modules|\/src\//i);
  });
});

describe('in proxy mode', () => {
  it('the document knows no browser', () => {
    expect(text(forClient)).not.toMatch(/cross_site_request|SignedInAnswer|Set-Cookie|accessCookie|Clear-Site-Data/);
    expect(at(forClient, 'paths', '/api/login', 'post', 'security')).toEqual([{ client: [] }]);
  });
});

describe('in shared-domain mode', () => {
  it('the document names the cookies', () => {
    const schemes = at(forBrowsers, 'components', 'securitySchemes');
    expect(schemes).toMatchObject({
      accessCookie: { in: 'cookie', name: '__Secure-access' },
      refreshCookie: { in: 'cookie', name: '__Secure-refresh' },
    });
  });

  it('a cookie is as good as a bearer, and a browser may log in', () => {
    expect(security('/api/me', 'get')).toEqual([{ bearer: [] }, { accessCookie: [] }]);
    expect(security('/api/login', 'post')).toEqual([{ client: [] }, {}]);
    expect(security('/api/refresh', 'post')).toEqual([{ client: [] }, { refreshCookie: [] }]);
    expect(security('/api/revocations', 'get')).toEqual([{ client: [] }]);
  });

  it('only who is no browser can be an unknown client', () => {
    expect(unauthorised('/api/login', 'post')).not.toContain('invalid_client');
    expect(unauthorised('/api/revocations', 'get')).toContain('invalid_client');
  });
});
