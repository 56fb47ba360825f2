/** How a caller proves who they are (OpenAPI 3.1.1, section 4.8.27). */
import type { ApiEndpoint } from '@footbridge/contracts';
import type { SecurityRequirement } from './model.ts';

/** The names of the two cookies, access token first; `undefined` where no browser is served. */
export type CookieNames = readonly [access: string, refresh: string] | undefined;

const ownPages =
  'Judged before it is read: the request must come from a page of the frontend or of this API, by `Sec-Fetch-Site` and `Origin`; what sends neither must send `X-Footbridge: 1`.';

/** The schemes that this instance knows. */
export function securitySchemes(cookieNames: CookieNames): Record<string, unknown> {
  return {
    client: {
      type: 'http',
      scheme: 'basic',
      description: 'The confidential client, which is the frontend’s server: `API_CLIENT_ID` and `API_CLIENT_SECRET`.',
    },
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token.' },
    ...(cookieNames && { accessCookie: cookie(cookieNames[0]), refreshCookie: cookie(cookieNames[1]) }),
  };
}

function cookie(name: string) {
  return { type: 'apiKey', in: 'cookie', name, description: ownPages };
}

/** What one endpoint asks for; several mean that each is as good. */
export function securityOf({ path, credential }: ApiEndpoint, cookieNames: CookieNames): SecurityRequirement[] {
  const servesBrowsers = cookieNames !== undefined;
  const rotates = path === '/api/refresh';
  switch (credential) {
    case 'none':
      return [];
    case 'client':
      return [{ client: [] }];
    case 'client or browser':
      if (!servesBrowsers) return [{ client: [] }];
      return [{ client: [] }, rotates ? { refreshCookie: [] } : {}];
    case 'bearer':
      return [{ bearer: [] }, ...(servesBrowsers ? [{ accessCookie: [] }] : [])];
    case 'bearer or refresh token':
      return [{ bearer: [] }, {}];
  }
}
