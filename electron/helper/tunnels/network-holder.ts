import { faultOf } from '../../../shared/fault.ts';
import { differenceOf } from '../../../shared/network/plan/difference.ts';
import type { Change } from '../../../shared/network/plan/difference.ts';
import type { Family } from '../../../shared/network/address.ts';
import { familiesWithLateLocal } from '../../../shared/network/plan/late-local.ts';
import { killSwitchOf, lanOf } from '../../../shared/network/plan/kill-switch.ts';
import type { GuardedTunnel } from '../../../shared/network/plan/kill-switch.ts';
import { desiredBeside, isShared, takenBy } from '../../../shared/network/plan/neighbours.ts';
import { openingRules } from '../../../shared/network/plan/opening.ts';
import type { Opening } from '../../../shared/network/plan/opening.ts';
import { resourceIdentity } from '../../../shared/network/plan/resources.ts';
import type { Resource } from '../../../shared/network/plan/resources.ts';
import type { LinkDriver } from '../engine/driver.ts';
import { readHostRules } from '../network/host.ts';
import { lowerKillSwitch, raiseKillSwitch } from '../network/kill-switch.ts';
import { observe, observeLinks, presentAmong, readSysctl } from '../network/observe.ts';
import { performRouting, performSettings } from '../network/perform.ts';
import type { Log } from '../system/log.ts';
import type { Programs } from '../system/programs.ts';
import { resolverNumbers } from '../system/resolver-user.ts';
import { soleTaken } from './faults.ts';
import type { Beside, Neighbours } from './neighbours.ts';
import { plannedTunnel } from './prepared.ts';
import type { PreparedTunnel } from './prepared.ts';
import type { HeldResource, HoldingsRecord } from './record.ts';

/**
 * What to go by: `observed` reads the network first, and repairs what somebody else has changed in it; `remembered` takes what
 * was made for what is there, which is quick.
 */
export type Basis = 'observed' | 'remembered';

/** What of the kill switch does not follow from the tunnels. */
export interface Exceptions {
  /** Tunnels that are not to be made yet, or are to go, and whose kill switch holds all the same. */
  readonly guarded?: readonly GuardedTunnel[];
  /** Null where the uplink is closed. */
  readonly opening?: Opening | null;
}

/** What {@link NetworkHolder.hold} did. */
export interface Held {
  /** The interfaces that were made. */
  readonly made: ReadonlySet<string>;
  /** The interfaces that could not be made, and why; nothing is left of them. */
  readonly failed: ReadonlyMap<string, Error>;
  /** What was removed. */
  readonly removed: readonly Resource[];
}

/**
 * Makes the host's network be what a set of tunnels needs, whatever it is now: the one way in which tunnels come up and go
 * down, are repaired and are cleaned up after. What it makes it writes into the record first; what it did not make it
 * never removes.
 *
 * One call at a time: the supervisor sees to that.
 */
export class NetworkHolder {
  readonly #programs: Programs;
  readonly #driver: LinkDriver;
  readonly #record: HoldingsRecord;
  readonly #neighbours: Neighbours;
  readonly #log: Log;
  #held: readonly HeldResource[];
  #isGuarding = false;
  #lateLocal: readonly Family[] | null = null;

  constructor({
    programs,
    driver,
    record,
    neighbours,
    log,
  }: {
    readonly programs: Programs;
    readonly driver: LinkDriver;
    readonly record: HoldingsRecord;
    readonly neighbours: Neighbours;
    readonly log: Log;
  }) {
    this.#programs = programs;
    this.#driver = driver;
    this.#record = record;
    this.#neighbours = neighbours;
    this.#log = log;
    this.#held = record.held();
  }

  /** Whether anything of ours may be in the network. */
  get holdsAnything(): boolean {
    return this.#held.length > 0;
  }

  /** Whether the kill switch stands, as far as is known. */
  get isGuarding(): boolean {
    return this.#isGuarding;
  }

  /** Whether an interface is of our making. */
  holdsLink(name: string): boolean {
    return this.#held.some(({ resource }) => resource.kind === 'link' && resource.interface === name);
  }

  /** Whether the kernel settings are as we made them; nobody tells when one is changed. */
  async settingsStand(): Promise<boolean> {
    const standing = this.#held.map(
      async ({ resource }) =>
        resource.kind !== 'sysctl' || (await readSysctl(resource.key)) === resource.value,
    );
    return (await Promise.all(standing)).every(Boolean);
  }

  /**
   * Brings the network to what `tunnels` need, beside those of other users. The kill switch comes before everything else, and goes
   * behind it.
   *
   * @throws FaultError where the system refuses a change; part of the others may be done, and calling again with fewer tunnels
   *   undoes them
   */
  hold(tunnels: readonly PreparedTunnel[], basis: Basis, exceptions: Exceptions = {}): Promise<Held> {
    return this.#neighbours.exclusively((beside) => this.#holdBeside(beside, tunnels, basis, exceptions));
  }

  async #holdBeside(
    beside: Beside,
    tunnels: readonly PreparedTunnel[],
    basis: Basis,
    { guarded = [], opening = null }: Exceptions,
  ): Promise<Held> {
    await this.#forgetStrangeLinks();
    const planned = tunnels.map(plannedTunnel);
    const taken = takenBy(
      // What stands was first, whoever came since.
      planned.filter((tunnel) => !this.holdsLink(tunnel.interface)),
      // A link has one owner: where it is ours, theirs of that name is gone.
      beside.tunnels.filter(({ tunnel }) => !this.holdsLink(tunnel.interface)),
    );
    if (taken !== null) throw soleTaken(taken);
    this.#neighbours.tell(planned);
    const resolver = resolverNumbers().user;
    if (tunnels.length > 0 && (basis === 'observed' || this.#lateLocal === null))
      this.#lateLocal = familiesWithLateLocal(await readHostRules(this.#programs));
    const killSwitch = await this.#desiredKillSwitch([...planned, ...guarded], beside, resolver, opening);
    const desired = [
      ...killSwitch,
      ...desiredBeside(planned, beside.tunnels, resolver, this.#lateLocal ?? []),
      ...(opening === null ? [] : openingRules(planned, opening)),
    ];
    // What others change is not remembered here.
    const present = await this.#present(desired, beside.tunnels.length === 0 ? basis : 'observed');
    const changes = differenceOf(desired, present);
    const removals = changes.filter(({ kind }) => kind === 'remove');
    const additions = changes.filter(({ kind }) => kind === 'make');

    const coming = new Map(linksIn(additions).map((name) => [name, name]));
    // A link comes with its MTU, which is held as well.
    const parts = desired.filter((resource) => resource.kind === 'mtu' && isOnLink(resource, coming));
    const known = new Set(this.#held.map(({ resource }) => resourceIdentity(resource)));
    const shared =
      tunnels.length === 0
        ? []
        : desired.filter((resource) => isShared(resource) && !known.has(resourceIdentity(resource)));
    const before = this.#held;
    await this.#noteAhead([...additions.map(({ resource }) => resource), ...parts, ...shared], beside);
    const rest = await this.#raise(additions, before);
    this.#isGuarding = killSwitch.length > 0;
    await this.#remove(removals);
    const { made, failed } = await this.#make(rest, tunnels);
    if (removals.some(({ resource }) => isKillSwitch(resource))) await lowerKillSwitch(this.#programs);

    const wanted = new Set(desired.map(resourceIdentity));
    this.#noteAfter(
      this.#held.filter(
        ({ resource }) =>
          wanted.has(resourceIdentity(resource)) &&
          !isOnLink(resource, failed) &&
          // Without tunnels of our own, what is shared is the others' to hold.
          (tunnels.length > 0 || !isShared(resource)),
      ),
    );
    return { made, failed, removed: removals.map(({ resource }) => resource) };
  }

  /** Ours only, though it lets the tunnels of others pass: theirs is theirs to make. */
  async #desiredKillSwitch(
    own: readonly GuardedTunnel[],
    beside: Beside,
    resolver: number,
    opening: Opening | null,
  ): Promise<Resource[]> {
    const tunnels = [...own, ...beside.tunnels.map(({ tunnel }) => ({ ...tunnel, killSwitch: null }))];
    const allowsLan = own.some(({ killSwitch }) => killSwitch?.allowLan === true);
    const lan = allowsLan ? lanOf(await observeLinks(this.#programs)) : [];
    const resource = killSwitchOf(tunnels, { resolver, lan, opening });
    return resource === null ? [] : [resource];
  }

  /**
   * Makes the kill switch, and the firewall table in the same transaction: the kernel takes as long for both as for one. Until it stands,
   * nothing else is changed.
   *
   * @param before what was held before these were written down
   * @returns what is still to be made
   * @throws FaultError `kill-switch-taken`, `kill-switch-unavailable`
   */
  async #raise(additions: readonly Change[], before: readonly HeldResource[]): Promise<readonly Change[]> {
    if (!additions.some(({ resource }) => isKillSwitch(resource))) return additions;
    const rulesets = additions.flatMap(({ resource }) => ('ruleset' in resource ? resource.ruleset : []));
    const isFirst = !before.some(({ resource }) => isKillSwitch(resource));
    this.#isGuarding = false;
    try {
      await raiseKillSwitch(rulesets, isFirst, this.#programs);
    } catch (error) {
      this.#noteAfter(before);
      throw error;
    }
    return additions.filter(({ resource }) => !('ruleset' in resource));
  }

  /**
   * Links of ours that are not as we made them: one that was not finished is removed, one that is gone or has become another is
   * no longer ours.
   */
  async #forgetStrangeLinks(): Promise<void> {
    for (const name of this.#driver.unfinished()) {
      await this.#driver.undo(name);
    }
    const ourLinks = this.#held.filter(({ resource }) => resource.kind === 'link');
    if (ourLinks.length === 0) return;
    const indexes = new Map((await observeLinks(this.#programs)).map(({ name, index }) => [name, index]));
    const strange = new Map(
      ourLinks.flatMap(({ resource, index }) =>
        resource.kind === 'link' && (index === undefined || indexes.get(resource.interface) !== index)
          ? [[resource.interface, resource]]
          : [],
      ),
    );
    for (const name of strange.keys()) this.#driver.forget(name);
    this.#held = this.#held.filter(({ resource }) => !isOnLink(resource, strange));
  }

  async #present(desired: readonly Resource[], basis: Basis): Promise<Resource[]> {
    const held = this.#held.map(({ resource }) => resource);
    const ourLinks = held.flatMap((resource) => (resource.kind === 'link' ? [resource.interface] : []));
    const candidates = [
      ...new Map([...held, ...desired].map((resource) => [resourceIdentity(resource), resource])).values(),
    ];
    if (basis === 'observed') {
      const present = await presentAmong(candidates, await observe(ourLinks, this.#programs));
      // Somebody else's link of a name that we want is in the way, not what we want.
      return present.filter((resource) => resource.kind !== 'link' || ourLinks.includes(resource.interface));
    }
    const settings = await Promise.all(
      candidates.map(async (resource): Promise<Resource[]> => {
        if (resource.kind !== 'sysctl') return [];
        const value = await readSysctl(resource.key);
        return value === null ? [] : [{ ...resource, value }];
      }),
    );
    return [...held.filter(({ kind }) => kind !== 'sysctl'), ...settings.flat()];
  }

  async #remove(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    await performRouting(changes, this.#programs);
    await Promise.all([
      performSettings(changes, this.#earlierSettings(), this.#programs),
      ...linksIn(changes).map((name) => this.#driver.remove(name)),
    ]);
  }

  async #make(
    changes: readonly Change[],
    tunnels: readonly PreparedTunnel[],
  ): Promise<{ made: Set<string>; failed: Map<string, Error> }> {
    const made = new Set<string>();
    const failed = new Map<string, Error>();
    await Promise.all([
      ...linksIn(changes).map(async (name) => {
        try {
          await this.#makeLink(name, tunnels);
          made.add(name);
        } catch (error) {
          failed.set(name, error instanceof Error ? error : new Error(String(error)));
        }
      }),
      performSettings(changes, this.#earlierSettings(), this.#programs),
    ]);
    await Promise.all([
      performRouting(
        changes.filter(({ resource }) => !isOnLink(resource, failed)),
        this.#programs,
      ),
      this.#noteMade(made),
    ]);
    return { made, failed };
  }

  async #makeLink(name: string, tunnels: readonly PreparedTunnel[]): Promise<void> {
    const prepared = tunnels.find(({ tunnel }) => tunnel.interface === name);
    if (prepared === undefined) throw new RangeError(`no tunnel is prepared for the interface ${name}`);
    await this.#driver.make(prepared);
  }

  /** Writes down by which number the kernel knows the links that were made: from then on they are finished. */
  async #noteMade(made: ReadonlySet<string>): Promise<void> {
    if (made.size === 0) return;
    const indexes = new Map((await observeLinks(this.#programs)).map(({ name, index }) => [name, index]));
    this.#held = this.#held.map((held) => {
      const name = held.resource.kind === 'link' ? held.resource.interface : null;
      const index = name !== null && made.has(name) ? indexes.get(name) : undefined;
      return index === undefined ? held : { ...held, index };
    });
    this.#record.hold(this.#held);
    for (const name of made) this.#driver.finish(name);
  }

  #earlierSettings(): Map<string, string> {
    return new Map(
      this.#held.flatMap(({ resource, before }) =>
        resource.kind === 'sysctl' && before !== undefined ? [[resource.key, before]] : [],
      ),
    );
  }

  /** Writes down what is about to be made, or taken up from others. @throws FaultError `run-folder-unusable`, and then nothing is made */
  async #noteAhead(resources: readonly Resource[], { earlierSettings }: Beside): Promise<void> {
    if (resources.length === 0) return;
    const held = new Map(this.#held.map((entry) => [resourceIdentity(entry.resource), entry]));
    for (const resource of resources) {
      const identity = resourceIdentity(resource);
      const known = held.get(identity);
      if (known !== undefined) {
        held.set(identity, { ...known, resource });
        continue;
      }
      const before =
        resource.kind === 'sysctl'
          ? (earlierSettings.get(resource.key) ?? (await readSysctl(resource.key)))
          : null;
      held.set(identity, before === null ? { resource } : { resource, before });
    }
    this.#record.hold([...held.values()]);
    this.#held = [...held.values()];
  }

  /** Writes down what is held now. A record that cannot be written names too much then, which does no harm. */
  #noteAfter(held: readonly HeldResource[]): void {
    this.#held = held;
    try {
      this.#record.hold(held);
    } catch (error) {
      this.#log('record-not-written', { reason: faultOf(error).message });
    }
  }
}

function isKillSwitch({ kind }: Resource): boolean {
  return kind === 'kill-switch';
}

/** The names of the links among some changes. */
function linksIn(changes: readonly Change[]): string[] {
  return changes.flatMap(({ resource }) => (resource.kind === 'link' ? [resource.interface] : []));
}

/** Whether a resource is one of these links, or an address or a route on one. */
function isOnLink(resource: Resource, links: ReadonlyMap<string, unknown>): boolean {
  return 'interface' in resource && links.has(resource.interface);
}
