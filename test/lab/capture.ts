import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './host.ts';
import type { Running } from './running.ts';

/** A frame as tcpdump prints it, and when it was sent. */
export interface Frame {
  /** Seconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** Milliseconds after which a frame that was sent has been printed. */
const PRINTED_AFTER_MS = 300;

/** Every frame that leaves a host by one of its links and that a filter of tcpdump's takes. */
export class Capture implements AsyncDisposable {
  readonly #tcpdump: Running;

  private constructor(tcpdump: Running) {
    this.#tcpdump = tcpdump;
  }

  /** Begins to listen. @param filter as pcap-filter(7) has it */
  static async start(host: Host, link: string, filter: string): Promise<Capture> {
    const argv = ['tcpdump', '-i', link, '-Q', 'out', '-nn', '-tt', '-l', '--immediate-mode', filter];
    const tcpdump = host.start(argv);
    // It says that it listens before the first frame, but on stderr.
    while (tcpdump.running && !tcpdump.errorLines.some((line) => line.startsWith('listening on')))
      await sleep(5);
    if (!tcpdump.running) throw new Error(`${host.name}: ${tcpdump.errorLines.join('\n')}`);
    return new Capture(tcpdump);
  }

  /** What has left until now. */
  async frames(): Promise<Frame[]> {
    await sleep(PRINTED_AFTER_MS);
    return this.#tcpdump.lines
      .map((line) => ({
        at: Number(line.slice(0, line.indexOf(' '))),
        text: line.slice(line.indexOf(' ') + 1),
      }))
      .filter(({ at }) => at > 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tcpdump.stop();
  }
}
