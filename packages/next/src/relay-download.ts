/** The body of an answer, from undici's callbacks to a web stream, received as fast as the browser takes it. */
import type { Dispatcher } from 'undici';

/** A body that is being received. */
export interface Download {
  readonly stream: ReadableStream<Uint8Array>;
  /** Tells which connection is to wait when the browser does. */
  readonly attach: (connection: Dispatcher.DispatchController) => void;
  /** The head of the answer is there. Its body may come with it, or hours later. */
  readonly begin: () => void;
  readonly push: (chunk: Uint8Array) => void;
  /** The whole body has arrived. */
  readonly close: () => void;
  /** The API broke off: so must we, or half a body would look like a whole one. */
  readonly fail: (error: Error) => void;
  /** Receives no more, and ends the body where it stands. */
  readonly end: () => void;
  /** Resolves when nothing more will arrive. */
  readonly over: Promise<void>;
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

/** How much may wait here for a browser that reads slowly. */
const mostWaitingBytes = 65_536;

/** Makes the stream. */
export function createDownload(): Download {
  let connection: Dispatcher.DispatchController | undefined;
  let controller: Controller | undefined;
  let isFlowing = false;
  let finish: (() => void) | undefined;
  const over = new Promise<void>((resolve) => (finish = resolve));

  /** The first to settle decides: from then on the controller is nobody's. */
  function settle(step: (settled: Controller) => void): void {
    const settled = controller;
    controller = undefined;
    if (settled === undefined) return;
    step(settled);
    finish?.();
  }

  function disconnect(): void {
    connection?.abort(new Error('nobody reads on'));
  }

  const source: UnderlyingDefaultSource<Uint8Array> = {
    start: (started) => void (controller = started),
    pull: () => connection?.resume(),
    cancel() {
      settle(() => undefined);
      disconnect();
    },
  };
  return {
    // Not a byte stream: that would detach buffers which undici still reads from.
    stream: new ReadableStream(source, new ByteLengthQueuingStrategy({ highWaterMark: mostWaitingBytes })),
    over,
    attach: (attached) => void (connection = attached),
    begin() {
      // Next.js sends the headers with the first chunk: an empty one, unless the body has come along with them.
      setImmediate(() => void (isFlowing || controller?.enqueue(new Uint8Array())));
    },
    push(chunk) {
      isFlowing = true;
      controller?.enqueue(chunk);
      if (controller && (controller.desiredSize ?? 0) <= 0) connection?.pause();
    },
    close: () => settle((settled) => settled.close()),
    fail: (error) => settle((settled) => settled.error(error)),
    end() {
      settle((settled) => settled.close());
      disconnect();
    },
  };
}
