import { FaultError } from '../../../shared/fault.ts';
import type { ResolvConf } from '../../../shared/names/resolv-conf.ts';
import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import type { WholeHostBackend } from './backend.ts';
import { globalDnsWords, noGlobalDns, parseDevices, parseGlobalDns } from './global-dns.ts';
import type { GlobalDns } from './global-dns.ts';
import type { GlobalDnsRecord, NamesJournal } from './journal.ts';
import { watchFolders } from './watch.ts';

const service = 'org.freedesktop.NetworkManager';
const root = '/org/freedesktop/NetworkManager';

/**
 * NetworkManager, where it writes /etc/resolv.conf itself: its global DNS configuration is set over D-Bus, so that it writes what the
 * tunnels want and goes on looking after the file. It keeps that configuration over a reboot, so it is written down as a change of
 * /etc is.
 *
 * @see NetworkManager's D-Bus API, GlobalDnsConfiguration
 */
export class NetworkManager implements WholeHostBackend {
  readonly kind = 'network-manager';
  readonly shape = 'whole-host';
  readonly #programs: Programs;
  readonly #journal: NamesJournal;
  readonly #reason: string;
  #record: GlobalDnsRecord | null;

  /** @param reason why it is NetworkManager; kept with the record */
  constructor(programs: Programs, journal: NamesJournal, reason: string) {
    this.#programs = programs;
    this.#journal = journal;
    this.#reason = reason;
    const record = journal.read();
    this.#record = record?.kind === 'global-dns' ? record : null;
  }

  async apply({ servers, searchDomains, options }: ResolvConf): Promise<void> {
    const wanted: GlobalDns = {
      searches: searchDomains,
      options,
      domains: { '*': { servers, options: [] } },
    };
    const standing = await readGlobalDns(this.#programs);
    if (this.#record !== null && isOneOf(standing, this.#record.ours)) {
      if (same(standing, wanted)) return;
      this.#note({ ...this.#record, ours: [...this.#record.ours.slice(-1), wanted] });
    } else {
      this.#note({ kind: 'global-dns', before: standing, ours: [wanted], reason: this.#reason });
    }
    await writeGlobalDns(wanted, this.#programs);
  }

  async release(): Promise<string[]> {
    if (this.#record === null) return [];
    const undone = await undoGlobalDns(this.#record, this.#programs);
    this.#journal.remove();
    this.#record = null;
    return undone;
  }

  async stands(): Promise<boolean> {
    const last = this.#record?.ours.at(-1);
    return last === undefined || same(await readGlobalDns(this.#programs), last);
  }

  async uplink(): Promise<ResolvConf> {
    // Its own list of servers is not kept while there is a global one: the devices know.
    const words = ['--terse', '--escape', 'no', '--fields', 'IP4,IP6', 'device', 'show'];
    const { stdout } = await run(this.#programs.path('nmcli'), words).catch(() => ({ stdout: '' }));
    return { ...parseDevices(stdout), options: this.#record?.before.options ?? [] };
  }

  watch(changed: () => void): () => void {
    // It writes there what it has learnt, whatever is in /etc.
    return watchFolders(['/run/NetworkManager'], changed);
  }

  warnings(): [] {
    return [];
  }

  #note(record: GlobalDnsRecord): void {
    this.#journal.write(record);
    this.#record = record;
  }
}

/**
 * Puts back NetworkManager's global configuration as a record has it, unless somebody has changed it since.
 *
 * @returns a line for what was undone, or left
 * @throws FaultError `names-refused` where NetworkManager does not answer
 */
export async function undoGlobalDns(
  { before, ours }: GlobalDnsRecord,
  programs: Programs,
): Promise<string[]> {
  const standing = await readGlobalDns(programs);
  if (isOneOf(standing, ours)) {
    await writeGlobalDns(before, programs);
    return ['global DNS configuration of NetworkManager'];
  }
  if (same(standing, before)) return [];
  return ['the global DNS configuration of NetworkManager was left as it is: somebody has changed it since'];
}

const globalDns = [service, root, service, 'GlobalDnsConfiguration'] as const;

async function readGlobalDns(programs: Programs): Promise<GlobalDns> {
  return parseGlobalDns((await busctl(programs, '--json=short', 'get-property', ...globalDns)).stdout);
}

async function writeGlobalDns(wanted: GlobalDns, programs: Programs): Promise<void> {
  // Behind the dashes no word is an option, whatever it looks like.
  await busctl(programs, '--', 'set-property', ...globalDns, ...globalDnsWords(wanted));
}

async function busctl(programs: Programs, ...words: string[]): Promise<{ stdout: string }> {
  try {
    return await run(programs.path('busctl'), ['--system', ...words]);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new FaultError({
      code: 'names-refused',
      message: `NetworkManager did not take the name servers of the tunnel: ${error.message}`,
      hint: 'See "nmcli general" and, if [global-dns] is set in NetworkManager.conf, take it out: it cannot be changed from outside.',
    });
  }
}

function isOneOf(standing: GlobalDns, ours: readonly GlobalDns[]): boolean {
  return ours.some((each) => same(standing, each));
}

/** By what counts: without servers there is no configuration, and its search domains alone do nothing. */
function same(a: GlobalDns, b: GlobalDns): boolean {
  return JSON.stringify(orNone(a)) === JSON.stringify(orNone(b));
}

function orNone(configuration: GlobalDns): GlobalDns {
  return Object.keys(configuration.domains).length === 0 ? noGlobalDns : configuration;
}
