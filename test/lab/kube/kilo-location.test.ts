import { expect, test } from 'vitest';
import type { PeerStatus } from '../../../shared/tunnel/status.ts';
import { callerSeenBy } from '../measure.ts';
import { addressOf, clusterName, everything, lanName } from '../product/names.ts';
import type { KiloLocation, LocationNodeName } from '../scenarios/kilo-location.ts';
import { LAPTOP_ADDRESS, openKiloLocation, PRINTER } from '../scenarios/kilo-location.ts';
import { WEB_SERVICE } from '../scenarios/kube-node.ts';
import { difference } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { startLocationAgents } from './location-agents.ts';
import {
  interrupted,
  onStage,
  peersAndProfiles,
  podsThatAnswerOf,
  soon,
  startConnect,
  whyNot,
} from './stage.ts';
import type { ClusterStage } from './stage.ts';

const nothing = { gone: [], added: [] };

type LocationStage = ClusterStage<KiloLocation, LocationNodeName>;

/** What goes where: a location, whose key, where that is dialled, and what it carries. */
type Ways = Readonly<Record<string, { leader: string; endpoint: string | null; ranges: readonly string[] }>>;

/** What is asked of a stage again and again. */
class Watching {
  readonly #stage: LocationStage;

  constructor(stage: LocationStage) {
    this.#stage = stage;
  }

  /** The tunnel's peers by their names. */
  async peers(): Promise<Readonly<Record<string, PeerStatus>>> {
    const { peers } = await this.#stage.adit.status('work');
    return Object.fromEntries(peers.map((peer) => [peer.name ?? '', peer]));
  }

  /** The tunnel's peers as the mesh sees them, without the Services. */
  async ways(): Promise<Ways> {
    const nodes = Object.values(this.#stage.scenario.nodes);
    return Object.fromEntries(
      Object.entries(await this.peers()).map(([name, { publicKey, endpoint, allowedIps }]) => [
        name,
        {
          leader: nodes.find((node) => node.publicKey === publicKey)?.name ?? publicKey,
          endpoint,
          ranges: allowedIps.filter((range) => range !== '10.43.0.0/16').sort(),
        },
      ]),
    );
  }

  /** Waits until the Pods of these nodes answer, and of no others; and the Service, and a name. */
  async reaches(...names: readonly LocationNodeName[]): Promise<void> {
    const { scenario } = this.#stage;
    const all = Object.values(scenario.nodes);
    await expect.poll(() => podsThatAnswerOf(scenario, all), soon).toEqual(names);
    const service = () => callerSeenBy(scenario.client, `http://${WEB_SERVICE}/`).catch(() => null);
    await expect.poll(service, soon).not.toBeNull();
    const address = () => addressOf(scenario.client, clusterName.name);
    await expect.poll(address, soon).toBe(clusterName.address);
  }
}

/** A location in {@link Ways}: ranges are those of its nodes, its address, and the printer where that is near. */
function way(
  { nodes }: KiloLocation,
  members: readonly LocationNodeName[],
  others: readonly string[],
  leader: LocationNodeName | undefined = members[0],
): Ways[string] {
  if (leader === undefined) throw new RangeError('nobody');
  const ranges = members.flatMap((name) => [nodes[name].podCidr, `${nodes[name].internalAddress}/32`]);
  return { leader, endpoint: nodes[leader].endpoint, ranges: [...ranges, ...others].sort() };
}

const printer = `${PRINTER}/32`;

describeInLab('nodes behind the leader of their location, with a real API server', () => {
  test.skipIf(whyNot !== '')(
    `are reached and followed: one more, one moved, another leader, the leader lost${whyNot}`,
    { timeout: 300_000 },
    async () => {
      await onStage(openKiloLocation, startLocationAgents, async (stage) => {
        const { scenario, cluster, agents, adit } = stage;
        const { client, nodes } = scenario;
        const watching = new Watching(stage);
        const ways = () => watching.ways();
        const before = await everything(client);
        await using connect = await startConnect(stage);

        // Each location is one peer, its leader; the others are behind it.
        await watching.reaches('m1', 'm2', 'm3', 'm5', 'm6');
        const aws = way(scenario, ['m3', 'm6'], ['10.4.0.1/32']);
        const edge = way(scenario, ['m5'], ['10.4.0.2/32']);
        const gcp = way(scenario, ['m1', 'm2'], ['10.4.0.3/32', printer]);
        expect(await ways()).toEqual({ aws, edge, gcp });
        expect(await addressOf(client, lanName.name)).toBe(lanName.address);
        // Nodes' own addresses go through the tunnel with their leader, who may be dialled at one of them; what is near it, as if it asked.
        for (const { internalAddress } of [nodes.m1, nodes.m2, nodes.m3, nodes.m5, nodes.m6])
          expect(await callerSeenBy(client, `http://${internalAddress}/`)).toBe(LAPTOP_ADDRESS);
        expect(await callerSeenBy(client, `http://${PRINTER}/`)).toBe(nodes.m1.internalAddress);

        // One more in a location is no new peer, and breaks no session.
        await adit.settledStatus('work');
        const session = (await watching.peers())['gcp']?.latestHandshake;
        await agents.add('m4');
        const larger = way(scenario, ['m1', 'm2', 'm4'], ['10.4.0.3/32', printer]);
        await expect.poll(ways, soon).toEqual({ aws, edge, gcp: larger });
        await watching.reaches('m1', 'm2', 'm3', 'm4', 'm5', 'm6');
        expect((await watching.peers())['gcp']?.latestHandshake).toBe(session);

        // A location of one node goes, when somebody says that it is in another, and comes again.
        await agents.annotate('m5', { location: 'gcp' });
        const largest = way(scenario, ['m1', 'm2', 'm4', 'm5'], ['10.4.0.2/32', printer]);
        await expect.poll(ways, soon).toEqual({ aws, gcp: largest });
        await watching.reaches('m1', 'm2', 'm3', 'm4', 'm5', 'm6');
        await agents.annotate('m5', { location: 'edge' });
        await expect.poll(ways, soon).toEqual({ aws, edge, gcp: larger });
        await watching.reaches('m1', 'm2', 'm3', 'm4', 'm5', 'm6');

        // The leader does not check in: the next of the location leads it, and it has its own Pods still, whose way back is its own.
        await agents.age('m1', 61);
        const led = way(scenario, ['m2', 'm4'], ['10.4.0.3/32', printer]);
        await expect.poll(ways, soon).toEqual({
          ...{ aws, edge, gcp: led },
          'gcp (stale)': way(scenario, ['m1'], []),
        });
        await watching.reaches('m1', 'm2', 'm3', 'm4', 'm5', 'm6');
        expect(await callerSeenBy(client, `http://${nodes.m4.internalAddress}/`)).toBe(LAPTOP_ADDRESS);
        expect(await callerSeenBy(client, `http://${PRINTER}/`)).toBe(nodes.m2.internalAddress);
        // Then it is dead; who lives is reached all the same.
        await scenario.plugIn('m1', false);
        await watching.reaches('m2', 'm3', 'm4', 'm5', 'm6');
        await agents.age('m1', 301);
        await expect.poll(ways, soon).toEqual({ aws, edge, gcp: led });
        // It comes back, and leads.
        await scenario.plugIn('m1', true);
        await agents.age('m1', 0);
        await expect.poll(ways, soon).toEqual({ aws, edge, gcp: larger });
        await watching.reaches('m1', 'm2', 'm3', 'm4', 'm5', 'm6');

        // Of two who are to lead the first by name does; when it is taken out of the cluster, the other, though it is not the first.
        await agents.annotate('m4', { leader: 'true' });
        await agents.remove('m1');
        await scenario.plugIn('m1', false);
        const other = way(scenario, ['m2', 'm4'], ['10.4.0.3/32', printer], 'm4');
        await expect.poll(ways, soon).toEqual({ aws, edge, gcp: other });
        await watching.reaches('m2', 'm3', 'm4', 'm5', 'm6');
        expect(await callerSeenBy(client, `http://${PRINTER}/`)).toBe(nodes.m4.internalAddress);

        expect(await interrupted(connect)).toEqual({ code: 0, signal: null });
        expect(await peersAndProfiles({ cluster, adit })).toEqual({ peers: [], profiles: [] });
        expect(difference(before, await everything(client))).toEqual(nothing);
      });
    },
  );

  test.skipIf(whyNot !== '')(
    `are imported, brought up, and kept in step once when their leader is gone${whyNot}`,
    { timeout: 300_000 },
    async () => {
      await onStage(openKiloLocation, startLocationAgents, async (stage) => {
        const { scenario, agents, adit, source } = stage;
        const watching = new Watching(stage);
        await adit.done('cluster', 'peer', 'apply', ...source, '--name', 'laptop');
        // The Services by a node behind a leader go to that leader.
        expect(
          await adit.done(
            ...['cluster', 'import', ...source, '--as', 'work', '--peer', 'laptop'],
            ...['--service-cidr', 'auto', '--gateway', 'm2', '--names'],
          ),
        ).toMatchObject({ profile: 'work', gateway: 'm2', serviceCidrs: ['10.43.0.0/16'] });
        await adit.done('up', 'work', '--wait=20');
        await watching.reaches('m1', 'm2', 'm3', 'm5', 'm6');
        expect((await watching.peers())['gcp']?.allowedIps).toContain('10.43.0.0/16');
        const once = () => adit.done('cluster', 'sync', 'work', '--once');
        expect(await once()).toMatchObject({ changes: [], stale: [], gateway: 'm2' });
        await agents.remove('m1');
        await scenario.plugIn('m1', false);
        expect(await once()).toMatchObject({ applied: true, gateway: 'm2' });
        expect((await watching.ways())['gcp']).toEqual(way(scenario, ['m2'], ['10.4.0.3/32', printer]));
        await watching.reaches('m2', 'm3', 'm5', 'm6');
        await adit.done('down', 'work');
      });
    },
  );
});
