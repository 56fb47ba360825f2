/** One WebSocket through the relay: nothing reaches the API before origin, session and handshake are judged. */
import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Relay, RequestContext, UpstreamCall } from '@footbridge/core';
import { type Message, sendAnswer, writeHead } from '../answer.ts';
import { relayRequestOf } from '../fields.ts';
import type { OpenStreams } from '../open-streams.ts';
import { type Dialled, dial, headOf } from './dial.ts';
import { handshakeFields, isAccepted } from './handshake.ts';
import { joinSockets } from './tunnel.ts';
import { watchClient } from './waiting-client.ts';

/** What Node hands over with an `upgrade` event. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** What a WebSocket is relayed with. */
export interface UpgradeMeans {
  readonly relay: Relay;
  readonly openStreams: OpenStreams;
  readonly context: RequestContext;
}

const keepAliveMs = 60_000;

/** Relays one handshake, and what follows it. Settles when both sides are closed. */
export async function upgrade({ request, socket, head }: UpgradeRequest, means: UpgradeMeans): Promise<void> {
  if (!(socket instanceof Socket)) throw new TypeError('the socket of an upgrade must be a network socket');
  socket.on('error', () => socket.destroy());
  const forget = means.openStreams.add(() => socket.destroy());
  try {
    const message = { request, response: plainResponse(request, socket) };
    // Whoever speaks HTTP/1.0 knows no upgrade, whatever it says (RFC 9110, section 7.8).
    if (request.httpVersion === '1.0') return await sendAnswer(message, new Response(null, { status: 400 }));
    const decision = await means.relay.judgeUpgrade(relayRequestOf(request), means.context);
    if (socket.destroyed) return;
    if (decision.kind === 'respond') return await sendAnswer(message, decision.response);
    await relayTo(decision.call, { message, socket, head });
  } finally {
    forget();
  }
}

interface Client {
  readonly message: Message;
  readonly socket: Socket;
  readonly head: Buffer;
}

async function relayTo(call: UpstreamCall, { message, socket, head }: Client): Promise<void> {
  const release = call.onSessionEnd(() => socket.destroy());
  const waiting = watchClient(socket, head);
  try {
    const dialled = await ask(call, waiting.signal);
    const early = waiting.stop();
    if (waiting.signal.aborted) {
      letGo(dialled);
      return void socket.destroy();
    }
    switch (dialled.kind) {
      case 'failed':
        return await sendAnswer(message, call.failure(dialled.failure.kind, dialled.failure.reason));
      case 'refused':
        writeHead(message, call.answer(headOf(dialled.answer)));
        return await pipeline(dialled.answer, message.response);
      case 'open':
        return await open(call, { message, socket, head: early }, dialled);
    }
  } finally {
    release();
  }
}

/** A handshake has no body: with a newer token it is sent again, once. */
async function ask(call: UpstreamCall, signal: AbortSignal): Promise<Dialled> {
  const send = (upstream: UpstreamCall['request']) =>
    dial({ upstream, fields: handshakeFields(upstream.headers), signal });
  const first = await send(call.request);
  if (first.kind !== 'refused') return first;
  const again = await call.retry(headOf(first.answer));
  if (again === undefined) return first;
  letGo(first);
  return send(again);
}

async function open(call: UpstreamCall, client: Client, api: Dialled & { kind: 'open' }): Promise<void> {
  const { message, socket, head } = client;
  if (!isAccepted(message.request, api.answer)) {
    letGo(api);
    return sendAnswer(message, call.failure('broken', 'bad_handshake'));
  }
  message.response.detachSocket(socket);
  const { headers } = call.answer(headOf(api.answer));
  const lines = handshakeFields(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`, 'latin1');
  socket.write(api.head);
  api.socket.write(head);
  for (const end of [socket, api.socket]) {
    if (end instanceof Socket) end.setTimeout(0).setNoDelay(true).setKeepAlive(true, keepAliveMs);
  }
  const over = call.streams('websocket');
  await joinSockets(socket, api.socket).finally(over);
}

function letGo(dialled: Dialled): void {
  if (dialled.kind === 'open') dialled.socket.destroy();
  if (dialled.kind === 'refused') dialled.answer.destroy();
}

/** Node has let go of a socket that asks for an upgrade: this is how it is answered in plain HTTP, and closed. */
function plainResponse(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket); // throws while an earlier request of the same connection waits for its answer
  socket.on('drain', () => response.emit('drain'));
  response.once('finish', () => socket.resume().destroySoon());
  return response;
}
