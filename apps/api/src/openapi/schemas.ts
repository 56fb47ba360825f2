/** The contract's schemas as components of the document (JSON Schema 2020-12), and how to point to them. */
import { errorBody, type ErrorCode } from '@footbridge/contracts';
import { z } from 'zod';
import { type JsonSchema, type Reference, reference } from './model.ts';
import { answers, type Named, queries, requests } from './named-schemas.ts';

/** The schemas of one document. */
export interface Schemas {
  readonly components: Readonly<Record<string, JsonSchema>>;
  /** The component that a schema of the contract is. */
  refer(schema: z.ZodType): Reference;
  /** What that component is, in a sentence. */
  describe(schema: z.ZodType): string;
  /** The members of what a query string becomes, each with its own schema. */
  membersOf(query: z.ZodType): Readonly<Record<string, JsonSchema>>;
}

/** Makes the components; `codes` are the ones that refusals of this instance can carry. */
export function createSchemas(codes: readonly ErrorCode[]): Schemas {
  const replies = registryOf(answers);
  replies.add(errorBody.shape.code, { enum: codes });
  const bodies = registryOf(requests);
  const queried = componentsOf(registryOf(queries), 'output');
  return {
    components: { ...componentsOf(replies, 'output'), ...componentsOf(bodies, 'input') },
    refer: (schema) => reference('schemas', named(schema)[0]),
    describe: (schema) => named(schema)[1].description,
    membersOf: (query) => members.parse(queried[named(query)[0]]).properties,
  };
}

const members = z.object({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) });

function named(schema: z.ZodType): readonly [name: string, about: Named] {
  const found = Object.entries({ ...answers, ...requests, ...queries }).find(([, about]) => about.schema === schema);
  if (!found) throw new TypeError('a schema of the contract has no name in the document');
  return found;
}

type Registry = z.core.$ZodRegistry<Record<string, unknown>>;

function registryOf(table: Readonly<Record<string, Named>>): Registry {
  const registry: Registry = z.registry();
  for (const [id, { schema, description, example, fields = {} }] of Object.entries(table)) {
    registry.add(schema, { id, description, ...(example === undefined ? {} : { examples: [example] }) });
    for (const [member, about] of Object.entries(fields)) {
      const field: unknown = schema.shape[member];
      if (!(field instanceof z.ZodType)) throw new TypeError(`${id} has no member "${member}"`);
      registry.add(field, typeof about === 'string' ? { description: about } : about);
    }
  }
  return registry;
}

function componentsOf(registry: Registry, io: 'input' | 'output'): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, { io, uri, metadata: registry, override: simplify });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _place, id: _name, ...schema }]) => [name, schema]),
  );
}

function uri(name: string): string {
  return reference('schemas', name).$ref;
}

/** Leaves out what says a thing twice: a date-time's pattern beside its format, the bounds of a double beside `integer`. */
function simplify({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
