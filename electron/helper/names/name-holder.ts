import { faultOf } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import { chooseBackend } from '../../../shared/names/backend.ts';
import type { NameBackendKind } from '../../../shared/names/backend.ts';
import { formatAddress } from '../../../shared/network/address.ts';
import { desiredNames, needsRouting } from '../../../shared/names/desired.ts';
import type { DesiredNames } from '../../../shared/names/desired.ts';
import {
  confWithForwarder,
  confWithoutForwarder,
  forwardingTable,
} from '../../../shared/names/forwarding.ts';
import { answererOf } from '../../../shared/names/route-name.ts';
import { emptyResolvConf } from '../../../shared/names/resolv-conf.ts';
import type { ResolvConf } from '../../../shared/names/resolv-conf.ts';
import { namesStatus } from '../../../shared/names/status.ts';
import type { NamesApplied, NamesStatus } from '../../../shared/names/status.ts';
import type { NameWish } from '../../../shared/names/wish.ts';
import { nameServers } from '../network/name-servers.ts';
import { thisPlace } from '../system/run-folder.ts';
import type { RunFolder } from '../system/run-folder.ts';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';
import type { Programs } from '../system/programs.ts';
import type { NameBackend, WholeHostBackend } from './backend.ts';
import { readNameEnvironment } from './environment.ts';
import { EtcFile } from './etc-file.ts';
import { NamesJournal } from './journal.ts';
import type { NamesRecord } from './journal.ts';
import { NetworkManager, undoGlobalDns } from './network-manager.ts';
import { Forwarder } from './forwarder.ts';
import { HeldProgram, programHeldIn } from './held-program.ts';
import { PlainFile, undo } from './plain-file.ts';
import { Resolvconf } from './resolvconf.ts';
import { SystemdResolved } from './systemd-resolved.ts';

/** What the holder of names works with. */
export interface NameSurroundings {
  readonly programs: Programs;
  readonly folder: RunFolder;
  readonly clock: Clock;
  readonly log: Log;
  /** The user whose helper this is. */
  readonly owner: number;
  /** Called when names may not be as they should: somebody has written a file, the uplink's servers are others, a child died. */
  readonly changed: () => void;
}

interface Chosen {
  readonly backend: NameBackend;
  readonly reason: string;
}

const resolvConf = '/etc/resolv.conf';

/**
 * Makes a host resolve names as the tunnels that are up want it, whatever it is now: the one way in which that is set, repaired and undone.
 * One call at a time: the supervisor sees to that.
 */
export class NameHolder {
  readonly #surroundings: NameSurroundings;
  readonly #journal: NamesJournal;
  readonly #forwarder: Forwarder;
  #chosen: Chosen | null = null;
  #desired: DesiredNames = desiredNames([]);
  #usesForwarder = false;
  /** The uplink's servers, as they were taken into account. */
  #uplink: ResolvConf = emptyResolvConf;
  #fault: Fault | null = null;
  #isStarted = false;
  #endWatch: (() => void) | null = null;

  constructor(surroundings: NameSurroundings) {
    const { programs, log, owner, changed } = surroundings;
    this.#surroundings = surroundings;
    this.#journal = new NamesJournal(owner);
    this.#forwarder = new Forwarder(programs, log, changed);
  }

  /**
   * Makes names be what these tunnels want. Their links and routes have to stand.
   *
   * @returns a line for each thing undone
   * @throws FaultError where that cannot be; calling again with fewer tunnels undoes what was done
   */
  async hold(wishes: readonly NameWish[]): Promise<string[]> {
    const undone = this.#isStarted ? [] : await this.#takeOver();
    this.#isStarted = true;
    this.#desired = desiredNames(wishes);
    this.#fault = null;
    try {
      if (this.#desired.links.length === 0) return [...undone, ...(await this.#release())];
      await this.#apply();
      return undone;
    } catch (error) {
      this.#fault = faultOf(error);
      throw error;
    }
  }

  /** What would hold for the names of a tunnel beside others. Changes nothing. */
  async foresee(wish: NameWish, others: readonly NameWish[]): Promise<NamesStatus> {
    const desired = desiredNames([...others, wish]);
    const { backend, reason } =
      this.#chosen === null
        ? chooseBackend(await readNameEnvironment(this.#surroundings.programs))
        : { backend: this.#chosen.backend.kind, reason: this.#chosen.reason };
    const forwarder = backend !== 'systemd-resolved' && needsRouting(desired);
    return namesStatus(wish, desired, { kind: 'applied', backend, forwarder, reason, warnings: [] });
  }

  /** What holds for the names of a tunnel, for its status. */
  statusOf(wish: NameWish): NamesStatus {
    return namesStatus(wish, this.#desired, this.#applied());
  }

  /** The servers that names go to without the tunnels, as addresses. */
  async uplinkServers(): Promise<string[]> {
    const backend = this.#chosen?.backend;
    if (backend?.shape === 'whole-host') return [...(await backend.uplink()).servers];
    const ofTunnels = this.#desired.links.flatMap(({ servers }) => servers);
    const all = nameServers().map(formatAddress);
    return all.filter((server) => !ofTunnels.includes(server));
  }

  /** The servers that answer for a name now, as addresses. */
  async serversFor(name: string): Promise<string[]> {
    const links = this.#fault === null ? this.#desired.links : [];
    return [...(answererOf(name, links)?.servers ?? (await this.uplinkServers()))];
  }

  /** Whether all is as it was made. */
  async stands(): Promise<boolean> {
    if (this.#chosen === null) return true;
    if (this.#usesForwarder && this.#forwarder.address === null) return false;
    const { backend } = this.#chosen;
    if (!(await backend.stands())) return false;
    // Not every program tells when the uplink's servers are others.
    if (backend.shape === 'per-link' || !this.#usesForwarder) return true;
    return sameConf(await backend.uplink(), this.#uplink);
  }

  /**
   * Ends looking after names.
   *
   * @param keep the tunnels stay up without us. Their names do too, unless a forwarder answered them, which does not outlive us.
   */
  async stop(keep: boolean): Promise<void> {
    this.#endWatch?.();
    this.#endWatch = null;
    if (!keep || this.#usesForwarder) await this.#release();
    this.#forwarder.stop();
  }

  /** Takes up what a helper before this one holds, and undoes what was held before a reboot. */
  async #takeOver(): Promise<string[]> {
    const undone: string[] = [];
    await this.#journal.takeFromBeforeReboot(async (record) => {
      try {
        undone.push(...(await this.#undo(record)));
        return true;
      } catch (error) {
        const { code, message } = faultOf(error);
        this.#surroundings.log('names-left', { code, reason: message });
        undone.push(`names are still as before the reboot: ${message}`);
        return false;
      }
    });
    const held = programHeldIn(this.#surroundings.folder);
    const record = this.#journal.read();
    if (record !== null) this.#chosen = this.#take(backendOf(record), record.reason);
    else if (held !== null) this.#chosen = this.#take(held.kind, held.reason);
    return undone;
  }

  #undo(record: NamesRecord): Promise<string[]> | string[] {
    return record.kind === 'file'
      ? undo(new EtcFile(record.path), record)
      : undoGlobalDns(record, this.#surroundings.programs);
  }

  async #apply(): Promise<void> {
    const { backend } = (this.#chosen ??= await this.#choose());
    this.#usesForwarder = backend.shape === 'whole-host' && needsRouting(this.#desired);
    if (backend.shape === 'per-link') {
      await backend.apply(this.#desired.links);
    } else {
      await this.#applyToHost(backend);
      this.#endWatch?.();
      this.#endWatch = backend.watch(this.#surroundings.changed);
    }
  }

  async #applyToHost(backend: WholeHostBackend): Promise<void> {
    const uplink = await backend.uplink();
    this.#uplink = uplink;
    if (!this.#usesForwarder) {
      await backend.apply(confWithoutForwarder(this.#desired, uplink));
      this.#forwarder.stop();
      return;
    }
    const address = await this.#forwarder.forward(forwardingTable(this.#desired, uplink));
    await backend.apply(confWithForwarder(address, this.#desired, uplink));
    // What is written there now may have come from somebody else in the meantime, with other servers of the uplink's.
    if (!sameConf(await backend.uplink(), uplink)) await this.#applyToHost(backend);
  }

  async #release(): Promise<string[]> {
    this.#endWatch?.();
    this.#endWatch = null;
    const undone = (await this.#chosen?.backend.release()) ?? [];
    this.#chosen = null;
    this.#usesForwarder = false;
    this.#forwarder.stop();
    if (undone.length > 0) this.#surroundings.log('names-released', { undone: undone.join('; ') });
    return undone;
  }

  async #choose(): Promise<Chosen> {
    const { programs, log } = this.#surroundings;
    const { backend, reason, facts } = chooseBackend(await readNameEnvironment(programs));
    log('names-backend', { backend, ...facts });
    return this.#take(backend, reason);
  }

  #take(kind: NameBackendKind, reason: string): Chosen {
    const { programs, folder, owner, clock, log } = this.#surroundings;
    switch (kind) {
      case 'systemd-resolved':
        return { backend: new SystemdResolved(programs), reason };
      case 'openresolv':
      case 'resolvconf':
        return { backend: new Resolvconf(kind, programs, new HeldProgram(folder, reason)), reason };
      case 'network-manager':
        return { backend: new NetworkManager(programs, this.#journal, reason), reason };
      case 'plain-file': {
        const mark = { owner, namespace: thisPlace().namespace };
        const file = new EtcFile(resolvConf);
        const journal = this.#journal;
        return { backend: new PlainFile({ file, journal, mark, clock, log, reason }), reason };
      }
    }
  }

  #applied(): NamesApplied | null {
    if (this.#fault !== null) return { kind: 'failed', fault: this.#fault };
    if (this.#chosen === null) return null;
    const { backend, reason } = this.#chosen;
    return {
      kind: 'applied',
      backend: backend.kind,
      forwarder: this.#usesForwarder,
      reason,
      warnings: backend.shape === 'whole-host' ? backend.warnings() : [],
    };
  }
}

function sameConf(a: ResolvConf, b: ResolvConf): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function backendOf({ kind }: NamesRecord): NameBackendKind {
  return kind === 'file' ? 'plain-file' : 'network-manager';
}
