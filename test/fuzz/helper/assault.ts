import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { frame, FrameReader, responseLimitBytes } from '../../../shared/contract/helper/framing.ts';
import { helperProtocol } from '../../../shared/contract/helper/verbs.ts';
import { messageOf } from './messages.ts';
import type { FuzzMessage } from './messages.ts';

/** What a helper may not do, whatever it is sent. */
export interface Offence {
  /** The seed of the last message before it. */
  readonly seed: number;
  readonly message: FuzzMessage;
  readonly words: string;
}

/** How an assault went. */
export interface Assault {
  readonly sent: number;
  readonly answers: number;
  /** Connections that the helper cut. */
  readonly cut: number;
  readonly offences: readonly Offence[];
}

/** Connections at a time: half of what the helper takes, so that there is room for one that asks how it is. */
const connections = 16;

/** Messages on one connection: no more than its allowance, or the helper would make us wait. */
const messagesEach = 84;

/** Messages that may be without an answer at a time, of the 32 that the helper allows. */
const window = 28;

/** Milliseconds within which a connection has to be answered or cut. */
const patience = 30_000;

/** With so many offences there is no need for more. */
const enough = 20;

/** Sends messages made from seeds to a helper, over many connections at a time, and looks at what it answers. */
export async function assault(
  socket: string,
  order: {
    readonly seed: number;
    readonly count: number;
    /** Texts that no answer may hold. */
    readonly secrets: readonly string[];
  },
): Promise<Assault> {
  const total = { sent: 0, answers: 0, cut: 0, offences: [] as Offence[] };
  const end = order.seed + order.count;
  let next = order.seed;
  const worker = async (): Promise<void> => {
    while (next < end && total.offences.length < enough) {
      let at = next;
      next = Math.min(end, at + messagesEach);
      const last = next;
      while (at < last) {
        const connection = new Connection(socket, order.secrets);
        at = await connection.send(at, last);
        total.answers += connection.answers;
        total.cut += connection.wasCut ? 1 : 0;
        total.offences.push(...connection.offences);
      }
      total.sent += messagesEach;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return { ...total, sent: Math.min(total.sent, order.count) };
}

/** One connection that says hello, then messages, a window of them at a time, until it is cut. */
class Connection {
  answers = 0;
  wasCut = false;
  readonly offences: Offence[] = [];
  readonly #socket: Socket;
  readonly #secrets: readonly string[];
  readonly #reader = new FrameReader(responseLimitBytes);
  readonly #ended: Promise<void>;
  #marker = 0;
  #answered: () => void = () => undefined;
  /** The seed of the message that was sent last. */
  #at = 0;

  constructor(path: string, secrets: readonly string[]) {
    this.#secrets = secrets;
    this.#socket = connect(path);
    this.#ended = new Promise((resolve, reject) => {
      this.#socket.on('close', () => {
        this.wasCut = true;
        resolve();
      });
      this.#socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') reject(error);
      });
    });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
  }

  /**
   * Sends the messages of some seeds. One that breaks the stream is the last: what follows would be taken for its rest.
   *
   * @returns the seed with which another connection goes on
   */
  async send(first: number, end: number): Promise<number> {
    this.#at = first;
    this.#ask('hello', { protocol: helperProtocol }, 'hello');
    try {
      for (let from = first; from < end; from += window) {
        const to = Math.min(end, from + window);
        for (this.#at = from; this.#at < to; this.#at += 1) {
          const message = messageOf(this.#at);
          // What was sent before is to be answered before the connection goes.
          if (message.breaksStream && !(await this.#orTooLate(this.#marked()))) return this.#at;
          this.#socket.write(message.bytes);
          if (!message.breaksStream) continue;
          // The rest of it never comes: we are the one who goes.
          this.#socket.end();
          await this.#orTooLate(this.#ended);
          return this.#at + 1;
        }
        if (!(await this.#orTooLate(this.#marked()))) return to;
      }
      return end;
    } finally {
      this.#socket.destroy();
    }
  }

  /** Resolves when a question that comes after all others is answered, or the connection was cut. */
  #marked(): Promise<void> {
    this.#marker += 1;
    const answered = new Promise<void>((resolve) => (this.#answered = resolve));
    this.#ask('status', {}, `marker-${this.#marker}`);
    return Promise.race([answered, this.#ended]);
  }

  /** @returns whether the connection can be used further */
  async #orTooLate(work: Promise<void>): Promise<boolean> {
    const timer = { id: null as NodeJS.Timeout | null };
    const tooLate = new Promise<'late'>((resolve) => {
      timer.id = setTimeout(() => resolve('late'), patience);
    });
    const outcome = await Promise.race([work, tooLate]);
    if (timer.id !== null) clearTimeout(timer.id);
    if (outcome === 'late') this.#offence(`neither answered nor cut within ${patience / 1000} s`);
    return outcome !== 'late' && !this.wasCut;
  }

  #receive(chunk: Buffer): void {
    for (const body of this.#reader.push(chunk)) {
      this.answers += 1;
      const text = Buffer.from(body).toString('utf8');
      for (const complaint of complaintsAbout(text, this.#secrets)) this.#offence(complaint);
      if (text.includes(`"id":"marker-${this.#marker}"`)) this.#answered();
    }
  }

  #offence(words: string): void {
    this.offences.push({ seed: this.#at, message: messageOf(this.#at), words });
  }

  #ask(method: string, params: object, id: string): void {
    this.#socket.write(frame(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params }))));
  }
}

function complaintsAbout(answer: string, secrets: readonly string[]): string[] {
  const found: string[] = [];
  if (answer.includes('internal-error'))
    found.push(`it failed in a way that it has no name for: ${answer.slice(0, 500)}`);
  if (secrets.some((secret) => answer.includes(secret))) found.push('it gave a secret key away');
  return found;
}
