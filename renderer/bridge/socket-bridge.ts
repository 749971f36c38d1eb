import type { UiBridge, UiChange, UiReply, UiVerb, UiVerbs } from '../../shared/contract/ui/verbs.ts';
import { socketProtocol } from '../../shared/contract/ui/wire.ts';
import type { UiMessage, UiQuestion } from '../../shared/contract/ui/wire.ts';
import { backoff } from './backoff.ts';
import { lostFault } from './lost.ts';

const lost = { ok: false, fault: lostFault } as const;

/**
 * The contract over a WebSocket to the browser host. A connection that breaks is made again for as long as the page
 * lives; what was asked meanwhile is answered with a fault.
 */
export class SocketBridge implements UiBridge {
  readonly #url: string;
  readonly #protocols: string[];
  readonly #changed = new Set<(change: UiChange) => void>();
  readonly #connected = new Set<(connected: boolean) => void>();
  readonly #waiting = new Map<number, (reply: UiReply<UiVerb>) => void>();
  /** Questions that came before the first connection stood. */
  #unsent: string[] = [];
  #socket: WebSocket;
  #attempt = 0;
  #lastId = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;

  /**
   * @param url of the browser host's socket, `ws:` or `wss:`
   * @param secret what the host wants to be shown; a browser can send it only as one of the protocols it asks for
   */
  constructor(url: string, secret: string | null) {
    this.#url = url;
    this.#protocols = secret === null ? [] : [socketProtocol, secret];
    this.#socket = this.#open();
  }

  ask<V extends UiVerb>(verb: V, params: UiVerbs[V]['params']): Promise<UiReply<V>> {
    const isFirst = this.#socket.readyState === WebSocket.CONNECTING && this.#attempt === 0;
    if (this.#socket.readyState !== WebSocket.OPEN && !isFirst) return Promise.resolve(lost);
    this.#lastId += 1;
    const question: UiQuestion<V> = { id: this.#lastId, verb, params };
    return new Promise((resolve) => {
      this.#waiting.set(question.id, resolve);
      this.#send(JSON.stringify(question));
    });
  }

  onChange(listener: (change: UiChange) => void): () => void {
    this.#changed.add(listener);
    return () => void this.#changed.delete(listener);
  }

  onConnection(listener: (connected: boolean) => void): () => void {
    this.#connected.add(listener);
    return () => void this.#connected.delete(listener);
  }

  /** Tries at once where the next attempt is being waited for: the person came back to the page. */
  hurry(): void {
    if (this.#retry === null) return;
    clearTimeout(this.#retry);
    this.#reopen();
  }

  #open(): WebSocket {
    const socket = new WebSocket(this.#url, this.#protocols);
    socket.onopen = () => {
      this.#attempt = 0;
      for (const text of this.#unsent.splice(0)) socket.send(text);
      for (const listener of this.#connected) listener(true);
    };
    socket.onmessage = (event) => this.#take(String(event.data));
    socket.onclose = () => this.#lose();
    return socket;
  }

  #reopen(): void {
    this.#retry = null;
    this.#attempt += 1;
    this.#socket = this.#open();
  }

  #send(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
    else this.#unsent.push(text);
  }

  #lose(): void {
    this.#unsent = [];
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answer of waiting) answer(lost);
    for (const listener of this.#connected) listener(false);
    this.#retry = setTimeout(() => this.#reopen(), backoff(this.#attempt, Math.random()));
  }

  #take(text: string): void {
    const message = readMessage(text);
    if (message === null) {
      this.#socket.close();
    } else if (message.kind === 'change') {
      for (const listener of this.#changed) listener(message.change);
    } else {
      this.#waiting.get(message.id)?.(message.reply);
      this.#waiting.delete(message.id);
    }
  }
}

/** What the host said; null for what is not JSON, which breaks the connection like any other accident. */
function readMessage(text: string): UiMessage | null {
  try {
    return JSON.parse(text) as UiMessage;
  } catch {
    return null;
  }
}
