/** What may stand between a client and the upstream, and how it is started. */
import { freePort } from '../guard/server-process.ts';
import { type Command, customServerCommand, nextStartCommand, scriptCommand } from './commands.ts';
import { type ReadMemory, startMeasured } from './memory.ts';
import type { Site } from './site.ts';

/** One way to get there. */
export interface Hop {
  readonly title: string;
  /** What stands for the upstream's `/api`. */
  readonly path: string;
  /** Whose sessions it knows: ours unseals the cookie and needs one; what adds `nothing` needs a client with a token. */
  readonly adds: "the session's token" | 'one token' | 'nothing';
  /** Answers by itself what the upstream would: the limit of whatever runs in its place. */
  readonly asksNobody?: true;
  /** Nobody's relay: there to tell what another's speed is due to. */
  readonly isYardstick?: true;
  /** Absent where there is no process on the way. */
  readonly command?: Command;
}

/** By name, in the order of the table. */
export const hops = {
  direct: { title: 'no hop', path: '/api', adds: 'nothing' },
  bare: hop('a bare `node:http` proxy', 'one token', scriptCommand('bare')),
  fastify: hop('`@fastify/http-proxy`', 'one token', scriptCommand('fastify')),
  middleware: hop('`http-proxy-middleware`', 'one token', scriptCommand('http-proxy-middleware')),
  node: hop('`@footbridge/node` on a bare server', "the session's token", scriptCommand('node-transport')),
  customServer: hop("`apps/web`'s own server", "the session's token", customServerCommand),
  rewrites: { title: '`rewrites()`', path: '/rewritten', adds: 'nothing', command: nextStartCommand },
  fetchHandler: {
    title: 'a route handler with `fetch`',
    path: '/fetched',
    adds: 'one token',
    command: nextStartCommand,
  },
  sameHandler: {
    title: 'the handler of `@footbridge/next` with `fetch`',
    path: '/same',
    adds: "the session's token",
    isYardstick: true,
    command: nextStartCommand,
  },
  aloneHandler: {
    title: 'a route handler that asks nobody',
    path: '/alone',
    adds: 'nothing',
    asksNobody: true,
    isYardstick: true,
    command: nextStartCommand,
  },
  routeHandler: hop('the route handler of `@footbridge/next`', "the session's token", nextStartCommand),
} as const satisfies Record<string, Hop>;

/** One of `hops`. */
export type HopName = keyof typeof hops;

/** Every name, in the order of the table. */
export const hopNames: readonly HopName[] = Object.keys(hops).filter((name): name is HopName => name in hops);

/** A hop that can be asked. */
export interface RunningHop {
  readonly name: HopName;
  readonly hop: Hop;
  /** What stands for the upstream's `/api`. */
  readonly base: string;
  /** The same cookie for all, so that all read the same bytes, and a token where nobody adds one. */
  readonly headers: Readonly<Record<string, string>>;
  /** Processor time so far in microseconds; 0 where there is no process. */
  cpuTime(): number;
  /** Undefined where there is no process, and on a system without `/proc`. */
  readonly memory: ReadMemory | undefined;
  stop(): Promise<void>;
}

/** Starts one hop in a process of its own. */
export async function startHop(name: HopName, { settings, visitor }: Site): Promise<RunningHop> {
  const hop: Hop = hops[name];
  const browser = { cookie: visitor.cookieHeader, 'sec-fetch-site': 'same-origin' };
  const token = { authorization: `Bearer ${visitor.accessToken}` };
  const headers = hop.adds === 'nothing' ? { ...browser, ...token } : browser;
  if (hop.command === undefined) {
    const base = `${settings.API_URL}${hop.path}`;
    return { name, hop, base, headers, cpuTime: () => 0, memory: undefined, stop: async () => {} };
  }
  const port = await freePort();
  const { environment, ...command } = hop.command(port);
  const base = `http://127.0.0.1:${port}${hop.path}`;
  const { server, memory } = await startMeasured({
    ...command,
    environment: { ...settings, API_ORIGIN: settings.API_URL, TOKEN: visitor.accessToken, ...environment },
    probe: `${base}/bench/text`,
  });
  return { name, hop, base, headers, cpuTime: () => server.cpuTime(), memory, stop: () => server.stop() };
}

/** Starts every hop, lends them, and stops them whatever happens. */
export async function withHops<Result>(
  site: Site,
  use: (running: readonly RunningHop[]) => Promise<Result>,
): Promise<Result> {
  const running: RunningHop[] = [];
  try {
    for (const name of hopNames) running.push(await startHop(name, site));
    return await use(running);
  } finally {
    await Promise.all(running.map((hop) => hop.stop()));
  }
}

function hop<Adds extends Hop['adds']>(title: string, adds: Adds, command: Command) {
  return { title, path: '/api/proxy', adds, command } as const;
}
