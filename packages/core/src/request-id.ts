/** The id that joins one request's log lines in both apps. */
import { headers, isRequestId } from '@footbridge/contracts';

/** A request, whatever holds its headers. */
interface Headed {
  readonly headers: Pick<Headers, 'get'>;
}

/** Adopts a sane id from outside, so that a load balancer's log lines join too; makes one otherwise. */
export function requestIdOf(request: Headed, newRequestId: () => string): string {
  const presented = request.headers.get(headers.requestId);
  return isRequestId(presented) ? presented : newRequestId();
}
