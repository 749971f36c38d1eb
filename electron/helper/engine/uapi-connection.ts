import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** Milliseconds an engine may take to answer. */
const answerDeadline = 5_000;

/** The engine answered a request with an error number, or not as the protocol has it. */
export class UapiError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UapiError';
  }
}

/** The end of every answer: `errno=N` and an empty line, which no other line of the protocol is. */
const answerEnd = Buffer.from('\n\n');
const errorLine = Buffer.from('errno=');

/** Bytes for which there is room at first: an answer with some hundred peers. */
const usualAnswer = 64 * 1024;

interface Request {
  readonly text: string;
  readonly resolve: (answer: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A lasting connection to the configuration socket of a user-space engine. It is one request at a time; its end is the
 * engine's own.
 *
 * @see https://www.wireguard.com/xplatform/#configuration-protocol
 */
export class UapiConnection {
  readonly #socket: Socket;
  /** Answers are read into the same memory again and again: a look a second must not make garbage. */
  #memory = Buffer.allocUnsafeSlow(usualAnswer);
  #length = 0;
  /** Those that are not answered yet; the first has been sent. */
  #requests: Request[] = [];
  readonly #deadline: NodeJS.Timeout;
  #isClosed = false;

  private constructor(path: string) {
    this.#socket = connect({
      path,
      onread: {
        buffer: () => this.#memory.subarray(this.#length),
        callback: (count) => {
          this.#receive(count);
          return true;
        },
      },
    });
    // One for all requests, and not one each: it runs on when an answer has come, and then finds nobody waiting.
    this.#deadline = setTimeout(() => this.#giveUp(), answerDeadline).unref();
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => {
      this.#isClosed = true;
      clearTimeout(this.#deadline);
      this.#fail(new UapiError('the engine closed its configuration socket'));
    });
  }

  /** Connects to the socket at `path`. Rejects with the system's error where nobody listens. */
  static open(path: string): Promise<UapiConnection> {
    return new Promise((resolve, reject) => {
      const connection = new UapiConnection(path);
      connection.#socket.once('error', reject);
      connection.#socket.once('connect', () => {
        connection.#socket.off('error', reject);
        resolve(connection);
      });
    });
  }

  /** Calls `listener` once when the connection ends, for whatever reason. */
  onEnd(listener: () => void): void {
    // Sockets of the oldest Node that this runs on do not say themselves whether they are closed.
    if (this.#isClosed) listener();
    else this.#socket.once('close', listener);
  }

  /** The state of the engine as it prints it, without the line of the error number. The bytes are good until the next request. */
  get(): Promise<Buffer> {
    return this.#request('get=1\n\n');
  }

  /** Changes the engine's configuration. @param lines `key=value`, without line ends */
  async set(lines: readonly string[]): Promise<void> {
    await this.#request(`set=1\n${lines.map((line) => `${line}\n`).join('')}\n`);
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.destroy();
  }

  #request(text: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new UapiError('the connection to the engine is closed'));
        return;
      }
      this.#requests.push({ text, resolve, reject });
      if (this.#requests.length === 1) this.#send(text);
    });
  }

  #send(text: string): void {
    this.#deadline.refresh();
    this.#socket.write(text);
  }

  #receive(count: number): void {
    this.#length += count;
    const end = this.#length - answerEnd.length;
    if (end < 0 || this.#memory.compare(answerEnd, 0, answerEnd.length, end, this.#length) !== 0) {
      if (this.#length === this.#memory.length) this.#makeRoom();
      return;
    }
    const answer = this.#memory.subarray(0, end);
    this.#length = 0;
    const request = this.#requests.shift();
    const error = answer.lastIndexOf(errorLine);
    const number = answer.toString('latin1', error + errorLine.length);
    if (number === '0') request?.resolve(answer.subarray(0, error));
    else request?.reject(new UapiError(`the engine answered errno=${number}`));
    const [next] = this.#requests;
    if (next !== undefined) this.#send(next.text);
  }

  #makeRoom(): void {
    const full = this.#memory;
    this.#memory = Buffer.allocUnsafeSlow(2 * full.length);
    full.copy(this.#memory);
  }

  #giveUp(): void {
    if (this.#requests.length === 0) return;
    this.#fail(new UapiError('the engine did not answer'));
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    const requests = this.#requests;
    this.#requests = [];
    for (const { reject } of requests) reject(error);
  }
}
