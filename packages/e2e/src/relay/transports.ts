/** The relay's two transports: one build of the frontend, started in two ways. */

/** `custom server` is `dist/server.js`, whose Node transport relays; `route handler` is `next start`, where Next does. */
export const transports = ['custom server', 'route handler'] as const;
export type Transport = (typeof transports)[number];

/** What Node runs, in the frontend's folder. */
export function commandOf(transport: Transport, port: number): readonly string[] {
  if (transport === 'custom server') return ['dist/server.js'];
  return ['node_modules/next/dist/bin/next', 'start', '--hostname', '127.0.0.1', '--port', String(port)];
}
