import { tunnelText } from '../../../electron/cli/text/tunnel.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import type { AditClient } from '../product/client.ts';
import { Running } from '../running.ts';

/** The state of the tunnels as `adit status --watch` tells it, on the terminal: always the last one, over the one before. */
export class LiveView implements AsyncDisposable {
  readonly #watch: Running;
  #latest = '';
  #shownLines = 0;

  private constructor(watch: Running) {
    this.#watch = watch;
    watch.onLine((line) => this.#take(line));
  }

  /** Begins to follow. */
  static start(adit: AditClient): LiveView {
    const argv = adit.argv('status', '--watch', '--json');
    return new LiveView(new Running('adit status', argv, argv, { env: adit.environment }));
  }

  /** Settles when there is nothing more to follow. */
  get ended(): Promise<void> {
    return this.#watch.exited.then(() => undefined);
  }

  /** Follows until something has ended, and shows the last state only: for what is not a terminal. */
  async showOnce(end: Promise<unknown>): Promise<void> {
    await end;
    console.log(`Live state of the tunnel:\n${this.#latest}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch.stop();
  }

  #take(line: string): void {
    const { tunnels } = JSON.parse(line) as { tunnels: TunnelStatus[] };
    this.#latest = tunnels.map((tunnel) => tunnelText(tunnel, Date.now())).join('\n');
    if (!process.stdout.isTTY) return;
    // Up over the lines of the state before, and away with them.
    const back = this.#shownLines === 0 ? '' : `\u001b[${this.#shownLines}F\u001b[J`;
    process.stdout.write(`${back}${this.#latest}\n`);
    this.#shownLines = this.#latest.split('\n').length;
  }
}
