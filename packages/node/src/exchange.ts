/** One relayed request, from the relay's decision to the last byte. */
import {
  mayRepeat,
  type Relay,
  type RelayDecision,
  type RelayFailure,
  relayFailure,
  type RequestContext,
  type UpstreamCall,
  type UpstreamHead,
  type UpstreamRequest,
} from '@footbridge/core';
import type { Dispatcher } from 'undici';
import { cut, endsWithHead, finish, type Message, sendAnswer, writeHead } from './answer.ts';
import { type Attempt, type AttemptEvents, attempt, type Body } from './attempt.ts';
import { hasBody, relayRequestOf } from './fields.ts';
import type { OpenStreams } from './open-streams.ts';
import { uploadOf } from './upload.ts';

/** What an exchange works with. */
export interface Means {
  readonly relay: Relay;
  /** Keeps the connections of calls that wait so long for a head. */
  readonly agentFor: (headersTimeoutMs: number) => Dispatcher;
  readonly openStreams: OpenStreams;
  readonly context: RequestContext;
}

/** Answers one request. Settles when nothing of it is under way any more. */
export function exchange(message: Message, means: Means): Promise<void> {
  const decision = means.relay.judge(relayRequestOf(message.request), means.context);
  const carryOut = (made: RelayDecision) => carriedOut(message, made, means);
  return decision instanceof Promise ? decision.then(carryOut) : carryOut(decision);
}

function carriedOut(message: Message, decision: RelayDecision, means: Means): Promise<void> {
  if (message.request.socket.destroyed) return Promise.resolve();
  if (decision.kind === 'respond') return sendAnswer(message, decision.response);
  return new Forwarding(message, decision.call, means).run();
}

/** A call that goes to the API, and its answer that comes back. */
class Forwarding implements AttemptEvents {
  readonly #message: Message;
  readonly #call: UpstreamCall;
  readonly #means: Pick<Means, 'agentFor' | 'openStreams'>;
  readonly #releases: (() => void)[] = [];
  #attempt: Attempt | undefined;
  #phase: 'asking' | 'answering' | 'over' = 'asking';
  #sent: UpstreamRequest;
  /** While the relay looks for a newer token: what has come of the first answer, for which nobody has a use yet. */
  #held: (() => void)[] | undefined;
  #isSecond = false;
  #isRepeated = false;
  #isEventStream = false;
  #isSessionOver = false;
  #isFlushed = false;
  #settle: () => void = () => {};

  constructor(message: Message, call: UpstreamCall, means: Pick<Means, 'agentFor' | 'openStreams'>) {
    this.#message = message;
    this.#call = call;
    this.#sent = call.request;
    this.#means = means;
  }

  run(): Promise<void> {
    const { request } = this.#message;
    const leave = () => this.#leave();
    // The socket alone tells of a client that leaves while its answer is queued behind another; many may be queued.
    request.socket.setMaxListeners(0).once('close', leave);
    this.#releases.push(
      () => void request.socket.off('close', leave),
      this.#call.onSessionEnd(() => this.#endWithSession()),
    );
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#send(this.#call.request, bodyOf(this.#message));
    });
  }

  onConnected(): void {
    const { request, response } = this.#message;
    const isWaiting = request.headers.expect?.toLowerCase() === '100-continue' && request.httpVersion !== '1.0';
    if (isWaiting && hasBody(request)) response.writeContinue();
  }

  onHead(head: UpstreamHead): void {
    const mayBeAskedAgain = head.status === 401 && !this.#isSecond && !hasBody(this.#message.request);
    if (!mayBeAskedAgain) return this.#begin(head);
    this.#askAgain(head).catch((error: unknown) =>
      this.onError(error instanceof Error ? error : new Error('no answer')),
    );
  }

  onData(chunk: Buffer): void {
    if (this.#held !== undefined) return void this.#held.push(() => this.onData(chunk));
    this.#isFlushed = true;
    const { response } = this.#message;
    if (response.write(chunk)) return;
    this.#attempt?.pause();
    response.once('drain', () => this.#attempt?.resume());
  }

  onEnd(): void {
    if (this.#held !== undefined) return void this.#held.push(() => this.onEnd());
    if (this.#phase === 'answering') this.#finish();
  }

  onError(error: Error): void {
    if (this.#held !== undefined) return void this.#held.push(() => this.onError(error));
    const failure = relayFailure(error);
    if (this.#mayRepeat(failure)) {
      this.#isRepeated = true;
      return this.#send(this.#sent);
    }
    const isAnswered = this.#phase === 'answering';
    this.#over(() => {
      if (isAnswered) return cut(this.#message);
      const { kind, reason } = failure;
      return sendAnswer(this.#message, this.#call.failure(kind, reason));
    });
  }

  #mayRepeat(failure: RelayFailure): boolean {
    const call = { method: this.#sent.method, hasBody: hasBody(this.#message.request) };
    return this.#phase === 'asking' && !this.#isRepeated && mayRepeat(failure, call);
  }

  #send(upstream: UpstreamRequest, body?: Body): void {
    this.#sent = upstream;
    this.#attempt = attempt(this.#means.agentFor(upstream.headersTimeoutMs), { upstream, body }, this);
  }

  /** The relay may have a newer token: then the first answer is dropped, with its connection. */
  async #askAgain(head: UpstreamHead): Promise<void> {
    const first = this.#attempt;
    const held: (() => void)[] = [];
    this.#held = held;
    first?.pause();
    const upstream = await this.#call.retry(head).finally(() => (this.#held = undefined));
    if (this.#phase !== 'asking') return;
    if (upstream !== undefined) {
      first?.abort();
      this.#isSecond = true;
      return this.#send(upstream);
    }
    this.#begin(head);
    for (const event of held) event();
    first?.resume();
  }

  #begin(head: UpstreamHead): void {
    const { request } = this.#message;
    const answer = this.#call.answer(head);
    writeHead(this.#message, answer);
    this.#phase = 'answering';
    if (endsWithHead(request, answer.status)) return this.#finish();
    if (isEventStream(answer)) this.#watchSession();
    process.nextTick(() => this.#flush());
  }

  /**
   * A head waits for the body's first bytes in Node, to leave in one packet with them; not for longer than a moment. By
   * an empty write, for `flushHeaders()` would send the head as UTF-8, and its bytes are to stay what they are.
   */
  #flush(): void {
    if (this.#phase === 'answering' && !this.#isFlushed) this.#message.response.write(Buffer.alloc(0));
    this.#isFlushed = true;
  }

  #watchSession(): void {
    this.#isEventStream = true;
    if (this.#isSessionOver) return this.#endStream();
    this.#releases.push(
      this.#call.streams('events'),
      this.#means.openStreams.add(() => this.#endStream()),
    );
  }

  #endWithSession(): void {
    this.#isSessionOver = true;
    if (this.#isEventStream) this.#endStream();
  }

  #endStream(): void {
    this.#attempt?.abort();
    this.#finish();
  }

  #leave(): void {
    this.#attempt?.abort();
    this.#over(() => {});
  }

  #finish(): void {
    if (!this.#message.request.complete) this.#attempt?.abort(); // the API answered without hearing the client out
    this.#over(() => finish(this.#message));
  }

  #over(lastWork: () => Promise<void> | void): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    for (const release of this.#releases) release();
    try {
      const working = lastWork();
      if (working === undefined) return this.#settle();
      working.catch(() => this.#message.request.socket.destroy()).finally(this.#settle);
    } catch {
      this.#message.request.socket.destroy();
      this.#settle();
    }
  }
}

function bodyOf({ request }: Message): Body | undefined {
  if (!hasBody(request)) return undefined;
  return { stream: uploadOf(request), length: request.headers['content-length'] };
}

function isEventStream({ headers }: UpstreamHead): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /^text\/event-stream\b/i.test(value.trim()),
  );
}
