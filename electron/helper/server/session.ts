import type { Socket } from 'node:net';
import { createJSONRPCErrorResponse, createJSONRPCNotification, JSONRPCErrorCode } from 'json-rpc-2.0';
import type { JSONRPCServer } from 'json-rpc-2.0';
import {
  FrameError,
  frame,
  FrameReader,
  requestLimitBytes,
} from '../../../shared/contract/helper/framing.ts';
import { requestEnvelope } from '../../../shared/contract/helper/messages.ts';
import { changeNotification } from '../../../shared/contract/helper/verbs.ts';
import type { TunnelChange } from '../../../shared/tunnel/change.ts';
import type { Log } from '../system/log.ts';
import { Allowance } from './allowance.ts';
import { gateOfClient } from './questions.ts';

/** Milliseconds within which a client has to say hello. */
const helloDeadline = 5_000;

/** Milliseconds within which a frame that has begun has to be complete. */
const frameDeadline = 10_000;

/** Requests of one client that may be under way at a time. */
const mostPending = 32;

/** Bytes of one client's requests that may be under way at a time; a single one always may. */
const pendingLimit = 8 * 1024 * 1024;

/** Bytes that may wait for a client that does not read. */
const outgoingLimit = 8 * 1024 * 1024;

/** One client's connection: bounded in what it may send, how fast it must, and how much may wait for it. */
export class Session {
  /** Where its weighty questions wait for each other. */
  readonly questions = gateOfClient();
  readonly #socket: Socket;
  readonly #rpc: JSONRPCServer<Session>;
  readonly #log: Log;
  readonly #reader = new FrameReader(requestLimitBytes);
  readonly #allowance = new Allowance();
  /** Frames that came and have to wait for the allowance to grow, or for an answer; no more are read meanwhile. */
  readonly #waiting: Uint8Array[] = [];
  #waitTimer: NodeJS.Timeout | null = null;
  #pending = 0;
  #pendingBytes = 0;
  #frameTimer: NodeJS.Timeout | null = null;
  #helloTimer: NodeJS.Timeout | null;
  #endWatch: (() => void) | null = null;

  constructor(socket: Socket, rpc: JSONRPCServer<Session>, log: Log) {
    this.#socket = socket;
    this.#rpc = rpc;
    this.#log = log;
    this.#helloTimer = setTimeout(() => this.#cut('it did not say hello in time'), helloDeadline);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
  }

  /** Whether the client has said hello. */
  get isIntroduced(): boolean {
    return this.#helloTimer === null;
  }

  /** Whether the connection has ended. */
  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  /** The client has said hello. */
  introduce(): void {
    if (this.#helloTimer !== null) clearTimeout(this.#helloTimer);
    this.#helloTimer = null;
  }

  /** From now on `unwatch` has to be called when the connection ends. One watch a session. */
  watching(unwatch: () => void): void {
    this.#endWatch?.();
    this.#endWatch = unwatch;
    // The client may have gone while its question was on the way.
    if (this.#socket.destroyed) this.close();
  }

  /** Tells the client of a change. */
  notify(change: TunnelChange): void {
    this.#send(createJSONRPCNotification(changeNotification.method, change));
  }

  /** Ends the connection. */
  close(): void {
    this.introduce();
    this.#endFrameTimer();
    if (this.#waitTimer !== null) clearTimeout(this.#waitTimer);
    this.#waiting.length = 0;
    this.#endWatch?.();
    this.#endWatch = null;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      const bodies = this.#reader.push(chunk);
      // The time of a frame runs from its first byte on, however the others trickle in.
      if (bodies.length > 0) this.#endFrameTimer();
      this.#waiting.push(...bodies);
      this.#takeWaiting();
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#cut(error.message);
    }
  }

  /** Gives a frame that has begun its time, unless we are what keeps it from being completed. */
  #timeFrame(): void {
    if (!this.#reader.isPartial || this.#waiting.length > 0 || this.#socket.destroyed) return;
    this.#frameTimer ??= setTimeout(() => this.#cut('a frame was not completed in time'), frameDeadline);
  }

  /** Takes what the allowance and what is under way allow; for the rest the client waits, and not the helper. */
  #takeWaiting(): void {
    while (this.#takeNext());
    const [body] = this.#waiting;
    if (body === undefined) {
      this.#socket.resume();
      this.#timeFrame();
      return;
    }
    this.#socket.pause();
    this.#endFrameTimer();
    // The allowance grows with time; room comes with an answer.
    if (!this.#hasRoomFor(body)) return;
    this.#waitTimer ??= setTimeout(() => {
      this.#waitTimer = null;
      this.#takeWaiting();
    }, this.#allowance.wait());
  }

  /** @returns whether there was one that could be taken */
  #takeNext(): boolean {
    const [body] = this.#waiting;
    if (body === undefined || !this.#hasRoomFor(body) || !this.#allowance.take()) return false;
    this.#waiting.shift();
    this.#take(body);
    return true;
  }

  #hasRoomFor({ length }: Uint8Array): boolean {
    return this.#pendingBytes === 0 || this.#pendingBytes + length <= pendingLimit;
  }

  #endFrameTimer(): void {
    if (this.#frameTimer !== null) clearTimeout(this.#frameTimer);
    this.#frameTimer = null;
  }

  #take(body: Uint8Array): void {
    // Of several frames that came at once, one may have been the last straw.
    if (this.#socket.destroyed) return;
    const request = requestEnvelope.safeParse(parseJson(body));
    if (!request.success) {
      this.#send(
        createJSONRPCErrorResponse(null, JSONRPCErrorCode.InvalidRequest, 'Not a JSON-RPC 2.0 request'),
      );
      return;
    }
    if (this.#pending >= mostPending) {
      this.#cut('too many requests at once');
      return;
    }
    this.#pending += 1;
    this.#pendingBytes += body.length;
    void Promise.resolve(this.#rpc.receive(request.data, this)).then((response) => {
      this.#pending -= 1;
      this.#pendingBytes -= body.length;
      if (response !== null) this.#send(response);
      this.#takeWaiting();
    });
  }

  #send(message: object): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(frame(Buffer.from(JSON.stringify(message))));
    if (this.#socket.writableLength > outgoingLimit) this.#cut('it does not read what it is sent');
  }

  #cut(reason: string): void {
    this.#log('client-cut', { reason });
    this.close();
  }
}

/** Undefined for what is no JSON; no JSON value is that. */
function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}
