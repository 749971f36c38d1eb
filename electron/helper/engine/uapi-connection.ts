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

/** The end of every answer: `errno=N` and an empty line. */
const answerEnd = Buffer.from('\n\n');
const errorLine = Buffer.from('errno=');

/**
 * A lasting connection to the configuration socket of a user-space engine. It is one request at a time; its end is the
 * engine's own.
 *
 * @see https://www.wireguard.com/xplatform/#configuration-protocol
 */
export class UapiConnection {
  readonly #socket: Socket;
  #parts: Buffer[] = [];
  #waiting: { resolve: (answer: Buffer) => void; reject: (error: Error) => void } | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (part) => this.#receive(part));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      this.#isClosed = true;
      this.#fail(new UapiError('the engine closed its configuration socket'));
    });
  }

  /** Connects to the socket at `path`. Rejects with the system's error where nobody listens. */
  static open(path: string): Promise<UapiConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new UapiConnection(socket));
      });
    });
  }

  /** Calls `listener` once when the connection ends, for whatever reason. */
  onEnd(listener: () => void): void {
    // Sockets of the oldest Node that this runs on do not say themselves whether they are closed.
    if (this.#isClosed) listener();
    else this.#socket.once('close', listener);
  }

  /** The state of the engine as it prints it, without the line of the error number. */
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
    const answer = this.#turn.then(() => this.#exchange(text));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  #exchange(text: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new UapiError('the connection to the engine is closed'));
        return;
      }
      const deadline = setTimeout(() => {
        this.#fail(new UapiError('the engine did not answer'));
        this.#socket.destroy();
      }, answerDeadline);
      this.#waiting = {
        resolve: (answer) => {
          clearTimeout(deadline);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(deadline);
          reject(error);
        },
      };
      this.#socket.write(text);
    });
  }

  #receive(part: Buffer): void {
    this.#parts.push(part);
    if (!endsAnswer(this.#parts)) return;
    const answer = this.#parts.length === 1 ? part : Buffer.concat(this.#parts);
    this.#parts = [];
    const waiting = this.#waiting;
    this.#waiting = null;
    const error = answer.lastIndexOf(errorLine);
    const number = answer.toString('latin1', error + errorLine.length, answer.length - answerEnd.length);
    if (number === '0') waiting?.resolve(answer.subarray(0, error));
    else waiting?.reject(new UapiError(`the engine answered errno=${number}`));
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}

/** Whether the last bytes received are an empty line. No other line of the protocol is empty. */
function endsAnswer(parts: readonly Buffer[]): boolean {
  const last = parts.at(-1);
  if (last?.at(-1) !== 0x0a) return false;
  const before = last.length >= 2 ? last.at(-2) : parts.at(-2)?.at(-1);
  return before === 0x0a;
}
