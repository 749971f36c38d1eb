import { natRouter, setUp } from '../host-plan.ts';
import type { Host } from '../host.ts';
import type { KeyPair } from '../keys.ts';
import { newKeyPair } from '../keys.ts';
import type { Plug } from '../lab.ts';
import { Lab } from '../lab.ts';
import { startNames, startWeb } from '../services.ts';
import { KILO_PORT, MeshMember, rangesOf, segmentsOf } from './kilo-mesh.ts';
import type { MeshNode } from './kilo-mesh.ts';
import { bridgeLines, clusterNames, podPlan, servicesFirewall } from './kube-node.ts';
import type { PodNetwork } from './kube-node.ts';
import type { Scenario } from './scenario.ts';
import { inLab } from './scenario.ts';

/** The laptop's address in the mesh, and the range that all such have theirs from. */
export const LAPTOP_ADDRESS = '10.5.0.1';
const LAPTOPS = '10.5.0.0/16';

/** A printer in the LAN of gcp, which knows nothing of the cluster. */
export const PRINTER = '172.24.135.200';

/** A name of the laptop's LAN. */
const INTRANET = { 'intranet.corp': '192.168.1.20' };

/**
 * The nodes: m1, m2 and m4 stand in the LAN of gcp, m4 not in the cluster at first; m5 stands there too and is a location of its own; m3
 * and m6 stand in the LAN of aws, m3 on the internet as well.
 */
export const LOCATION_NODES = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'] as const;

/** Name of a node. */
export type LocationNodeName = (typeof LOCATION_NODES)[number];

/** A node, its Pod, and its place in the mesh. */
export interface LocationNode extends MeshNode, PodNetwork {
  readonly name: LocationNodeName;
  readonly keys: KeyPair;
  /** The link in the network of its location. */
  readonly link: string;
}

/** Kilo between locations: each has several nodes behind a leader, which alone is dialled. */
export interface KiloLocation extends Scenario {
  readonly nodes: Readonly<Record<LocationNodeName, LocationNode>>;
  readonly hosts: Readonly<Record<LocationNodeName, Host>>;
  readonly members: Readonly<Record<LocationNodeName, MeshMember>>;
  readonly router: Host;
  /** Takes a node off every network, as a power cut does, or brings it back. */
  plugIn(node: LocationNodeName, plugged: boolean): Promise<void>;
}

/** Where a node stands; the links it has there. */
const places: Readonly<Record<LocationNodeName, { location: string; internal: string; public?: string }>> = {
  m1: { location: 'gcp', internal: '172.24.135.45' },
  m2: { location: 'gcp', internal: '172.24.135.46' },
  m3: { location: 'aws', internal: '192.168.30.1', public: '203.0.113.3' },
  m4: { location: 'gcp', internal: '172.24.135.47' },
  m5: { location: 'edge', internal: '172.24.135.48' },
  m6: { location: 'aws', internal: '192.168.30.2' },
};

/** The Service's Pod is behind the leader of gcp, and the name server's behind that of aws. */
const SERVICE_NODES = { web: 'm2', dns: 'm6' } as const;

/** Builds the scenario; the laptop has no tunnel. About 2 s. */
export async function openKiloLocation(): Promise<KiloLocation> {
  const lab = await Lab.open('kilo-location');
  return inLab(lab, async () => {
    const [laptop, router, office, printer, ...cluster] = await lab.hosts(
      ...['laptop', 'router', 'office', 'printer', ...LOCATION_NODES],
      ...LOCATION_NODES.map((name) => `${name}-pod`),
    );
    const hosts = byNode((_, index) => hostAt(cluster, index));
    const pods = byNode((_, index) => hostAt(cluster, LOCATION_NODES.length + index));
    const nodes = byNode(nodeFacts);
    const all = Object.values(nodes);
    const inLan = (lan: string): Plug[] =>
      all.filter((node) => lanOf(node) === lan).map((node) => [hosts[node.name], node.link]);
    await lab.switch('internet', [
      [router, 'wan'],
      [office, 'wan'],
      [hosts.m3, 'eth0'],
    ]);
    await lab.switch('gcp', [[office, 'lan'], [printer, 'eth0'], ...inLan('gcp')]);
    await lab.switch('aws', inLan('aws'));
    await Promise.all([
      lab.link(router, 'lan', laptop, 'eth0'),
      ...LOCATION_NODES.map((name) => lab.link(hosts[name], 'veth0', pods[name], 'eth0', { mtu: 1420 })),
    ]);
    const toGcp = 'route add 172.24.135.0/24 via 203.0.113.135';
    const nat = natRouter('192.168.1.1/24', '203.0.113.20/24');
    await Promise.all([
      setUp(laptop, {
        links: { eth0: ['192.168.1.5/24'] },
        ip: ['route add default via 192.168.1.1'],
        nameServer: '192.168.1.1',
      }),
      setUp(router, { ...nat, ip: [toGcp] }).then(() => startNames(router, INTRANET)),
      setUp(office, {
        links: { lan: ['172.24.135.254/24'], wan: ['203.0.113.135/24'] },
        forwards: true,
      }),
      setUp(printer, {
        links: { eth0: [`${PRINTER}/24`] },
        ip: ['route add default via 172.24.135.254'],
      }).then(() => startWeb(printer)),
      ...all.map((own) => setUpNode(hosts[own.name], own, nodes)),
      ...all.map(async (own) => {
        const pod = pods[own.name];
        await setUp(pod, podPlan(own));
        await startWeb(pod);
        if (own.name === SERVICE_NODES.dns) await startNames(pod, clusterNames);
      }),
    ]);
    const members = Object.fromEntries(
      await Promise.all(
        all.map(async ({ name, link, keys }) => [
          name,
          await MeshMember.start(hosts[name], link, keys.privateKey),
        ]),
      ),
    ) as Record<LocationNodeName, MeshMember>;
    const client = newKeyPair();
    const visitor = { publicKey: client.publicKey, allowedIps: [`${LAPTOP_ADDRESS}/32`] };
    const inMesh = all.filter(({ name }) => name !== 'm4');
    await Promise.all(inMesh.map((own) => members[own.name].follow(own, inMesh, [visitor])));
    return {
      title: 'Kilo between locations: nodes behind a leader',
      lab,
      client: laptop,
      profile: { name: 'location', text: profileText(client.privateKey, inMesh) },
      reachable: [
        ...inMesh.map(({ name, podAddress }) => ({
          what: `the pod on ${name}`,
          url: `http://${podAddress}/`,
          caller: LAPTOP_ADDRESS,
        })),
        { what: 'm2, behind m1', url: 'http://172.24.135.46/', caller: LAPTOP_ADDRESS },
        { what: 'the printer, as m1', url: `http://${PRINTER}/`, caller: '172.24.135.45' },
      ],
      places: [
        [laptop, 'the client, 192.168.1.5'],
        [router, 'home router and name server 192.168.1.1, outside 203.0.113.20'],
        [office, 'the router of gcp, 172.24.135.254, outside 203.0.113.135'],
        [printer, `a printer in gcp, ${PRINTER}`],
        ...all.map((own) => [hosts[own.name], `${own.location}, ${own.internalAddress}`] as const),
        ...all.map((own) => [pods[own.name], `a pod, ${own.podAddress}`] as const),
      ],
      nodes,
      hosts,
      members,
      router,
      plugIn: async (name, plugged) => {
        const state = plugged ? 'in' : 'out';
        await lab.cable(hosts[name], nodes[name].link, state);
        if (name === 'm3') await lab.cable(hosts[name], 'eth0', state);
      },
      [Symbol.asyncDispose]: () => lab.close(),
    };
  });
}

function byNode<T>(make: (name: LocationNodeName, index: number) => T): Record<LocationNodeName, T> {
  return Object.fromEntries(LOCATION_NODES.map((name, index) => [name, make(name, index)])) as Record<
    LocationNodeName,
    T
  >;
}

function hostAt(hosts: readonly Host[], index: number): Host {
  const host = hosts[index];
  if (host === undefined) throw new RangeError(`no host ${index}`);
  return host;
}

function lanOf({ internalAddress }: MeshNode): string {
  return internalAddress.startsWith('172.24.135.') ? 'gcp' : 'aws';
}

function nodeFacts(name: LocationNodeName, index: number): LocationNode {
  const { location, internal, public: outside = internal } = places[name];
  const keys = newKeyPair();
  return {
    name,
    location,
    internalAddress: internal,
    endpoint: `${outside}:${KILO_PORT}`,
    publicKey: keys.publicKey,
    keys,
    podCidr: `10.190.${index}.0/24`,
    bridgeAddress: `10.190.${index}.1`,
    podAddress: `10.190.${index}.10`,
    wantsToLead: name === 'm1' || name === 'm3',
    // Somebody has written it down at each node of the location, so that it stays when one is lost.
    near: location === 'gcp' ? [`${PRINTER}/32`] : [],
    link: name === 'm3' ? 'eth1' : 'eth0',
  };
}

/** A node without its kilo0. */
async function setUpNode(
  host: Host,
  own: LocationNode,
  nodes: Readonly<Record<LocationNodeName, LocationNode>>,
): Promise<void> {
  const outside = places[own.name].public;
  const isInOffice = lanOf(own) === 'gcp';
  const services = servicesFirewall(
    own,
    { web: nodes[SERVICE_NODES.web].podAddress, dns: nodes[SERVICE_NODES.dns].podAddress },
    LAPTOPS,
  );
  await setUp(host, {
    links: {
      [own.link]: [`${own.internalAddress}/24`],
      ...(outside === undefined ? {} : { eth0: [`${outside}/24`] }),
      veth0: [],
    },
    ip: [
      ...bridgeLines(own, 'veth0'),
      ...(isInOffice ? ['route add default via 172.24.135.254'] : []),
      ...(outside === undefined ? [] : ['route add 172.24.135.0/24 via 203.0.113.135']),
    ],
    forwards: true,
    // As Kilo has it for what is near a location and knows no way back. @see kilo pkg/mesh/routes.go Rules
    firewall: `${services}
      table ip kilo {
        chain postrouting {
          type nat hook postrouting priority srcnat;
          ip saddr ${LAPTOPS} ip daddr ${PRINTER} masquerade
        }
      }`,
  });
  await startWeb(host);
}

/** What `kgctl showconf peer` prints, with the [Interface] that people put before it. */
function profileText(privateKey: string, nodes: readonly MeshNode[]): string {
  const peers = segmentsOf(nodes).map(
    (segment) => `[Peer]
AllowedIPs = ${rangesOf(segment).join(', ')}
Endpoint = ${segment.leader.endpoint}
PersistentKeepalive = 0
PublicKey = ${segment.leader.publicKey}
`,
  );
  return `[Interface]
Address = ${LAPTOP_ADDRESS}/32
PrivateKey = ${privateKey}

${peers.join('\n')}`;
}
