/** Mounts the relay on a Node server: the funnel in `@footbridge/core` decides, what is below moves bytes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Relay, RequestContext } from '@footbridge/core';
import { Agent } from 'undici';
import { exchange } from './exchange.ts';
import { createOpenStreams } from './open-streams.ts';
import { upgrade } from './websocket/upgrade.ts';

/** What `createRelayHandler()` takes. */
export interface RelayHandlerOptions {
  /** Decides on every request: `createBff(…).relay`. */
  readonly relay: Relay;
  /** What the host knows of a request beyond itself, such as the client's address. Default: nothing. */
  readonly contextOf?: (request: IncomingMessage) => RequestContext;
}

/** Takes the requests below `/api/proxy/` of any `node:http` or `node:https` server. Nothing here throws or rejects. */
export interface RelayHandler {
  /** Whether a request is the relay's. Every other one is the host's to answer. */
  matches(request: Pick<IncomingMessage, 'url'>): boolean;
  /**
   * For `request`, and for `checkContinue`, so that a refused upload is never asked for (RFC 9110, section 10.1.1).
   * Settles when the exchange is over.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** For `upgrade`: WebSockets, and nothing else. Settles when both sides are closed. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** For an orderly stop: ends event streams and WebSockets, those that begin from now on included. */
  endStreams(): void;
  /**
   * Ends the streams, lets everything else finish, then closes the connections to the API: for when no request comes
   * any more. May be called again.
   */
  close(): Promise<void>;
}

const basePath = '/api/proxy/';
const mostConnectMs = 10_000;

/** Creates the handler. It keeps its connections to the API open between requests, until `close()`. */
export function createRelayHandler({ relay, contextOf = () => ({}) }: RelayHandlerOptions): RelayHandler {
  // An event stream may be silent for as long as it likes; how long a head may take is the call's own.
  const agents = new Map<number, Agent>();
  const agentFor = (headersTimeoutMs: number): Agent => {
    const known = agents.get(headersTimeoutMs);
    if (known !== undefined) return known;
    const agent = new Agent({ connectTimeout: Math.min(mostConnectMs, headersTimeoutMs), bodyTimeout: 0 });
    agents.set(headersTimeoutMs, agent);
    return agent;
  };
  const openStreams = createOpenStreams();
  const underWay = new Set<Promise<void>>();

  const follow = (work: () => Promise<void>, giveUp: () => void): Promise<void> => {
    const end = (): void => void underWay.delete(over);
    const over = begun(work).then(end, () => {
      giveUp();
      end();
    });
    underWay.add(over);
    return over;
  };

  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    openStreams.endAll();
    while (underWay.size > 0) await Promise.all(underWay);
    await Promise.all(Array.from(agents.values(), (agent) => agent.close()));
  };

  return {
    endStreams: () => openStreams.endAll(),
    matches: ({ url = '' }) => url.startsWith(basePath),
    handle(request, response) {
      const relayed = () =>
        exchange({ request, response }, { relay, agentFor, openStreams, context: contextOf(request) });
      return follow(relayed, () => request.socket.destroy());
    },
    upgrade(request, socket, head) {
      const relayed = async () =>
        upgrade({ request, socket, head }, { relay, openStreams, context: contextOf(request) });
      return follow(relayed, () => socket.destroy());
    },
    close: () => (closing ??= closeAll()),
  };
}

/** Starts work that may fail before it is under way. */
function begun(work: () => Promise<void>): Promise<void> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error);
  }
}
