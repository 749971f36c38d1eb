import { setUp } from '../host-plan.ts';
import type { Host } from '../host.ts';
import type { KeyPair } from '../keys.ts';
import { newKeyPair } from '../keys.ts';
import { Lab } from '../lab.ts';
import { startWeb } from '../services.ts';
import { raiseByQuick } from '../wireguard.ts';
import type { Profile, Scenario } from './scenario.ts';
import { inLab } from './scenario.ts';

/** A cluster of one node, which is its Pods and Services too. */
interface Cluster {
  readonly name: 'east' | 'west';
  readonly publicAddress: string;
  /** The laptop's in this cluster, by which it is told who asks. */
  readonly laptopAddress: string;
  readonly node: KeyPair;
  readonly laptop: KeyPair;
}

/** Two clusters with the ranges of every k3s, and a laptop that knows both. */
export interface TwinClusters extends Scenario {
  /** Profiles for the first and the second cluster; `profile` is the first. */
  readonly east: Profile;
  readonly west: Profile;
  /** A Pod's web address, the same in both clusters. */
  readonly podUrl: string;
  /** The callers that the Pods of the clusters see. */
  readonly callers: { readonly east: string; readonly west: string };
}

const POD = '10.42.0.10';
const SERVICE = '10.43.0.80';

/** Builds the scenario; the laptop has no tunnel. About 0.4 s. */
export async function openTwinClusters(): Promise<TwinClusters> {
  const lab = await Lab.open('twin-clusters');
  return inLab(lab, async () => {
    const [laptop, east, west] = await lab.hosts('laptop', 'east', 'west');
    await lab.switch('internet', [
      [laptop, 'eth0'],
      [east, 'eth0'],
      [west, 'eth0'],
    ]);
    const clusters = {
      east: cluster('east', '203.0.113.1', '10.5.0.1'),
      west: cluster('west', '203.0.113.2', '10.5.0.2'),
    };
    await setUp(laptop, {
      links: { eth0: ['203.0.113.20/24'] },
      // As on any laptop: what no tunnel takes goes out.
      ip: [
        'route add default via 203.0.113.254',
        'neighbour add 203.0.113.254 lladdr 02:00:00:00:00:fe dev eth0',
      ],
    });
    await Promise.all([setUpNode(east, clusters.east), setUpNode(west, clusters.west)]);
    const profiles = { east: profileFor(clusters.east), west: profileFor(clusters.west) };
    return {
      title: 'Two clusters with equal ranges',
      lab,
      client: laptop,
      profile: profiles.east,
      ...profiles,
      podUrl: `http://${POD}/`,
      callers: { east: clusters.east.laptopAddress, west: clusters.west.laptopAddress },
      reachable: [{ what: 'a Pod', url: `http://${POD}/`, caller: clusters.east.laptopAddress }],
      places: [
        [laptop, 'the laptop, 203.0.113.20'],
        [east, `the node of east, 203.0.113.1; a Pod ${POD}`],
        [west, `the node of west, 203.0.113.2; a Pod ${POD}`],
      ],
      [Symbol.asyncDispose]: () => lab.close(),
    };
  });
}

function cluster(name: Cluster['name'], publicAddress: string, laptopAddress: string): Cluster {
  return { name, publicAddress, laptopAddress, node: newKeyPair(), laptop: newKeyPair() };
}

async function setUpNode(host: Host, { publicAddress, node, laptop, laptopAddress }: Cluster): Promise<void> {
  await setUp(host, {
    links: { eth0: [`${publicAddress}/24`], lo: [`${POD}/32`, `${SERVICE}/32`] },
  });
  await raiseByQuick(
    host,
    'wg0',
    `[Interface]
PrivateKey = ${node.privateKey}
Address = 10.4.0.1/16
ListenPort = 51820

[Peer]
PublicKey = ${laptop.publicKey}
AllowedIPs = ${laptopAddress}/32
`,
  );
  await startWeb(host);
}

function profileFor({ name, publicAddress, laptopAddress, node, laptop }: Cluster): Profile {
  return {
    name,
    text: `[Interface]
PrivateKey = ${laptop.privateKey}
Address = ${laptopAddress}/32
ListenPort = ${name === 'east' ? 40_001 : 40_002}

[Peer]
# Name = ${name}
PublicKey = ${node.publicKey}
AllowedIPs = 10.42.0.0/16, 10.43.0.0/16, 10.4.0.1/32
Endpoint = ${publicAddress}:51820
PersistentKeepalive = 5
`,
  };
}
