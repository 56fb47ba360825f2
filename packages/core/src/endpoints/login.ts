/** `POST /api/login`: somebody proves who they are (DESIGN section 6). */
import { loginRequest } from '@footbridge/contracts';
import type { Handlers } from '../endpoint.ts';
import type { Services } from '../services.ts';
import { signIn } from './sign-in.ts';

/** Takes JSON and plain HTML forms. */
export function login(services: Services): Handlers {
  const POST = signIn(
    {
      event: 'login',
      status: 200,
      message: 'logged in',
      formPath: services.paths.login,
      schema: loginRequest,
      ask: (credentials, from) => services.api.login(credentials, from),
    },
    services,
  );
  return { POST };
}
