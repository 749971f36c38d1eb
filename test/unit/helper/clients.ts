import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { frame, FrameReader, responseLimitBytes } from '../../../shared/contract/helper/framing.ts';
import { helperProtocol } from '../../../shared/contract/helper/verbs.ts';
import type { HelperHandlers } from '../../../shared/contract/helper/verbs.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Session } from '../../../electron/helper/server/session.ts';

/** What a message of the helper's may hold, as far as tests look into it. */
export interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: {
    readonly code: number;
    readonly data?: { readonly code: string; readonly message: string };
  };
}

/** A client that says whatever a test wants, frame by frame or byte by byte. */
export class RawClient {
  readonly socket: Socket;
  readonly messages: Message[] = [];
  readonly #reader = new FrameReader(responseLimitBytes);
  #arrived: (() => void) | null = null;
  #id = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const body of this.#reader.push(chunk))
        this.messages.push(JSON.parse(Buffer.from(body).toString()) as Message);
      this.#arrived?.();
    });
    socket.on('close', () => this.#arrived?.());
  }

  static async connect(path: string): Promise<RawClient> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** A client that has said hello. */
  static async introduced(path: string): Promise<RawClient> {
    const client = await RawClient.connect(path);
    await client.ask('hello', { protocol: helperProtocol });
    return client;
  }

  /** Sends a question, and gives its answer. */
  async ask(method: string, params: unknown): Promise<Message> {
    const id = this.post(method, params);
    return this.until((message) => message.id === id);
  }

  /** Sends a question. @returns its id */
  post(method: string, params: unknown): number {
    this.#id += 1;
    this.send({ jsonrpc: '2.0', id: this.#id, method, params });
    return this.#id;
  }

  /** Sends anything as a frame. */
  send(body: unknown): void {
    this.socket.write(frame(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))));
  }

  /** The first message, of those that came and those to come, for which `wanted` holds. */
  async until(wanted: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(wanted);
      if (found !== undefined) return found;
      if (this.socket.destroyed) throw new Error('the connection has ended');
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }

  /** Waits until the other side has ended the connection. */
  async ended(): Promise<void> {
    if (!this.socket.destroyed) await once(this.socket, 'close');
  }
}

/** A helper that holds no tunnel and can make none, but for what is given. */
export function handlersWith(parts: Partial<HelperHandlers<Session>> = {}): HelperHandlers<Session> {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new FaultError({ code: 'tunnel-not-up', message: 'No tunnel is up.', hint: 'None can be.' }),
    );
  return {
    hello: (_, session) => {
      session.introduce();
      return Promise.resolve({ protocol: helperProtocol, version: '1.2.3', owner: 0, pid: process.pid });
    },
    up: refuse,
    plan: refuse,
    explain: refuse,
    down: refuse,
    openUplink: refuse,
    status: () => Promise.resolve([]),
    watch: () => Promise.resolve([]),
    recover: () => Promise.resolve([]),
    ...parts,
  };
}
