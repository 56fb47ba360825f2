/** One server-sent event stream (HTML, section 9.2): flushed at once, alive every second, never buffered without bound. */
import { once } from 'node:events';
import type { Response } from 'express';

const heartbeatMs = 1000;
const mostWaitingBytes = 256 * 1024;
const drainMs = 5000;

/** One event; the client sends `id` back as `Last-Event-ID` when it returns. */
export interface StreamEvent {
  readonly name: string;
  readonly id: string;
  readonly data: unknown;
}

/** A stream to one client. After its end, sending does nothing. */
export interface EventStream {
  /** Sends at once. A client that has left too much unread is dropped: it will come back and catch up. */
  send(event: StreamEvent): void;
  /** Sends a long list at the pace of the client; one that does not read for five seconds is dropped. */
  sendAll(events: readonly StreamEvent[]): Promise<void>;
  /** Tells the client where it stands without an event: what it sends back if it leaves before the next one. */
  mark(id: string): void;
  /** Ends the answer in order. */
  end(): void;
}

/** Opens the stream on an answer. `onClose` is called once, whoever ends it. */
export function openEventStream(response: Response, onClose: () => void): EventStream {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'private, no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  response.write(': open\n\n'); // a proxy that waits for a first byte has it

  const write = (text: string): void => {
    if (response.writableLength > mostWaitingBytes) response.destroy();
    else if (isOpen(response)) response.write(text);
  };
  const heartbeat = setInterval(write, heartbeatMs, ': alive\n\n');
  response.once('close', () => {
    clearInterval(heartbeat);
    onClose();
  });

  return {
    send: (event) => write(format(event)),

    async sendAll(events) {
      for (const event of events) {
        if (!isOpen(response)) return;
        if (!response.write(format(event))) await drained(response);
      }
    },

    mark: (id) => write(`id: ${id}\n\n`),

    end() {
      clearInterval(heartbeat);
      if (isOpen(response)) response.end();
    },
  };
}

function isOpen(response: Response): boolean {
  return !response.destroyed && !response.writableEnded;
}

async function drained(response: Response): Promise<void> {
  try {
    await once(response, 'drain', { signal: AbortSignal.timeout(drainMs) });
  } catch {
    response.destroy();
  }
}

/** JSON has no line breaks, so every event is one `data` line. */
function format({ name, id, data }: StreamEvent): string {
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
