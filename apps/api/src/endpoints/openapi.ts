/** `GET /openapi.json`: what this instance answers to what (OpenAPI 3.1), made once from the contract. */
import { sendValidated } from '../http/validated.ts';
import type { Handler } from '../http/mount.ts';
import { createOpenApiDocument } from '../openapi/document.ts';
import type { Services } from '../services.ts';

/** Publishes the document; any cache may keep it for a minute. */
export function openApi({ publicOrigin, browsers }: Services): Handler {
  const document = createOpenApiDocument({ origin: publicOrigin, cookieNames: browsers.cookieNames });
  const content = Buffer.from(JSON.stringify(document));
  return (request, response) => {
    response.set('Cache-Control', 'public, max-age=60').type('application/json');
    sendValidated(request, response, content);
  };
}
