/** The API's description of itself (OpenAPI 3.1), as far as a contract can judge it. */
import { z } from 'zod';

export const openApiDocument = z.looseObject({
  openapi: z.literal('3.1.1'),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.looseObject({})),
});

/** What `GET /openapi.json` answers. */
export type OpenApiDocument = z.infer<typeof openApiDocument>;
