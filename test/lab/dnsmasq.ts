import { existsSync } from 'node:fs';
import type { Host } from './host.ts';
import { lookUp } from './measure.ts';
import type { Running } from './running.ts';

/** The Debian packages that it takes. */
export const dnsmasqPackages = ['dnsmasq-base'] as const;

const program = '/usr/sbin/dnsmasq';

/** Milliseconds for it to stand, and for its log to be read. */
const PATIENCE_MS = 20_000;

/** Why there is no dnsmasq here; null where it is installed. */
export function whyNoDnsmasq(): string | null {
  return existsSync(program) ? null : `missing Debian packages: ${dnsmasqPackages.join(', ')}`;
}

/** What a dnsmasq is to do. */
export interface DnsmasqPlan {
  /** The names that it knows by itself, each with its address; it knows the names of these addresses too. */
  readonly names?: Readonly<Record<string, string>>;
  /** Further words of its command line: where it listens, whom it asks. */
  readonly words?: readonly string[];
}

/** What was asked of a name server. */
export interface AskedQuestion {
  readonly type: string;
  readonly name: string;
  /** The address that it came from. */
  readonly from: string;
}

/** A real dnsmasq on a host, which writes down each question that it is asked. */
export class Dnsmasq implements AsyncDisposable {
  readonly #host: Host;
  readonly #daemon: Running;
  #marks = 0;

  private constructor(host: Host, daemon: Running) {
    this.#host = host;
    this.#daemon = daemon;
  }

  /**
   * Starts it. Of the host's files it reads /etc/resolv.conf alone, for whom to ask, where its words do not forbid that. It has to
   * listen at 127.0.0.1, as it does unless told.
   */
  static async start(host: Host, { names = {}, words = [] }: DnsmasqPlan): Promise<Dnsmasq> {
    const own = [
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--user=root',
      '--group=root',
      '--pid-file=',
    ];
    const log = ['--log-facility=-', '--log-queries'];
    const records = Object.entries(names).map(([name, known]) => `--host-record=${name},${known}`);
    // A line of its log goes to standard error.
    const argv = ['bash', '-c', 'exec "$@" 2>&1', 'dnsmasq', program];
    const daemon = host.start([...argv, ...own, ...log, '--no-hosts', ...records, ...words]);
    await daemon.line(/: started, version/, PATIENCE_MS);
    return new Dnsmasq(host, daemon);
  }

  /** All that it was asked until now, the oldest first; what this itself asks to know where now is, left out. */
  async questions(): Promise<AskedQuestion[]> {
    const mark = `mark-${++this.#marks}.invalid`;
    await lookUp(this.#host, '127.0.0.1', mark).catch(() => []);
    await this.#daemon.line(new RegExp(`: query\\[A\\] ${mark} `), PATIENCE_MS);
    return this.#daemon.lines.flatMap((line) => {
      const [, type = '', name = '', from = ''] = /: query\[(\S+)\] (\S+) from (\S+)$/.exec(line) ?? [];
      return name === '' || /^mark-\d+\.invalid$/.test(name) ? [] : [{ type, name, from }];
    });
  }

  /** Lines of its log. */
  get log(): readonly string[] {
    return this.#daemon.lines;
  }

  /** Waits until it has said something. @throws where it does not within 20 s */
  async says(pattern: RegExp): Promise<void> {
    await this.#daemon.line(pattern, PATIENCE_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon.stop();
  }
}
