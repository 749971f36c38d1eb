import { setTimeout as sleep } from 'node:timers/promises';
import { FaultError, faultOf } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import type { HelperResult } from '../../../shared/contract/helper/verbs.ts';
import { wishOf } from '../../../shared/names/wish.ts';
import type { NameWish } from '../../../shared/names/wish.ts';
import { outerMark } from '../../../shared/network/plan/constants.ts';
import { resourceIdentity } from '../../../shared/network/plan/resources.ts';
import type { TunnelChange } from '../../../shared/tunnel/change.ts';
import type { KeyText, Timestamp, TunnelStatus } from '../../../shared/tunnel/status.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import { EndpointFollower } from '../endpoints/follower.ts';
import { OutsideResolver } from '../endpoints/resolver.ts';
import { resolveEndpoints } from '../endpoints/resolve.ts';
import type { Lookups, ResolvedEndpoints, UnresolvedEndpoint } from '../endpoints/resolve.ts';
import { UplinkServers } from '../endpoints/uplink-servers.ts';
import { LinkDriver } from '../engine/driver.ts';
import { byWgQuick, directly } from '../engine/link-makers.ts';
import { peerChanges } from '../engine/peer-changes.ts';
import type { Engine } from '../engine/reading.ts';
import { NetworkMonitor } from '../network/monitor.ts';
import { NameHolder } from '../names/name-holder.ts';
import { hasIPv6 } from '../network/observe.ts';
import { routesTo } from '../network/routes-to.ts';
import { ScriptKeeper } from '../scripts/script-keeper.ts';
import type { ScriptRuling } from '../scripts/script-keeper.ts';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';
import type { Programs } from '../system/programs.ts';
import type { RunFolder } from '../system/run-folder.ts';
import { SleepNotice } from '../system/sleep-notice.ts';
import { Turnstile } from '../system/turnstile.ts';
import { decide, foresee, inTheWay, planOf, tunnelNames } from './advice.ts';
import type { Decisions, Foreseen, Others } from './advice.ts';
import { explain } from './explain.ts';
import { anotherTunnelsInterface, cancelled, namesLeft, noHandshake, notBlocking, notUp } from './faults.ts';
import { LiveTunnel } from './live-tunnel.ts';
import { NetworkHolder } from './network-holder.ts';
import type { Basis, Exceptions } from './network-holder.ts';
import { Neighbours } from './neighbours.ts';
import { decideNames, nameConflict } from './name-advice.ts';
import type { NameConflict } from './name-advice.ts';
import { measureMtu, prepare, withEndpoints, withIPv6 } from './prepare.ts';
import { amongThemselves, become, canBecome, guardedTunnel, withoutOther, withPeersOf } from './prepared.ts';
import type { PreparedTunnel } from './prepared.ts';
import { HoldingsRecord } from './record.ts';
import { Roaming } from './roaming.ts';
import { LookTimer, RepairTimer } from './timers.ts';
import { UplinkOpening } from './uplink-opening.ts';

/** What the supervisor works with. */
export interface Surroundings {
  /** Whether wg-quick makes the interfaces. */
  readonly byWgQuick?: boolean;
  readonly programs: Programs;
  readonly folder: RunFolder;
  /** The user whose tunnels they are. */
  readonly owner: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The bundle of the child that looks up names. */
  readonly resolverProgram: string;
  /** The public key of a private key. */
  readonly publicKeyOf: (privateKey: KeyText) => KeyText;
}

/** What was found out about a tunnel before its turn came. */
interface Known {
  readonly ruling: ScriptRuling;
  readonly endpoints: ResolvedEndpoints;
  readonly ipv6: boolean;
}

/** A tunnel as it may come up, and the tunnels that go for it. */
interface Agreed {
  readonly prepared: PreparedTunnel;
  readonly leaving: readonly LiveTunnel[];
}

/** Milliseconds between looks at the engines, while somebody watches and while nobody does. */
const lookEvery = { watched: 1_000, unwatched: 5_000 } as const;

/** Milliseconds between looks at what nobody tells us of: a kernel setting that was changed. */
const inspectEvery = 20_000;

/** Milliseconds between looks whether the machine has slept: traffic is to be back within two seconds. */
const sleepEvery = 1_000;

/** Milliseconds between looks while a handshake is waited for. */
const waitStep = 50;

/** With more peers than this, none is greeted: a burst of handshakes helps nobody. */
const mostGreetings = 32;

/**
 * Milliseconds that the names of endpoints may take before the kill switch is raised to wait for them. Most take less, and then it is
 * raised with the tunnel, before anything else of it.
 */
const unguardedTime = 200;

/**
 * Owns the tunnels that should be up, and keeps them standing: after their engine died, after somebody removed a route or
 * rule, after this machine got another address.
 *
 * What changes the network goes through one turnstile, one at a time; looking at the engines does not.
 */
export class Supervisor {
  readonly #surroundings: Surroundings;
  readonly #driver: LinkDriver;
  readonly #record: HoldingsRecord;
  readonly #neighbours: Neighbours;
  readonly #holder: NetworkHolder;
  readonly #names: NameHolder;
  readonly #scripts: ScriptKeeper;
  readonly #monitor: NetworkMonitor;
  readonly #roaming: Roaming;
  readonly #uplink: UplinkOpening;
  readonly #servers = new UplinkServers(() => this.#names.uplinkServers());
  readonly #resolver: OutsideResolver;
  readonly #endpoints: EndpointFollower<LiveTunnel>;
  readonly #sleep: SleepNotice;
  readonly #turnstile = new Turnstile();
  readonly #repairs = new RepairTimer(() => void this.#turnstile.pass(() => this.#repair()));
  readonly #looks = new LookTimer(() => this.#lookAtAll());
  readonly #inspections = new LookTimer(() => this.#inspect());
  readonly #awakenings = new LookTimer(() => this.#noticeSleep());
  readonly #tunnels = new Map<string, LiveTunnel>();
  /** Interfaces whose endpoints are being resolved; taking one down takes it out of here. */
  readonly #coming = new Set<Tunnel>();
  /** Those of them whose kill switch stands already. */
  readonly #guarded = new Map<Tunnel, PreparedTunnel>();
  readonly #listeners = new Set<(change: TunnelChange) => void>();

  constructor(surroundings: Surroundings) {
    const { programs, folder, log, clock, owner } = surroundings;
    this.#surroundings = surroundings;
    this.#driver = new LinkDriver(
      programs,
      folder,
      surroundings.byWgQuick === true ? byWgQuick(programs) : directly(programs),
    );
    this.#record = new HoldingsRecord(folder, log);
    this.#neighbours = new Neighbours(folder, owner);
    this.#holder = new NetworkHolder({
      programs,
      driver: this.#driver,
      record: this.#record,
      neighbours: this.#neighbours,
      log,
    });
    const changed = (): void => void this.#turnstile.pass(() => this.#followNames());
    this.#names = new NameHolder({ programs, folder, clock, log, owner, changed });
    this.#scripts = new ScriptKeeper({ programs, owner, log });
    this.#monitor = new NetworkMonitor(programs, log, () => this.#networkChanged());
    this.#uplink = new UplinkOpening(
      owner,
      clock,
      () => void this.#turnstile.pass(() => this.#followUplink()),
    );
    this.#roaming = new Roaming(programs, log, {
      look: (live) => this.#look(live),
      moved: (live) => this.#endpoints.moved(live),
      now: () => clock.now(),
    });
    this.#resolver = new OutsideResolver(
      surroundings.resolverProgram,
      programs,
      () => this.#servers.now(),
      log,
    );
    this.#endpoints = new EndpointFollower({
      lookUp: (name) => this.#resolver.lookUp(name),
      routesTo: (endpoints, mark) => routesTo(endpoints, mark, programs),
      now: () => clock.now(),
      redial: (live, endpoints, unresolved) =>
        this.#turnstile.pass(() => this.#redial(live, endpoints, unresolved)),
    });
    this.#sleep = new SleepNotice(clock);
  }

  /** Brings back the tunnels that a helper before this one promised, and undoes whatever else it left. */
  start(): Promise<void> {
    return this.#turnstile.pass(async () => {
      const tunnels = amongThemselves(this.#record.promised()).map((prepared) => this.#add(prepared));
      if (tunnels.length > 0) this.#begin(tunnels);
      await this.#repair();
    });
  }

  /**
   * Sets a tunnel up. One that is up already and the same is left alone; one that has other peers gets them, and those that stay keep their
   * sessions; one that is another otherwise is replaced, and so are those in conflict with it where that is decided.
   *
   * @param wait seconds to wait for a handshake; null does not wait
   * @throws FaultError `tunnel-not-up` where only the peers of one that is up are to be others and it is not; and then nothing of the tunnel is left, those that it should have replaced are back, save with `handshake-timeout`, where it stays up; a conflict
   * that nobody has decided about is one, by its own code
   */
  async up(asked: Tunnel, wait: number | null, decisions: Decisions): Promise<TunnelStatus> {
    const ruling = this.#scripts.ruleForUp(this.#asked(asked, decisions), decisions.accept);
    const { tunnel } = ruling;
    // Names are looked up before the turnstile: one that nobody answers for must not hold up the other tunnels.
    this.#coming.add(tunnel);
    const ipv6 = await hasIPv6();
    // Whoever is asked now is known when a tunnel's own servers stand in their place.
    await this.#servers.now();
    const live = await this.#whileGuarded(tunnel, async () => {
      const endpoints = await this.#resolve({ ruling, ipv6 }, decisions);
      return this.#turnstile.pass(() => this.#bringUp({ ruling, endpoints, ipv6 }, decisions));
    });
    if (wait !== null) await this.#awaitHandshake(live, wait);
    return live.status();
  }

  /**
   * Takes a tunnel down, or all of them; one that is only just coming up is called off.
   *
   * @returns the interfaces that went
   * @throws FaultError `tunnel-not-up`; whatever keeps names from being put back, though the tunnels went
   */
  async down(interfaceName: string | null): Promise<string[]> {
    const calledOff = this.#callOff(interfaceName);
    return this.#turnstile.pass(async () => {
      const going = [...this.#tunnels.values()].filter(
        (live) => interfaceName === null || live.interface === interfaceName,
      );
      if (interfaceName !== null && going.length === 0 && calledOff.length === 0) throw notUp(interfaceName);
      const namesFault = await this.#takeDown(going);
      const gone = [...calledOff, ...going.map((live) => live.interface)];
      if (namesFault !== null) throw new FaultError(namesLeft(gone, namesFault));
      return gone;
    });
  }

  /**
   * Opens the uplink to the owner's programs although the kill switch of a tunnel blocks it, as long as no peer answers.
   *
   * @param minutes 0 closes it
   * @returns when it closes; null where it is closed
   * @throws FaultError `tunnel-not-up`, `kill-switch-not-blocking`
   */
  openUplink(interfaceName: string, minutes: number): Promise<{ until: Timestamp | null }> {
    return this.#turnstile.pass(async () => {
      const live = this.#tunnels.get(interfaceName);
      if (live === undefined) throw notUp(interfaceName);
      if (minutes > 0 && !live.isBlocking) throw notBlocking(live);
      this.#uplink.open(minutes);
      await this.#followUplink();
      return { until: this.#uplink.closesAt };
    });
  }

  /** What would be done for a tunnel, and what it would run into. Changes nothing. */
  async plan(tunnel: Tunnel): Promise<HelperResult<'plan'>> {
    const ipv6 = await hasIPv6();
    const ruling = this.#scripts.rule(tunnel);
    const known = { ruling, endpoints: await resolveEndpoints(tunnel, this.#lookups()), ipv6 };
    const others = this.#others(tunnel);
    const { prepared, foreseen } = await this.#foresee(known, others);
    const wish = wishOfTunnel(prepared);
    const otherWishes = others.map((live) => wishOfTunnel(live.prepared));
    const { dns, warnings } = await this.#names.foresee(wish, otherWishes);
    const plan = planOf(prepared, foreseen, this.#allOthers(others));
    const ofNames = nameConflict(wish, otherWishes);
    return {
      ...plan,
      dns: {
        ...dns,
        servers: [...dns.servers],
        domains: [...dns.domains],
        searchDomains: [...dns.searchDomains],
      },
      conflicts: [...plan.conflicts, ...(ofNames === null ? [] : [ofNames])],
      warnings: [...plan.warnings, ...(ofNames === null ? warnings : [])],
    };
  }

  /** Where a packet of this machine's would go, and why not elsewhere. @param mark 0 is none */
  explain(destination: string, mark: number): Promise<HelperResult<'explain'>> {
    const { programs, owner: user } = this.#surroundings;
    const own = [...this.#tunnels.values()];
    const names = tunnelNames(this.#allOthers(own));
    return explain({ destination, mark, user }, own, names, programs, this.#names);
  }

  /** The state of every tunnel, read afresh. */
  async status(): Promise<TunnelStatus[]> {
    await this.#lookAtAll();
    return [...this.#tunnels.values()].map((live) => live.status());
  }

  /**
   * Undoes whatever the tunnels that are up do not account for, and those whose kill switch keeps everything from leaving: whoever asks
   * wants his network back.
   *
   * @returns a line for each thing
   */
  async recover(): Promise<string[]> {
    await this.#lookAtAll();
    return this.#turnstile.pass(async () => {
      const blocking = [...this.#tunnels.values()].filter(({ isBlocking }) => isBlocking);
      if (blocking.length > 0) await this.#takeDown(blocking);
      for (const { tunnel } of this.#record.promised()) {
        if (!this.#tunnels.has(tunnel.interface)) this.#record.release(tunnel.interface);
      }
      const names = await this.#holdNames([...this.#tunnels.values()]);
      this.#uplink.close();
      const { removed } = await this.#holder.hold(this.#prepared(), 'observed', this.#exceptions());
      const taken = blocking.map((live) => `tunnel ${live.interface}, whose kill switch let nothing leave`);
      return [...taken, ...names, ...removed.map(resourceIdentity)];
    });
  }

  /** Calls `listener` with every change from now on; the returned function ends that. */
  watch(listener: (change: TunnelChange) => void): () => void {
    this.#listeners.add(listener);
    this.#pace();
    return () => {
      this.#listeners.delete(listener);
      this.#pace();
    };
  }

  /** Ends supervision, and takes the tunnels down unless they are to be kept. */
  async stop(keep: boolean): Promise<void> {
    this.#callOff(null);
    await this.#turnstile.pass(async () => {
      this.#monitor.stop();
      this.#repairs.stop();
      this.#roaming.stop();
      this.#endpoints.stop();
      this.#resolver.stop();
      if (!keep) await this.#takeDown([...this.#tunnels.values()]);
      await this.#names.stop(keep);
      this.#looks.every(null);
      this.#inspections.every(null);
      this.#awakenings.every(null);
      for (const live of this.#tunnels.values()) live.detach();
    });
  }

  /** What of a wish is to be now. @throws FaultError `tunnel-not-up` */
  #asked(asked: Tunnel, { peersOnly = false }: Decisions): Tunnel {
    if (!peersOnly) return asked;
    const present = this.#tunnels.get(asked.interface)?.prepared.tunnel;
    if (present?.name !== asked.name) throw notUp(asked.interface);
    return withPeersOf(present, asked);
  }

  async #bringUp({ ruling, ...rest }: Known, decisions: Decisions): Promise<LiveTunnel> {
    const { log } = this.#surroundings;
    // Meanwhile somebody may have taken it down, or brought it up as another.
    const tunnel = this.#asked(ruling.tunnel, decisions);
    const known = { ...rest, ruling: { ...ruling, tunnel } };
    const present = this.#tunnels.get(tunnel.interface);
    if (present !== undefined) {
      if (present.prepared.tunnel.name !== tunnel.name) throw anotherTunnelsInterface(tunnel, present);
      if (present.phase.kind === 'up' && sameTunnel(present.prepared.tunnel, tunnel)) return present;
    }
    const { prepared, leaving } = await this.#agree(known, decisionsWith(present, tunnel, decisions));
    const engine = leaving.length === 0 ? (present?.engine ?? null) : null;
    if (present !== undefined && engine !== null && canBecome(present.prepared.tunnel, prepared.tunnel)) {
      await this.#change(present, engine, prepared);
      this.#endpoints.remember(present, known.endpoints);
      return present;
    }
    const live = await this.#put(prepared, present === undefined ? leaving : [present, ...leaving]);
    this.#endpoints.remember(live, known.endpoints);
    this.#begin([live]);
    await this.#greet(live);
    await this.#look(live);
    log('tunnel-up', {
      interface: live.interface,
      engine: live.engine?.name ?? 'none',
      mtu: live.prepared.mtu,
    });
    return live;
  }

  /**
   * Prepares a tunnel as it may come up. Changes nothing.
   *
   * @throws FaultError with the code of a conflict that nobody has decided about
   */
  async #agree(known: Known, decisions: Decisions): Promise<Agreed> {
    const others = this.#others(known.ruling.tunnel);
    const now = await this.#foresee(known, others);
    const namesNow = namesBeside(now.prepared, others);
    const going = decisions.switch === true ? inTheWay(now.foreseen, namesNow, decisions) : new Set<string>();
    const leaving = others.filter((live) => going.has(live.interface));
    const staying = others.filter((live) => !going.has(live.interface));
    const { prepared, foreseen } = leaving.length === 0 ? now : await this.#foresee(known, staying, leaving);
    decideNames(leaving.length === 0 ? namesNow : namesBeside(prepared, staying), decisions);
    const { accept, subtract } = decisions;
    return { prepared: { ...decide(prepared, foreseen, decisions), decided: { accept, subtract } }, leaving };
  }

  /** Does work under a kill switch that stands ahead of its tunnel, if it does; afterwards it is the tunnel's, or gone. */
  async #whileGuarded<T>(tunnel: Tunnel, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#guarded.delete(tunnel);
      return result;
    } catch (error) {
      if (this.#guarded.delete(tunnel)) await this.#turnstile.pass(() => this.#repair());
      throw error;
    }
  }

  /**
   * Looks the endpoints of a tunnel up. Where that takes its time, the kill switch that the tunnel is to have stands meanwhile; the questions
   * pass it. Whoever has to be asked about the tunnel is asked first.
   *
   * @throws FaultError `endpoint-unresolved`, a conflict that nobody has decided about, that it was called off; and then the kill switch is as before
   */
  async #resolve(known: Omit<Known, 'endpoints'>, decisions: Decisions): Promise<ResolvedEndpoints> {
    const { tunnel } = known.ruling;
    const looking = resolveEndpoints(tunnel, this.#lookups());
    try {
      if (tunnel.killSwitch !== null && (await isSlow(looking))) {
        await this.#turnstile.pass(async () => {
          const { prepared } = await this.#agree({ ...known, endpoints: new Map() }, decisions);
          this.#guarded.set(tunnel, prepared);
          await this.#hold('remembered');
        });
      }
      const endpoints = await looking;
      if (!this.#coming.has(tunnel)) throw cancelled(tunnel.name);
      return endpoints;
    } finally {
      this.#coming.delete(tunnel);
    }
  }

  /** Makes a tunnel, in the place of the one that has its interface now and of others. Where that fails, those are back. */
  async #put(prepared: PreparedTunnel, replaced: readonly LiveTunnel[]): Promise<LiveTunnel> {
    let live: LiveTunnel | null = null;
    const earlier = replaced.map((other) => other.prepared);
    const others = earlier.filter(({ tunnel }) => tunnel.interface !== prepared.tunnel.interface);
    // Until it is known that they stay away, their kill switch does not open.
    const guarding = others.filter(({ tunnel }) => tunnel.killSwitch !== null);
    for (const other of guarding) this.#guarded.set(other.tunnel, other);
    try {
      if (replaced.length > 0) await this.#takeDown(replaced, [...earlier, prepared]);
      live = this.#add(prepared);
      await this.#look(live);
      await this.#scripts.run('PreUp', prepared.tunnel);
      await this.#holdFor(live);
      await this.#holdNames([...this.#tunnels.values()]);
      await this.#scripts.run('PostUp', prepared.tunnel);
      this.#record.promise(live.prepared);
      for (const { tunnel } of others) this.#record.release(tunnel.interface);
    } catch (error) {
      if (live !== null) this.#drop(live);
      for (const other of earlier) {
        await this.#scripts.runAnyway('PreUp', other.tunnel);
        this.#begin([this.#add(other)]);
      }
      for (const { tunnel } of guarding) this.#guarded.delete(tunnel);
      await this.#repair();
      for (const { tunnel } of earlier) await this.#scripts.runAnyway('PostUp', tunnel);
      throw error;
    }
    for (const { tunnel } of guarding) this.#guarded.delete(tunnel);
    // It stands: that a kill switch of another is still shut is no reason to undo it.
    if (guarding.length > 0) await this.#hold('remembered').catch(() => this.#repairs.soon());
    return live;
  }

  /** Gives a tunnel that is up other peers, or names, and leaves the sessions of those that stay. Where that fails, it is as before. */
  async #change(live: LiveTunnel, engine: Engine, asked: PreparedTunnel): Promise<void> {
    const before = live.prepared;
    live.prepared = become(before, asked);
    const changes = peerChanges(before, live.prepared);
    try {
      await engine.change(changes);
      await this.#holdFor(live);
      await this.#holdNames([...this.#tunnels.values()]);
      this.#record.promise(live.prepared);
    } catch (error) {
      await engine.change(peerChanges(live.prepared, before)).catch(() => undefined);
      live.prepared = before;
      await this.#repair();
      throw error;
    }
    this.#surroundings.log('tunnel-changed', {
      interface: live.interface,
      peers: String(changes.changed.length),
      removed: String(changes.removed.length),
    });
    await this.#look(live);
    const called = changes.changed.map(({ publicKey }) => publicKey);
    await this.#greet(live, called);
    await this.#look(live);
  }

  /** Looks at how things are, and prepares a tunnel for them, beside others and when some have gone. Changes nothing. */
  async #foresee(
    known: Known,
    beside: readonly LiveTunnel[],
    leaving: readonly LiveTunnel[] = [],
  ): Promise<{ prepared: PreparedTunnel; foreseen: Foreseen }> {
    const { clock, programs } = this.#surroundings;
    programs.checkEssential();
    const others = this.#allOthers(beside);
    const gone = leaving.map((live) => live.interface);
    const theirs = others.beside.map((neighbour) => neighbour.tunnel);
    const order = Math.max(0, ...[...this.#prepared(), ...theirs].map((other) => other.order)) + 1;
    const prepared = await prepare({ ...known, order, wallTime: clock.wallTime() });
    const [mtu, foreseen] = await Promise.all([
      measureMtu(prepared, programs),
      foresee(prepared, others, gone, programs, this.#names),
    ]);
    return { prepared: { ...prepared, mtu }, foreseen };
  }

  /** Those of other users, too. */
  #allOthers(own: readonly LiveTunnel[]): Others {
    return { own, beside: this.#neighbours.look().tunnels };
  }

  /** The tunnels beside which this one would stand. */
  #others(tunnel: Tunnel): LiveTunnel[] {
    return [...this.#tunnels.values()].filter((live) => live.interface !== tunnel.interface);
  }

  #networkChanged(): void {
    this.#repairs.noticed();
    // One tunnel that cannot be repaired must not keep the others from following.
    if (this.#repairs.isFailing) void this.#followNetwork();
  }

  /** Begins to watch over tunnels that stand now. */
  #begin(tunnels: readonly LiveTunnel[]): void {
    this.#monitor.start();
    void this.#roaming.follow(tunnels);
  }

  /**
   * Makes the network what the tunnels need, by heart; where that fails, again after a look at how it really is.
   *
   * @throws what keeps this one tunnel from standing; another's failure is repaired in its own time
   */
  async #holdFor(live: LiveTunnel): Promise<void> {
    const attempt = async (basis: Basis): Promise<void> => {
      const failed = await this.#hold(basis);
      const reason = failed.get(live.interface);
      if (reason !== undefined) throw reason;
      if (failed.size > 0) this.#repairs.soon();
    };
    await attempt('remembered').catch((error: unknown) => {
      if (faultOf(error).code !== 'network-change-refused') throw error;
      return attempt('observed');
    });
  }

  /** @param guarding tunnels whose kill switch stays: those that go for others to come, which stay promised too, and these others */
  async #takeDown(
    going: readonly LiveTunnel[],
    guarding: readonly PreparedTunnel[] = [],
  ): Promise<Fault | null> {
    // A kill switch may stand without its tunnel, which was called off.
    if (going.length === 0 && !this.#holder.holdsAnything) return null;
    for (const live of going) {
      if (!guarding.includes(live.prepared)) this.#record.release(live.interface);
      live.phase = { kind: 'disconnecting' };
      await this.#look(live);
      await this.#scripts.runAnyway('PreDown', live.prepared.tunnel);
      live.detach();
    }
    const staying = [...this.#tunnels.values()].filter((live) => !going.includes(live));
    // A file that cannot be put back now is put back with the next repair; the tunnels go all the same.
    const namesFault = await this.#followNames(staying);
    try {
      await this.#holder.hold(
        staying.map(({ prepared }) => prepared),
        'remembered',
        this.#exceptions(guarding),
      );
    } finally {
      this.#seeGuard();
      // Whatever could not be removed is ours still, and is removed with the next repair.
      for (const live of going) {
        this.#drop(live);
        this.#surroundings.log('tunnel-down', { interface: live.interface });
      }
      if (this.#holder.holdsAnything) this.#repairs.soon();
    }
    for (const live of going) await this.#scripts.runAnyway('PostDown', live.prepared.tunnel);
    return namesFault;
  }

  /**
   * Makes the network what the tunnels need, and takes up the engines that were made for it.
   *
   * @returns the interfaces that could not be made, and why
   */
  async #hold(basis: Basis): Promise<ReadonlyMap<string, Error>> {
    await this.#removeOrphans();
    const { made, failed } = await this.#holder
      .hold(this.#prepared(), basis, this.#exceptions())
      .finally(() => this.#seeGuard());
    for (const live of this.#tunnels.values()) {
      const reason = failed.get(live.interface);
      if (reason !== undefined) live.phase = { kind: 'failed', fault: faultOf(reason) };
      else if (live.engine === null || made.has(live.interface)) await this.#attach(live);
    }
    return failed;
  }

  /**
   * Makes names be what those of these tunnels want that stand.
   *
   * @returns a line for each thing undone
   */
  async #holdNames(tunnels: readonly LiveTunnel[]): Promise<string[]> {
    // Who signs in at a portal needs the names of the network it is in.
    const isOpen = this.#uplink.now !== null;
    const standing = tunnels.filter(
      ({ phase, isConnected }) => phase.kind === 'up' && (isConnected || !isOpen),
    );
    const wishes = standing.map(({ prepared }) => wishOfTunnel(prepared));
    try {
      return await this.#names.hold(wishes);
    } finally {
      for (const [index, live] of standing.entries()) {
        const wish = wishes[index];
        if (wish !== undefined) live.names = this.#names.statusOf(wish);
      }
    }
  }

  /** The same where nobody waits for it: what fails is given back, and tried again. */
  async #followNames(tunnels: readonly LiveTunnel[] = [...this.#tunnels.values()]): Promise<Fault | null> {
    // One that is being made again keeps its names meanwhile: whoever makes it sees to them.
    if (tunnels.some(({ phase }) => phase.kind === 'connecting')) return null;
    try {
      await this.#holdNames(tunnels);
      return null;
    } catch (error) {
      const fault = faultOf(error);
      this.#surroundings.log('names-failed', { code: fault.code, reason: fault.message });
      this.#repairs.failed();
      return fault;
    }
  }

  /** The uplink was opened or closed: the network follows, and names. */
  async #followUplink(): Promise<void> {
    await this.#hold('remembered').catch((error: unknown) => {
      this.#repairs.soon();
      throw error;
    });
    await this.#followNames();
    await this.#lookAtAll();
  }

  /** @param guarding tunnels whose kill switch holds, beside those that are coming */
  #exceptions(guarding: readonly PreparedTunnel[] = []): Exceptions {
    return {
      guarded: [...guarding, ...this.#guarded.values()].map(guardedTunnel),
      opening: this.#uplink.now,
    };
  }

  #seeGuard(): void {
    for (const live of this.#tunnels.values()) {
      live.isGuarded = this.#holder.isGuarding;
      live.uplinkClosesAt = this.#uplink.closesAt;
    }
  }

  /** An engine that died leaves its interface for a moment, and its socket for good: neither must be taken for alive. */
  async #removeOrphans(): Promise<void> {
    for (const live of this.#tunnels.values()) {
      const mayStand = live.engine === null && this.#holder.holdsLink(live.interface);
      if (mayStand && !(await this.#driver.isServed(live.interface)))
        await this.#driver.remove(live.interface);
    }
  }

  async #attach(live: LiveTunnel): Promise<void> {
    const engine = await this.#driver.attach(live.interface);
    live.attach(engine, await this.#driver.version(live.interface, engine.name));
    engine.onEnd(() => {
      if (live.engine !== engine) return;
      live.detach();
      live.phase = { kind: 'connecting' };
      this.#surroundings.log('engine-ended', { interface: live.interface });
      void this.#look(live);
      this.#repairs.soon();
    });
    live.phase = { kind: 'up' };
    await this.#look(live);
  }

  /** Makes the network what the tunnels need; where the system refuses, their status says so until it does not. */
  async #holdAndTell(): Promise<ReadonlyMap<string, Error>> {
    let trouble: Fault | null = null;
    try {
      return await this.#hold('observed');
    } catch (error) {
      trouble = faultOf(error);
      throw error;
    } finally {
      for (const live of this.#tunnels.values()) live.trouble = trouble;
    }
  }

  /** Looks at how the network is, and makes it what it should be. */
  async #repair(): Promise<void> {
    const fallen = [...this.#tunnels.values()].filter(({ engine }) => engine === null);
    const ipv6 = await hasIPv6();
    for (const live of this.#tunnels.values()) live.prepared = withIPv6(live.prepared, ipv6);
    try {
      const failed = await this.#holdAndTell();
      await this.#holdNames([...this.#tunnels.values()]);
      const [reason] = failed.values();
      if (reason !== undefined) throw reason;
      this.#repairs.succeeded();
    } catch (error) {
      const fault = faultOf(error);
      this.#surroundings.log('repair-failed', { code: fault.code, reason: fault.message });
      this.#repairs.failed();
    }
    for (const live of fallen) {
      if (live.engine === null) continue;
      this.#surroundings.log('tunnel-restored', { interface: live.interface });
      await this.#greet(live);
    }
    await this.#lookAtAll();
    await this.#followNetwork();
    this.#pace();
  }

  /** Reaches the peers by whatever way there is now, at whatever address of theirs it leads to. */
  async #followNetwork(): Promise<void> {
    const tunnels = [...this.#tunnels.values()];
    await this.#roaming.follow(tunnels);
    for (const live of tunnels) void this.#endpoints.routesChanged(live).catch(this.#endpointsFailed);
  }

  /** Looks for peers elsewhere, as their names say, with whatever the network needs for that. */
  async #redial(
    live: LiveTunnel,
    endpoints: ReadonlyMap<KeyText, string>,
    unresolved: readonly UnresolvedEndpoint[],
  ): Promise<void> {
    if (this.#tunnels.get(live.interface) !== live) return;
    const all = { ...live.prepared.endpoints, ...Object.fromEntries(endpoints) };
    live.prepared = withEndpoints(live.prepared, all, unresolved);
    this.#record.promise(live.prepared);
    if (endpoints.size > 0) {
      this.#surroundings.log('endpoints-changed', {
        interface: live.interface,
        endpoints: [...endpoints.values()].join(' '),
      });
      const failed = await this.#hold('remembered');
      if (failed.size > 0) this.#repairs.soon();
      await live.engine?.dial(endpoints).catch(() => undefined);
      await this.#look(live);
      await this.#roaming.call(live, [...endpoints.keys()]);
    }
    await this.#look(live);
  }

  async #noticeSleep(): Promise<void> {
    const slept = this.#sleep.take();
    if (slept === 0) return;
    this.#surroundings.log('woke-up', { seconds: Math.round(slept / 1000) });
    await Promise.all([...this.#tunnels.values()].map((live) => this.#roaming.wakeUp(live)));
  }

  /** How the names of a tunnel that is to come up are looked up. */
  #lookups(): Lookups {
    const { programs } = this.#surroundings;
    return {
      lookUp: (name) => this.#resolver.lookUp(name),
      routesTo: (endpoints) => routesTo(endpoints, outerMark, programs),
    };
  }

  readonly #endpointsFailed = (error: unknown): void => {
    const fault = faultOf(error);
    this.#surroundings.log('endpoints-not-followed', { code: fault.code, reason: fault.message });
    this.#repairs.soon();
  };

  async #inspect(): Promise<void> {
    const stands = await Promise.all([this.#holder.settingsStand(), this.#names.stands()]);
    if (stands.includes(false)) this.#repairs.soon();
  }

  async #awaitHandshake(live: LiveTunnel, seconds: number): Promise<void> {
    const { clock } = this.#surroundings;
    const deadline = clock.now() + seconds * 1000;
    await this.#greet(live);
    while (!live.isConnected) {
      if (this.#tunnels.get(live.interface) !== live) throw notUp(live.interface);
      if (clock.now() >= deadline) throw noHandshake(live, seconds);
      await sleep(waitStep);
      await this.#look(live);
    }
  }

  /** Makes the engine talk to its peers at once, where they are few; or to some of them. */
  async #greet(live: LiveTunnel, only?: readonly KeyText[]): Promise<void> {
    const peers = live.readings.filter(({ publicKey }) => only?.includes(publicKey) ?? true);
    if (peers.length <= mostGreetings) await live.engine?.greet(peers).catch(() => undefined);
  }

  #callOff(interfaceName: string | null): string[] {
    const going = [...this.#coming].filter(
      (tunnel) => interfaceName === null || tunnel.interface === interfaceName,
    );
    for (const tunnel of going) {
      this.#coming.delete(tunnel);
      this.#guarded.delete(tunnel);
    }
    return going.map((tunnel) => tunnel.interface);
  }

  #prepared(): PreparedTunnel[] {
    return [...this.#tunnels.values()].map(({ prepared }) => prepared);
  }

  #add(prepared: PreparedTunnel): LiveTunnel {
    const { publicKeyOf, clock } = this.#surroundings;
    const live = new LiveTunnel(prepared, publicKeyOf(prepared.tunnel.privateKey), clock);
    this.#tunnels.set(live.interface, live);
    this.#pace();
    return live;
  }

  #drop(live: LiveTunnel): void {
    live.detach();
    this.#tunnels.delete(live.interface);
    for (const other of this.#tunnels.values()) other.prepared = withoutOther(other.prepared, live.interface);
    if (!this.#prepared().some(({ tunnel }) => tunnel.killSwitch !== null)) this.#uplink.close();
    this.#tell({ interface: live.interface, head: null });
    if (this.#tunnels.size === 0) this.#monitor.stop();
    this.#pace();
  }

  /** Looks at the engines, and after the network, as often as the tunnels and those who watch them need. */
  #pace(): void {
    const isBusy = this.#tunnels.size > 0;
    this.#looks.every(isBusy ? (this.#listeners.size > 0 ? lookEvery.watched : lookEvery.unwatched) : null);
    this.#inspections.every(isBusy ? inspectEvery : null);
    this.#awakenings.every(isBusy ? sleepEvery : null);
  }

  #lookAtAll(): Promise<unknown> {
    const looks = [...this.#tunnels.values()].map((live) => this.#look(live));
    return looks[0] !== undefined && looks.length === 1 ? looks[0] : Promise.all(looks);
  }

  /** Looks at a tunnel and tells those who watch: every look goes by here, or they would miss what it found. */
  #look(live: LiveTunnel): Promise<void> {
    return live.look().then((change) => {
      // It may have gone while its engine was asked, and whoever watches has been told that.
      if (this.#tunnels.get(live.interface) !== live) return undefined;
      this.#tell(change);
      if (this.#uplink.now !== null && live.isConnected) this.#closeUplink();
      void this.#endpoints.consider(live).catch(this.#endpointsFailed);
      if (live.hasForeignMark) return this.#restoreMark(live);
      return undefined;
    });
  }

  /** Nobody needs it any more. */
  #closeUplink(): void {
    this.#uplink.close();
    void this.#turnstile.pass(() => this.#followUplink()).catch(() => undefined);
  }

  async #restoreMark(live: LiveTunnel): Promise<void> {
    // Without its mark a tunnel's own packets would go into a tunnel, round and round.
    this.#surroundings.log('mark-changed', { interface: live.interface });
    await live.engine?.setMark(live.prepared.mark).catch(() => undefined);
  }

  #tell(change: TunnelChange | null): void {
    if (change === null) return;
    for (const listener of this.#listeners) listener(change);
  }
}

function wishOfTunnel({ tunnel, order }: PreparedTunnel): NameWish {
  return wishOf({ ...tunnel, order });
}

/** The conflict of a tunnel's names with those of others; null where there is none. */
function namesBeside(prepared: PreparedTunnel, others: readonly LiveTunnel[]): NameConflict | null {
  return nameConflict(
    wishOfTunnel(prepared),
    others.map((live) => wishOfTunnel(live.prepared)),
  );
}

/** Whether something is not done within the time that nobody waits for. It may fail: whoever awaits it hears of that. */
async function isSlow(work: Promise<unknown>): Promise<boolean> {
  const done = work.then(
    () => false,
    () => false,
  );
  return Promise.race([done, sleep(unguardedTime, true, { ref: false })]);
}

function sameTunnel(a: Tunnel, b: Tunnel): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What was decided when a tunnel came up holds for a change of its peers as well. */
function decisionsWith(present: LiveTunnel | undefined, asked: Tunnel, decisions: Decisions): Decisions {
  const decided = present?.prepared.decided;
  if (present === undefined || decided === undefined || !canBecome(present.prepared.tunnel, asked))
    return decisions;
  return {
    ...decisions,
    accept: [...new Set([...decided.accept, ...decisions.accept])],
    subtract: decided.subtract || decisions.subtract,
  };
}
