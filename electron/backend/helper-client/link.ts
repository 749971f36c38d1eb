import { setTimeout as sleep } from 'node:timers/promises';
import type { HelperState } from '../../../shared/contract/ui/verbs.ts';
import { FaultError, faultOf } from '../../../shared/fault.ts';
import { foldChange } from '../../../shared/tunnel/change.ts';
import type { TunnelChange } from '../../../shared/tunnel/change.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import { HelperConnection } from './connection.ts';

/** Milliseconds between attempts to reach a helper that cannot be reached. */
const retryDelay = 1_000;

/** The same, in milliseconds, while somebody waits. */
const impatientDelay = 50;

/** What somebody who follows the helper is told. */
export interface LinkListener {
  /** The helper can be reached, or no longer. */
  helperChanged(state: HelperState): void;
  /** These are all the tunnels now. */
  tunnelsRead(tunnels: readonly TunnelStatus[]): void;
  /** Something about one tunnel is different. */
  tunnelChanged(change: TunnelChange): void;
}

/** A lasting link to the helper: found again when it was lost, with the state of the tunnels always at hand. */
export class HelperLink {
  readonly #socket: string;
  readonly #listener: LinkListener;
  #connection: HelperConnection | null = null;
  #state: HelperState = { kind: 'connecting' };
  #tunnels: readonly TunnelStatus[] = [];
  #retry: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(socket: string, listener: LinkListener) {
    this.#socket = socket;
    this.#listener = listener;
  }

  /** Whether the helper can be reached. */
  get state(): HelperState {
    return this.#state;
  }

  /** The tunnels that the helper holds; none while it cannot be reached. */
  get tunnels(): readonly TunnelStatus[] {
    return this.#tunnels;
  }

  /** Begins; the first attempt is over when this settles. */
  async start(): Promise<void> {
    try {
      await this.#takeUp(await HelperConnection.open(this.#socket));
    } catch (error) {
      this.#lost(null, error);
    }
  }

  /**
   * Looks for the helper again and again, for somebody who waits for it.
   *
   * @param time milliseconds after which it gives up
   * @throws FaultError whatever kept the helper from being reached at last
   */
  async reach(time: number): Promise<HelperConnection> {
    const end = performance.now() + time;
    while (this.#connection === null && !this.#stopped && performance.now() < end) {
      if (this.#retry === null) {
        // An attempt is on its way.
        await sleep(impatientDelay);
        continue;
      }
      clearTimeout(this.#retry);
      this.#retry = null;
      await this.start();
      if (this.#state.kind !== 'connected') await sleep(impatientDelay);
    }
    return this.connection();
  }

  /** Ends for good. */
  stop(): void {
    this.#stopped = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#connection?.close();
  }

  /**
   * The connection, for questions.
   *
   * @throws FaultError whatever keeps the helper from being reached
   */
  connection(): HelperConnection {
    if (this.#connection !== null) return this.#connection;
    if (this.#state.kind === 'unavailable') throw new FaultError(this.#state.fault);
    throw new FaultError({
      code: 'helper-not-running',
      message: 'The helper has not been reached yet.',
      hint: 'Try again in a moment.',
    });
  }

  /** Follows the helper over a connection, which does not stay open if that comes to nothing. */
  async #takeUp(connection: HelperConnection): Promise<void> {
    try {
      connection.onEnd((fault) => this.#lost(connection, new FaultError(fault)));
      const tunnels = await connection.watch((change) => this.#take(change));
      if (this.#stopped) return;
      this.#connection = connection;
      this.#become({ kind: 'connected', version: connection.version });
      this.#read(tunnels);
    } finally {
      if (this.#connection !== connection) connection.close();
    }
  }

  #take(change: TunnelChange): void {
    this.#tunnels = foldChange(this.#tunnels, change);
    this.#listener.tunnelChanged(change);
  }

  #read(tunnels: readonly TunnelStatus[]): void {
    this.#tunnels = tunnels;
    this.#listener.tunnelsRead(tunnels);
  }

  #lost(connection: HelperConnection | null, error: unknown): void {
    if (this.#stopped || (connection !== null && connection !== this.#connection)) return;
    this.#connection = null;
    this.#become({ kind: 'unavailable', fault: faultOf(error) });
    if (this.#tunnels.length > 0) this.#read([]);
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.start();
    }, retryDelay);
  }

  #become(state: HelperState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#listener.helperChanged(state);
  }
}
