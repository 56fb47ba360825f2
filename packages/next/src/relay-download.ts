/** The body of an answer, from undici's callbacks to a web stream, received as fast as the browser takes it. */
import type { Dispatcher } from 'undici';

/** A body that is being received. */
export interface Download {
  /** The stream, made when it is first asked for: what has come by then is in it, and costs no turn of its own. */
  readonly stream: () => ReadableStream<Uint8Array>;
  /** Tells which connection is to wait when the browser does. */
  readonly attach: (connection: Dispatcher.DispatchController) => void;
  readonly push: (chunk: Uint8Array) => void;
  /** The whole body has arrived. */
  readonly close: () => void;
  /** The API broke off: so must we, or half a body would look like a whole one. */
  readonly fail: (error: Error) => void;
  /** Receives no more, and ends the body where it stands. */
  readonly end: () => void;
  /** Calls back once nothing more will arrive; at once where that is so already. */
  readonly onOver: (listener: () => void) => void;
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

/** How much may wait here for a browser that reads slowly. */
const mostWaitingBytes = 65_536;
const strategy = new ByteLengthQueuingStrategy({ highWaterMark: mostWaitingBytes });

/** Makes the download. */
export function createDownload(): Download {
  let early: Uint8Array[] = [];
  let earlyBytes = 0;
  let isFlowing = false;
  let connection: Dispatcher.DispatchController | undefined;
  let made: ReadableStream<Uint8Array> | undefined;
  let controller: Controller | undefined;
  let outcome: ((controller: Controller) => void) | undefined;
  let listeners: (() => void)[] = [];

  /** The first to settle decides: from then on the controller is nobody's. */
  function settle(step: (settled: Controller) => void): void {
    if (outcome !== undefined) return;
    outcome = step;
    if (controller !== undefined) step(controller);
    controller = undefined;
    const told = listeners;
    listeners = [];
    for (const listener of told) listener();
  }

  function disconnect(): void {
    connection?.abort(new Error('nobody reads on'));
  }

  function hold(chunk: Uint8Array): void {
    early.push(chunk);
    earlyBytes += chunk.byteLength;
  }

  function start(started: Controller): void {
    for (const chunk of early) started.enqueue(chunk);
    early = [];
    if (outcome !== undefined) return outcome(started);
    controller = started;
    // Next.js sends the headers with the first chunk: an empty one, unless the body comes along with them.
    if (!isFlowing) setImmediate(() => void (isFlowing || controller?.enqueue(new Uint8Array())));
  }

  const source: UnderlyingDefaultSource<Uint8Array> = {
    start,
    pull: () => connection?.resume(),
    cancel() {
      settle(() => undefined);
      disconnect();
    },
  };
  return {
    // Not a byte stream: that would detach buffers which undici still reads from.
    stream: () => (made ??= new ReadableStream(source, strategy)),
    attach: (attached) => void (connection = attached),
    push(chunk) {
      if (outcome !== undefined) return;
      isFlowing = true;
      if (controller === undefined) hold(chunk);
      else controller.enqueue(chunk);
      const room = controller === undefined ? mostWaitingBytes - earlyBytes : (controller.desiredSize ?? 0);
      if (room <= 0) connection?.pause();
    },
    close: () => settle((settled) => settled.close()),
    fail: (error) => settle((settled) => settled.error(error)),
    end() {
      settle((settled) => settled.close());
      disconnect();
    },
    onOver: (listener) => void (outcome === undefined ? listeners.push(listener) : listener()),
  };
}
