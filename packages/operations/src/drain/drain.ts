/** The orderly stop of an HTTP server: who sends requests notices first, then nothing new comes, then the rest ends. */
import type { RequestListener, Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnections } from './connections.ts';

/** How long each step takes. All are in seconds. */
export interface DrainTimes {
  /** How long new connections are welcome after the stop has begun, if a load balancer asks. Default 5. */
  readonly noticeSeconds?: number;
  /** After that long without a request, a kept connection is closed. Default 1. */
  readonly idleSeconds?: number;
  /** How long the requests under way may go on, counted from the end of the notice. Default 10. */
  readonly limitSeconds?: number;
}

/** How a stop went. */
export interface Stopped {
  /** Connections that were closed although a request was under way on them. */
  readonly cut: number;
}

/** The stop of one server. */
export interface Drain {
  /** Wraps what answers requests. A request that goes past it counts as none. */
  watch(listener: RequestListener): RequestListener;
  /**
   * Whether more requests are welcome: what a readiness check answers. Whoever asks is taken for a load balancer, which
   * is given `noticeSeconds` to hear the other answer; where nobody has asked within a minute nobody is waited for.
   */
  isReady(): boolean;
  /**
   * Stops the server. From here on every answer says `Connection: close`; `endStreams` is called when nothing new is
   * accepted any more, and ends the answers that would have no end. Settles when no connection is left.
   */
  stop(endStreams: () => void): Promise<Stopped>;
}

const askedWithinMs = 60_000;

/** Watches a `node:http` server from its first connection on: call it before the server listens. */
export function createDrain(server: Server, times: DrainTimes = {}): Drain {
  const { noticeSeconds = 5, idleSeconds = 1, limitSeconds = 10 } = times;
  const connections = createConnections(server);
  let isStopping = false;
  let lastAskedAt = Number.NEGATIVE_INFINITY;

  return {
    watch: (listener) => (request, response) => {
      connections.begin(response);
      listener(request, response);
    },

    isReady() {
      lastAskedAt = performance.now();
      return !isStopping;
    },

    async stop(endStreams) {
      const isAsked = performance.now() - lastAskedAt < askedWithinMs;
      isStopping = true;
      connections.closeAfterAnswers();
      if (isAsked) await sleep(noticeSeconds * 1000);
      stopListening(server);
      endStreams();
      return { cut: await connections.end({ idleMs: idleSeconds * 1000, limitMs: limitSeconds * 1000 }) };
    },
  };
}

/** `http.Server#close()` destroys idle connections at once, and with them the requests that are on their way. */
function stopListening(server: Server): void {
  TcpServer.prototype.close.call(server);
}
