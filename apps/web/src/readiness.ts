/** Whether more requests are welcome: the custom server knows, the routes that Next.js bundles apart are asked. */
import { processWide } from '@footbridge/next';

const answer = processWide('web.readiness', () => ({ isReady: (): boolean => true }));

/** What `GET /readyz` asks. Without a custom server: always. */
export function isReady(): boolean {
  return answer.isReady();
}

/** Says who is to be asked from now on. */
export function askForReadiness(isReady: () => boolean): void {
  answer.isReady = isReady;
}
