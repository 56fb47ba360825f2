/** `POST /api/register`: somebody opens an account and is logged in (DESIGN section 6). */
import { registerRequest } from '@footbridge/contracts';
import type { Handlers } from '../endpoint.ts';
import type { Services } from '../services.ts';
import { signIn } from './sign-in.ts';

/** Without handlers, hence 405, where the API takes no registrations. */
export function register(services: Services): Handlers {
  const { api } = services;
  if (api.register === undefined) return {};
  const ask = api.register.bind(api);
  const POST = signIn(
    {
      event: 'registration',
      status: 201,
      message: 'registered and logged in',
      formPath: services.paths.register,
      schema: registerRequest,
      ask,
    },
    services,
  );
  return { POST };
}
