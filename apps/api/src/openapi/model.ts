/** The parts of an OpenAPI 3.1 document that this one is made of (OpenAPI 3.1.1, section 4.8). */

/** A schema by JSON Schema 2020-12, or a `$ref` to one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A pointer to a component. */
export interface Reference {
  readonly $ref: string;
}

/** One representation of a body. */
export interface MediaType {
  readonly schema?: JsonSchema;
  readonly examples?: Readonly<Record<string, Reference | { readonly value: unknown }>>;
}

/** Representations by media type. */
export type Content = Readonly<Record<string, MediaType>>;

/** What a request may say in its path, query or headers. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

/** A header of an answer. */
export interface Header {
  readonly description: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

/** One answer. */
export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: Content;
}

/** Schemes that are needed together, by name. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

/** One method of one path. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly SecurityRequirement[];
  readonly parameters: readonly (Parameter | Reference)[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Answer | Reference>>;
}

/** Operations by path and method. */
export type Paths = Record<string, Record<string, Operation>>;

/** Points to a component. */
export function reference(kind: 'schemas' | 'headers' | 'examples' | 'parameters', name: string): Reference {
  return { $ref: `#/components/${kind}/${name}` };
}
