import { chosenServiceCidrs } from '../../../shared/cluster/chosen-service-cidrs.ts';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import type { Cluster } from '../../../shared/cluster/cluster.ts';
import type { Attendance } from '../../../shared/cluster/following/attendance.ts';
import { peerDifferences } from '../../../shared/cluster/following/differences.ts';
import type { PeerDifference } from '../../../shared/cluster/following/differences.ts';
import { followedProfile } from '../../../shared/cluster/following/followed-profile.ts';
import { refuseWideRanges } from '../../../shared/cluster/following/range-guard.ts';
import { meshPeerNamed } from '../../../shared/cluster/kilo/peer-sections.ts';
import type { ClusterReadings } from '../../../shared/cluster/readings.ts';
import { gatewayOf, meshOf, withPeersOf } from '../../../shared/cluster/profile.ts';
import type { ClusterProfile } from '../../../shared/cluster/profile.ts';
import type { ClusterWarning, WarningCode } from '../../../shared/cluster/warnings/catalogue.ts';
import { parse, sameKey, setField } from '../../../shared/config/index.ts';
import type { ConfFile } from '../../../shared/config/index.ts';
import { FaultError, faultOf } from '../../../shared/fault.ts';
import { formatInterfaceAddress, formatPrefix, parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import type { TunnelPeer } from '../../../shared/tunnel/tunnel.ts';
import { HelperConnection } from '../helper-client/connection.ts';
import { Profile } from '../profiles/profile.ts';
import type { ProfileStore } from '../profiles/store.ts';
import { bringUp } from '../tunnels.ts';
import type { KeptCluster, KeptClusters } from './kept.ts';
import { requirePeer } from './lost-peer.ts';

/** What one look at a cluster led to. */
export interface SyncStep {
  readonly differences: readonly PeerDifference[];
  /** The nodes that do not check in any more, and keep their peers for some minutes. */
  readonly stale: readonly string[];
  /** The node through which Services are reached; null where they are not. */
  readonly gateway: string | null;
  /** Whether the tunnel is up, and has the differences. */
  readonly isApplied: boolean;
  /** What keeps a part of the cluster from being reached. */
  readonly warnings: readonly ClusterWarning[];
}

/** What a sync works with. */
export interface SyncHands {
  readonly store: ProfileStore;
  readonly kept: KeptClusters;
  /** The helper's socket. */
  readonly socket: string;
  /** Reads the cluster, afresh. @param withServices whether what tells of the addresses of Services is wanted as well */
  readonly read: (kept: KeptCluster, withServices: boolean) => Promise<ClusterReadings>;
  /** Codes of faults that the person has decided to go on in spite of. */
  readonly accept: readonly string[];
  /** Whether prefixes that are in conflict with something here stay out of the tunnel. */
  readonly subtract: boolean;
}

/** Networks of Services, and whether they are a guess. */
interface Services {
  readonly cidrs: readonly Prefix[];
  readonly guessed: boolean;
}

/** Milliseconds for which the addresses of Services are taken for what they were: they hardly ever change. */
const servicesStay = 600_000;

/** Warnings about what a profile cannot reach although it should. */
const telling: ReadonlySet<WarningCode> = new Set(['key-shared', 'pod-cidr-shared']);

/**
 * Keeps a profile in step with its cluster, and its tunnel if it is up. Each step is whole: what fails leaves profile and tunnel as they
 * were, and the next one is another.
 */
export class ClusterSync {
  readonly #hands: SyncHands;
  readonly #profile: string;
  #attendance: Attendance | null = null;
  /** Whether the cluster has not answered since it did last. */
  #wasAway = false;
  /** When the addresses of Services were read last; milliseconds of a clock that never jumps. */
  #servicesAt = -Infinity;

  /** @param profile the name of a profile that is of a cluster */
  constructor(profile: string, hands: SyncHands) {
    this.#profile = profile;
    this.#hands = hands;
  }

  /**
   * Reads the cluster, and makes the profile and its tunnel what it says.
   *
   * @param gateway the node through which Services are to be reached from now on; it has to be there
   * @throws FaultError of the API, of a mesh without nodes, `kilo-peer-not-found`, `gateway-not-found`, `peer-key-changed`, `cluster-range-wide`,
   *   of the helper
   */
  async step(gateway?: string): Promise<SyncStep> {
    const { store, kept: records, accept } = this.#hands;
    const { name } = await store.find(this.#profile);
    const readings = await this.#read(await records.get(name));
    // Reading takes its time, in which somebody may have changed the profile, or moved the gateway.
    const profile = await store.find(name);
    const known = await records.get(profile.name);
    const cluster = clusterOf(readings, optionsOf(known));
    requirePeer(cluster, known, profile.name);
    const services = servicesOf(known, cluster, readings);
    const chosen = gateway ?? known.gateway ?? known.usedGateway ?? null;
    const {
      profile: content,
      attendance,
      stale,
    } = followedProfile(
      cluster,
      { peer: known.peer, serviceCidrs: services.cidrs, gateway: chosen },
      this.#attendance,
      this.#wasAway,
    );
    requireOwnKey(cluster, known.peer, profile);
    if (gateway !== undefined && content.gateway !== gateway) gatewayOf(meshOf(cluster), gateway);
    const file = withAddresses(withPeersOf(content, profile.file, known.written), profile, content);
    const next = new Profile(profile.name, Buffer.from(file.text), profile.settings);
    const [before, after] = [peersOf(profile), next.tunnel().peers];
    if (!accept.includes('cluster-range-wide')) refuseWideRanges(before.map(carrier), after.map(carrier));
    const differences = peerDifferences(before, after);
    const isChanged = file.text !== profile.file.text;
    // The tunnel first: what it cannot have is not in the profile either, and is tried again.
    const isApplied = isChanged && (await this.#apply(next));
    if (isChanged) await store.replace(profile, file.text);
    const kept: KeptCluster = {
      ...known,
      gateway: gateway ?? known.gateway,
      services: services.cidrs.map(formatPrefix),
      servicesGuessed: services.guessed,
      usedGateway: content.gateway,
      written: content.peers.map(({ publicKey }) => publicKey),
    };
    if (JSON.stringify(kept) !== JSON.stringify(known)) await records.keep(profile.name, kept);
    this.#attendance = attendance;
    this.#wasAway = false;
    const warnings = cluster.warnings.filter(({ code }) => telling.has(code));
    return { differences, stale, gateway: content.gateway, isApplied, warnings };
  }

  async #read(kept: KeptCluster): Promise<ClusterReadings> {
    const isWanted =
      kept.serviceCidrs.includes('auto') &&
      (kept.services === undefined || performance.now() - this.#servicesAt > servicesStay);
    try {
      const readings = await this.#hands.read(kept, isWanted);
      if (isWanted) this.#servicesAt = performance.now();
      return readings;
    } catch (error) {
      this.#wasAway = true;
      throw error;
    }
  }

  /** Whether there was a tunnel to be changed. */
  async #apply(profile: Profile): Promise<boolean> {
    const { socket, accept, subtract } = this.#hands;
    const helper = await HelperConnection.open(socket).catch((error: unknown) => {
      if (error instanceof FaultError && error.fault.code === 'helper-not-running') return null;
      throw error;
    });
    if (helper === null) return false;
    try {
      // What the person has decided since it came up is theirs to bring up.
      await bringUp(helper, profile, { accept, subtract, wait: null, peersOnly: true });
      return true;
    } catch (error) {
      if (faultOf(error).code !== 'tunnel-not-up') throw error;
      return false;
    } finally {
      helper.close();
    }
  }
}

/** What `auto` stands for now: as before where nobody tells, or somebody only guesses who knew. */
function servicesOf(kept: KeptCluster, cluster: Cluster, readings: ClusterReadings): Services {
  if (!kept.serviceCidrs.includes('auto'))
    return { cidrs: chosenServiceCidrs(kept.serviceCidrs, cluster), guessed: false };
  const known = (kept.services ?? []).flatMap((text) => parsePrefix(text) ?? []);
  const guessed = cluster.serviceCidrs.some((cidr) => cidr.guessed);
  const isWorse = guessed && kept.servicesGuessed !== true;
  const isRefused = readings.kinds.serviceCidrs.kind === 'refused';
  const isUnread = cluster.serviceCidrs.length === 0;
  if (known.length > 0 && (isUnread || isRefused || isWorse))
    return { cidrs: known, guessed: kept.servicesGuessed === true };
  return { cidrs: chosenServiceCidrs(kept.serviceCidrs, cluster), guessed };
}

function optionsOf({ granularity, topologyLabel }: KeptCluster): Parameters<typeof clusterOf>[1] {
  return {
    ...(granularity === null ? {} : { granularity }),
    ...(topologyLabel === null ? {} : { topologyLabel }),
  };
}

/** @throws FaultError `peer-key-changed` */
function requireOwnKey(cluster: Cluster, peer: string, profile: Profile): void {
  const { publicKey } = meshPeerNamed(meshOf(cluster), peer);
  const own = profile.summary().publicKey;
  if (own !== null && sameKey(own, publicKey)) return;
  throw new FaultError({
    code: 'peer-key-changed',
    message: `The Peer "${peer}" of the cluster has another key than the profile "${profile.name}": the nodes do not let this laptop in.`,
    hint: 'Somebody has changed or replaced the Peer. Remove the profile, and make it anew: "adit cluster peer apply", "adit cluster import".',
  });
}

/** The file with the addresses that the Peer has in the cluster, where it has others now. */
function withAddresses(file: ConfFile, profile: Profile, { addresses }: ClusterProfile): ConfFile {
  const own = new Set(profile.summary().addresses.map((text) => text.split('/')[0]));
  const wanted = addresses.map(formatInterfaceAddress);
  if (wanted.length === 0 || wanted.every((text) => own.has(text.split('/')[0]))) return file;
  return parse(setField(file, 1, 'Address', wanted.join(', ')).text);
}

/** None where the profile is no tunnel at the moment. */
function peersOf(profile: Profile): readonly TunnelPeer[] {
  try {
    return profile.tunnel().peers;
  } catch {
    return [];
  }
}

function carrier({ name, publicKey, allowedIps }: TunnelPeer): { name: string; prefixes: readonly Prefix[] } {
  return { name: name ?? publicKey, prefixes: allowedIps };
}
