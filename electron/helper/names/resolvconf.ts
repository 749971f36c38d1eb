import { FaultError } from '../../../shared/fault.ts';
import type { NameBackendKind } from '../../../shared/names/backend.ts';
import { parseResolvConf } from '../../../shared/names/resolv-conf.ts';
import type { ResolvConf } from '../../../shared/names/resolv-conf.ts';
import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import type { WholeHostBackend } from './backend.ts';
import { readText } from '../system/settings-text.ts';
import type { HeldProgram } from './held-program.ts';
import { watchFolders } from './watch.ts';

/** How one of the two programs of this name is spoken to. */
interface Dialect {
  /** The record of ours among those of interfaces. */
  readonly record: string;
  /** What adds it, before its text. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** What lists every record. */
  readonly list: readonly string[];
  /** Where records are kept. */
  readonly folders: readonly string[];
}

const dialects = {
  /** `-x` leaves everybody else's servers out, as wg-quick has it. @see resolvconf(8) of openresolv */
  openresolv: {
    record: 'adit',
    add: ['-m', '0', '-x', '-a', 'adit'],
    remove: ['-f', '-d', 'adit'],
    list: ['-l', '*'],
    folders: ['/run/resolvconf/interfaces', '/run/resolvconf/keys'],
  },
  /** It knows no such thing, and sorts records by their names: those of tunnels come first. @see interface-order(5) */
  resolvconf: {
    record: 'tun.adit',
    add: ['-a', 'tun.adit'],
    remove: ['-d', 'tun.adit'],
    list: ['-l'],
    folders: ['/run/resolvconf/interface'],
  },
} as const satisfies Partial<Record<NameBackendKind, Dialect>>;

/** Milliseconds it may take: it restarts what listens to it. */
const patience = 20_000;

/** openresolv, or Debian's program of the same name, which writes /etc/resolv.conf from the records of all interfaces and ours. */
export class Resolvconf implements WholeHostBackend {
  readonly kind: keyof typeof dialects;
  readonly shape = 'whole-host';
  readonly #programs: Programs;
  readonly #held: HeldProgram;
  readonly #dialect: Dialect;
  /** What it was given last. */
  #given: ResolvConf | null = null;

  constructor(kind: keyof typeof dialects, programs: Programs, held: HeldProgram) {
    this.kind = kind;
    this.#programs = programs;
    this.#held = held;
    this.#dialect = dialects[kind];
  }

  async apply(conf: ResolvConf): Promise<void> {
    if (JSON.stringify(conf) === JSON.stringify(this.#given) && this.stands()) return;
    if (!this.#held.isHeld && (await this.#records()).some(({ name }) => name === this.#dialect.record))
      throw new FaultError(taken(this.kind));
    this.#held.hold(this.kind);
    try {
      await this.#run(this.#dialect.add, textOf(conf));
    } catch (error) {
      throw refusal(this.kind, error);
    }
    this.#given = conf;
    if (this.stands()) return;
    throw new FaultError({
      code: 'names-refused',
      message: `${this.kind} took the name servers of the tunnel, and did not write them into /etc/resolv.conf.`,
      hint: 'Its updates may be switched off: see "resolvconf --updates-are-enabled", and what /etc/resolv.conf is.',
    });
  }

  async release(): Promise<string[]> {
    await this.#run(this.#dialect.remove).catch((error: unknown) => {
      throw refusal(this.kind, error);
    });
    this.#given = null;
    this.#held.drop();
    return [`name servers in ${this.kind}`];
  }

  /** Its first server is the first that programs find. */
  stands(): boolean {
    const [first] = this.#given?.servers ?? [];
    return first === undefined || parseResolvConf(readText('/etc/resolv.conf') ?? '').servers[0] === first;
  }

  async uplink(): Promise<ResolvConf> {
    const others = (await this.#records()).filter(({ name }) => name !== this.#dialect.record);
    const confs = others.map(({ text }) => parseResolvConf(text));
    return {
      servers: unique(confs.flatMap(({ servers }) => servers)),
      searchDomains: unique(confs.flatMap(({ searchDomains }) => searchDomains)),
      options: unique(confs.flatMap(({ options }) => options)),
    };
  }

  watch(changed: () => void): () => void {
    return watchFolders(this.#dialect.folders, changed);
  }

  warnings(): [] {
    return [];
  }

  /** What it knows, ours among it. Where it knows nothing, openresolv fails. */
  async #records(): Promise<{ name: string; text: string }[]> {
    const { stdout } = await this.#run(this.#dialect.list).catch(() => ({ stdout: '' }));
    return recordsIn(stdout);
  }

  #run(words: readonly string[], input?: string): Promise<{ stdout: string }> {
    const options = { timeout: patience, ...(input === undefined ? {} : { input }) };
    return run(this.#programs.path('resolvconf'), words, options);
  }
}

function textOf({ servers, searchDomains, options }: ResolvConf): string {
  return [
    ...servers.map((server) => `nameserver ${server}`),
    ...(searchDomains.length === 0 ? [] : [`search ${searchDomains.join(' ')}`]),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    '',
  ].join('\n');
}

/** Both programs head each record with the name of its interface. */
function recordsIn(listing: string): { name: string; text: string }[] {
  return listing
    .split(/^# resolv\.conf from /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { name: part.slice(0, end).trim(), text: part.slice(end) };
    });
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}

function taken(kind: string): FaultError['fault'] {
  return {
    code: 'names-taken',
    message: `Another helper of Adit has told ${kind} of its name servers.`,
    hint: 'Take its tunnels down first; if it does not run any more, "resolvconf -l" shows the record that it left.',
  };
}

function refusal(kind: string, error: unknown): unknown {
  if (!(error instanceof ProgramError)) return error;
  return new FaultError({
    code: 'names-refused',
    message: `${kind} did not take the name servers of the tunnel: ${error.message}`,
    hint: 'See "resolvconf -l", and what /etc/resolv.conf is.',
  });
}
