import { setTimeout as delay } from 'node:timers/promises';
import { chosenServiceCidrs } from '../../../../shared/cluster/chosen-service-cidrs.ts';
import { clusterOf } from '../../../../shared/cluster/cluster.ts';
import type { Cluster } from '../../../../shared/cluster/cluster.ts';
import { FaultError, faultOf } from '../../../../shared/fault.ts';
import type { Fault } from '../../../../shared/fault.ts';
import { formatPrefix } from '../../../../shared/network/prefix.ts';
import type { Prefix } from '../../../../shared/network/prefix.ts';
import type { ApiClient } from '../../../backend/cluster/api/client.ts';
import { readCluster } from '../../../backend/cluster/api/read-cluster.ts';
import { importKiloPeer } from '../../../backend/cluster/import.ts';
import type { ClusterPlaces } from '../../../backend/cluster/import.ts';
import { isOfMesh } from '../../../backend/cluster/kept.ts';
import type { ClusterSource } from '../../../backend/cluster/kept.ts';
import { OwnKeys, profilesWithKey } from '../../../backend/cluster/own-keys.ts';
import { applyPeer } from '../../../backend/cluster/peers/apply.ts';
import type { AppliedPeer, NewPeer } from '../../../backend/cluster/peers/apply.ts';
import { removePeer } from '../../../backend/cluster/peers/remove.ts';
import { HelperConnection } from '../../../backend/helper-client/connection.ts';
import { profileName } from '../../../backend/profiles/name.ts';
import { bringUp, takeDown } from '../../../backend/tunnels.ts';
import type { ApiSource } from '../../cluster-api.ts';
import { reachableNames } from '../../cluster-names.ts';
import { clusterPlaces } from '../../cluster-places.ts';
import {
  apiOperands,
  apiOptions,
  meshAndServices,
  serviceOptions,
  syncOptions,
} from '../../cluster-source.ts';
import { has, listOf, valueOf } from '../../command.ts';
import type { Answer, Command, CommandContext } from '../../command.ts';
import { peerOptions, readPeerWish } from '../../peer-options.ts';
import { wrongUsage } from '../../parse.ts';
import { follow, pauseIn, withSync } from './sync.ts';

/** Seconds to wait for the first handshake: the nodes take a moment to let a new Peer in. */
const handshakeWait = 30;

/** Milliseconds between looks for it. */
const lookEvery = 250;

/** `adit cluster connect` */
export const clusterConnect: Command = {
  name: 'cluster connect',
  operands: apiOperands,
  arity: { least: 0, most: 0 },
  summary: 'Reach the Pods, Services and names of a Kilo cluster, and follow it until Ctrl-C',
  details: [
    'In one step: this laptop’s Peer, its profile, the tunnel, the cluster’s names, and "adit cluster sync". Said again, it goes',
    'on with what is there, and makes the Peer again where it is gone. Ctrl-C ends the following, and the tunnel stays up; with',
    '--rm it undoes everything.',
  ],
  options: {
    as: {
      kind: 'value',
      placeholder: 'PROFILE',
      summary: 'The name of the profile (default: the context’s)',
    },
    rm: { kind: 'flag', summary: 'At the end, take the tunnel down, and remove profile, Peer and key' },
    ...serviceOptions,
    'service-cidr': {
      ...serviceOptions['service-cidr'],
      summary: 'The network of the Services (default: auto)',
    },
    'no-names': { kind: 'flag', summary: 'Leave names as they are' },
    ...peerOptions,
    ...apiOptions,
    ...syncOptions,
  },
  async run(context) {
    const { given, places, say } = context;
    const pause = pauseIn(context);
    const interrupt = new AbortController();
    context.onInterrupt(() => interrupt.abort());
    const { chooseApi } = await import('../../cluster-api.ts');
    const source = await chooseApi(context);
    const name = profileName(
      valueOf(given, 'as') ?? source.context.replace(/[/\\\p{Cc}]+/gu, '-').replace(/^\.+/, ''),
    );
    if (has(given, 'rm')) await requireOwnPeer(context, name);
    // Nothing is made in the cluster where no tunnel can be.
    const helper = await HelperConnection.open(places.socket);
    const made = new Made(context, source);
    try {
      const profile = await join(context, source, name, made, interrupt.signal);
      await bringUp(helper, profile, {
        accept: listOf(given, 'accept'),
        subtract: has(given, 'subtract'),
        wait: null,
      });
      made.tunnel = name;
      const state = await firstAnswer(helper, name, interrupt.signal);
      if (!interrupt.signal.aborted) say(connected(name, state));
    } catch (error) {
      await made.undo();
      requireTime(interrupt.signal);
      throw error;
    } finally {
      helper.close();
    }
    try {
      await withSync(context, name, interrupt.signal, (sync) =>
        follow(context, name, sync, pause, interrupt.signal),
      );
    } finally {
      if (has(given, 'rm'))
        await new Made(context, source, {
          tunnel: name,
          profile: name,
          peer: await peerOf(context, name),
        }).undo();
    }
    if (!has(given, 'rm')) return left(name);
    return {
      json: { profile: name, removed: true },
      text: `${name}: the tunnel, the profile and the Peer are gone.`,
    };
  },
};

/** What a run has made, and can undo. */
class Made {
  readonly #context: CommandContext;
  readonly #source: ApiSource;
  tunnel: string | null;
  profile: string | null;
  peer: NewPeer | null;

  constructor(
    context: CommandContext,
    source: ApiSource,
    { tunnel, profile, peer }: Pick<Made, 'tunnel' | 'profile' | 'peer'> = {
      tunnel: null,
      profile: null,
      peer: null,
    },
  ) {
    this.#context = context;
    this.#source = source;
    this.tunnel = tunnel;
    this.profile = profile;
    this.peer = peer;
  }

  /** Undoes all of it, as far as that is possible. @throws FaultError the first that kept something from it */
  async undo(): Promise<void> {
    const { places } = this.#context;
    const { store } = clusterPlaces(places);
    const faults: Fault[] = [];
    const attempt = async (work: () => Promise<unknown>): Promise<void> => {
      await work().catch((error: unknown) => faults.push(faultOf(error)));
    };
    const { tunnel, profile, peer } = this;
    if (tunnel !== null) {
      await attempt(async () => {
        const helper = await HelperConnection.open(places.socket);
        await takeDown(helper, store, tunnel)
          .catch(unlessOf('tunnel-not-up'))
          .finally(() => helper.close());
      });
    }
    const keys = new OwnKeys(places.home);
    // The Peer first: that it is ours is known by the key, which is in the profile.
    if (peer !== null) {
      await attempt(async () => {
        // Another profile may live on it: that of a connect beside this one.
        const having = await profilesWithKey(store, peer.publicKey);
        if (having.some((other) => other.name !== profile)) return;
        const { withClusterApi } = await import('../../cluster-api.ts');
        await withClusterApi(this.#context, this.#source, (client) =>
          removePeer(client, peer.name, keys),
        ).catch(unlessOf('kilo-peer-not-found', 'peer-not-ours'));
      });
    }
    // Without the profile nobody could remove a Peer that is still there.
    if (profile !== null && faults.length === 0)
      await attempt(async () => store.remove(await store.find(profile)));
    if (peer !== null && faults.length === 0) await attempt(() => keys.forget(peer.publicKey));
    const [first] = faults;
    if (first !== undefined) throw new FaultError(first);
  }
}

/** The profile of the cluster: the one that is there, or a new one of a Peer that is made for it. */
async function join(
  context: CommandContext,
  source: ApiSource,
  name: string,
  made: Made,
  signal: AbortSignal,
) {
  const { given, places, say } = context;
  const cluster = clusterPlaces(places);
  if (await isThere(cluster, name)) {
    const kept = (await cluster.kept.find(name)) ?? requireRecord(name);
    if (!sameSource(kept.source, source)) throw ofAnotherCluster(name);
    const step = (): Promise<unknown> => withSync(context, name, signal, (sync) => sync.step());
    try {
      await step();
    } catch (error) {
      if (faultOf(error).code !== 'kilo-peer-not-found') throw error;
      const { joinAgain } = await import('../../join-again.ts');
      const peer = await joinAgain(context, source, name);
      if (peer?.outcome === 'created') made.peer = peer;
      if (peer !== null) say(applied(peer));
      requireTime(signal);
      await step();
    }
    return cluster.store.find(name);
  }
  const { withClusterApi } = await import('../../cluster-api.ts');
  const wish = await readPeerWish(given, places.home);
  return withClusterApi(context, source, async (client) => {
    const before = await readBefore(client, signal);
    const peer = await applyPeer(client, before, wish, new OwnKeys(places.home), (own) => (made.peer = own));
    const [other] = await profilesWithKey(cluster.store, peer.publicKey);
    if (other !== undefined) throw inUse(peer.name, other.name);
    say(applied(peer));
    requireTime(signal);
    const after = clusterOf(await readCluster(client, meshAndServices));
    const words = servicesIn(listOf(given, 'service-cidr'), after);
    const serviceCidrs = chosenServiceCidrs(words, after);
    const gateway = valueOf(given, 'gateway') ?? null;
    const names = has(given, 'no-names') ? null : reachableNames(after, serviceCidrs);
    const { profile } = await importKiloPeer(
      cluster,
      name,
      after,
      { peer: peer.name, serviceCidrs, gateway },
      names,
      { source, serviceCidrs: words, gateway, granularity: null, topologyLabel: null },
      null,
      listOf(given, 'accept'),
    );
    made.profile = profile.name;
    say(imported(profile.name, serviceCidrs, names?.domains ?? []));
    requireTime(signal);
    return cluster.store.find(profile.name);
  });
}

/** Reads a cluster that has nothing of ours yet: whoever interrupts that waits for no answer. @throws FaultError `interrupted` */
async function readBefore(client: ApiClient, signal: AbortSignal): Promise<Cluster> {
  const callOff = (): void => client.close();
  signal.addEventListener('abort', callOff);
  try {
    const readings = await readCluster(client, meshAndServices);
    requireTime(signal);
    return clusterOf(readings);
  } finally {
    signal.removeEventListener('abort', callOff);
  }
}

/** A cluster that does not tell of its Services is reached without them. */
function servicesIn(words: readonly string[], { serviceCidrs }: Cluster): string[] {
  if (words.length > 0) return [...words];
  return serviceCidrs.length > 0 ? ['auto'] : [];
}

/** @throws FaultError `interrupted` */
function requireTime(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new FaultError({
    code: 'interrupted',
    message: 'It was interrupted.',
    hint: 'What had been made was undone.',
  });
}

/** The state of a tunnel when a node has answered; null where none does for a while, or it was interrupted. */
async function firstAnswer(
  helper: HelperConnection,
  name: string,
  signal: AbortSignal,
): Promise<string | null> {
  const deadline = performance.now() + handshakeWait * 1000;
  while (!signal.aborted && performance.now() < deadline) {
    const tunnel = (await helper.ask('status', {})).find((other) => other.name === name);
    if (tunnel?.state === 'connected') return tunnel.state;
    await delay(lookEvery, null, { signal }).catch(() => null);
  }
  return null;
}

function sameSource(a: ClusterSource | null, b: ApiSource): boolean {
  return a?.kind === 'api' && a.context === b.context && a.kubeconfig.join('\n') === b.kubeconfig.join('\n');
}

function ofAnotherCluster(name: string): FaultError {
  return new FaultError({
    code: 'profile-of-another-cluster',
    message: `There is a profile "${name}", and it is of another cluster.`,
    hint: 'Give this one a name of its own: --as NAME.',
  });
}

/** With the profile of a second mesh would go the key that all its nodes know. @throws FaultError `wrong-usage` */
async function requireOwnPeer({ places }: CommandContext, name: string): Promise<void> {
  const known = await clusterPlaces(places).kept.find(name);
  if (known !== null && isOfMesh(known))
    throw wrongUsage(
      clusterConnect,
      `"${name}" is the profile of a second mesh: with --rm the key that its nodes know would be gone.`,
    );
}

function inUse(peer: string, profile: string): FaultError {
  return new FaultError({
    code: 'peer-in-use',
    message: `The Peer "${peer}" of this laptop is that of the profile "${profile}": two tunnels cannot have one key.`,
    hint: `Go on with that profile (--as ${JSON.stringify(profile)}), or have a Peer of another name (--name NAME).`,
  });
}

/** Lets a fault pass that says no more than that what was to be undone is gone. */
function unlessOf(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes(faultOf(error).code)) throw error;
  };
}

/**
 * Whether there is a profile of a name. One that was killed between its file and its record is taken away, to be made anew: its key
 * still waits among those that are in no profile.
 */
async function isThere({ store, kept, keys }: ClusterPlaces, name: string): Promise<boolean> {
  if (!(await store.names()).includes(name)) return false;
  if ((await kept.find(name)) !== null) return true;
  const profile = await store.find(name);
  const { publicKey } = profile.summary();
  if (publicKey === null || (await keys.find(publicKey)) === null) return true;
  await store.remove(profile);
  return false;
}

/** @throws FaultError `profile-of-no-cluster` */
function requireRecord(name: string): never {
  throw new FaultError({
    code: 'profile-of-no-cluster',
    message: `There is a profile "${name}", and it was not made of a cluster.`,
    hint: 'It is left alone. Give this one a name of its own: --as NAME.',
  });
}

/** The Peer of a profile. */
async function peerOf(context: CommandContext, name: string): Promise<NewPeer | null> {
  const { store, kept } = clusterPlaces(context.places);
  const known = await kept.find(name).catch(() => null);
  const publicKey = (await store.find(name).catch(() => null))?.summary().publicKey ?? null;
  return known === null || isOfMesh(known) || publicKey === null ? null : { name: known.peer, publicKey };
}

function applied({ name, publicKey, addresses }: AppliedPeer): Answer {
  return {
    json: { peer: name, publicKey, addresses },
    text: `The Peer ${name} has ${addresses.join(', ')}.`,
  };
}

function imported(profile: string, serviceCidrs: readonly Prefix[], domains: readonly string[]): Answer {
  const services = serviceCidrs.map(formatPrefix);
  return {
    json: { profile, serviceCidrs: services, domains },
    text: [
      `${profile}: its profile is kept.`,
      services.length === 0
        ? 'Services: nothing tells which addresses they have; --service-cidr CIDR does.'
        : `Services: ${services.join(', ')}`,
      domains.length === 0
        ? 'Names: as before.'
        : `Names: ${domains.slice(0, 4).join(', ')}${domains.length > 4 ? ', …' : ''}`,
    ].join('\n'),
  };
}

function connected(profile: string, state: string | null): Answer {
  return {
    json: { profile, state: state ?? 'handshaking' },
    text:
      state === null
        ? `! ${profile}: the tunnel is up, and no node has answered for ${handshakeWait} s. "adit diagnose ${profile}" tells more.`
        : `${profile}: ${state}. Ctrl-C ends this.`,
  };
}

function left(profile: string): Answer {
  return {
    json: { profile, removed: false },
    text: `${profile}: not followed any more. The tunnel stays up: "adit down ${profile}" takes it down.`,
  };
}
