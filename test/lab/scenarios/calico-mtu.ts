import { setUp } from '../host-plan.ts';
import type { Host } from '../host.ts';
import { newKeyPair } from '../keys.ts';
import type { KeyPair } from '../keys.ts';
import { Lab } from '../lab.ts';
import { startWeb } from '../services.ts';
import { raiseBySetconf } from '../wireguard.ts';
import type { Scenario } from './scenario.ts';
import { inLab } from './scenario.ts';

/** The largest packet that the cloud carries, in bytes, whatever its links say. */
export const PATH_LIMIT = 1400;
/** The node's address, its endpoint too: it lies in its own AllowedIPs. */
export const NODE_ADDRESS = '10.240.0.4';
/** The pods that stand here, of all those that the node has. */
export const POD_ADDRESSES = ['10.240.0.5', '10.240.0.6'] as const;

const LAPTOP_TUNNEL_ADDRESS = '10.240.0.200';
/** The MTU that Calico gives its links where it takes the cloud's for 1,500. */
const CALICO_MTU = 1440;
/** The mark by which Calico keeps WireGuard's own packets out of WireGuard. */
const CALICO_MARK = '0x100000';

/** Seed 004: a node of Calico's on Azure, whose network silently loses what is larger than 1,400 bytes. */
export interface CalicoMtu extends Scenario {
  readonly node: Host;
  readonly pods: readonly [Host, Host];
  /** Between the laptop and the node: it loses large packets, and tells nobody. */
  readonly cloud: Host;
}

/** Builds the scenario; the laptop has no tunnel. About 0.5 s. */
export async function openCalicoMtu(): Promise<CalicoMtu> {
  const lab = await Lab.open('calico-mtu');
  return inLab(lab, async () => {
    const [laptop, cloud, node, first, second] = await lab.hosts('laptop', 'cloud', 'node', 'pod-1', 'pod-2');
    await Promise.all([
      lab.link(laptop, 'eth0', cloud, 'lan'),
      lab.link(cloud, 'vnet', node, 'eth0'),
      lab.link(node, 'cali1', first, 'eth0', { mtu: CALICO_MTU }),
      lab.link(node, 'cali2', second, 'eth0', { mtu: CALICO_MTU }),
    ]);
    const keys = { laptop: newKeyPair(), node: newKeyPair() };
    await Promise.all([
      setUp(laptop, { links: { eth0: ['192.168.1.5/24'] }, ip: ['route add default via 192.168.1.1'] }),
      setUp(cloud, {
        links: { lan: ['192.168.1.1/24'], vnet: ['10.240.0.1/16'] },
        forwards: true,
        firewall: `
          table ip cloud {
            chain forward {
              type filter hook forward priority filter; policy accept;
              ip length > ${PATH_LIMIT} drop
            }
          }`,
      }),
      setUpNode(node, keys.node, keys.laptop),
      setUpPod(first, POD_ADDRESSES[0]),
      setUpPod(second, POD_ADDRESSES[1]),
    ]);

    return {
      title: 'Seed 004: Calico on Azure, where the path takes less than its links say',
      lab,
      client: laptop,
      profile: { name: 'aks', text: profileText(keys.laptop, keys.node) },
      reachable: POD_ADDRESSES.map((address) => ({
        what: 'a pod on the node',
        url: `http://${address}/`,
        caller: LAPTOP_TUNNEL_ADDRESS,
      })),
      places: [
        [laptop, 'the client, 192.168.1.5'],
        [cloud, `between them; loses packets of more than ${PATH_LIMIT} bytes`],
        [node, `the node ${NODE_ADDRESS}, wireguard.cali with an MTU of ${CALICO_MTU}`],
        [first, `a pod, ${POD_ADDRESSES[0]}`],
        [second, `a pod, ${POD_ADDRESSES[1]}`],
      ],
      node,
      pods: [first, second],
      cloud,
      [Symbol.asyncDispose]: () => lab.close(),
    };
  });
}

/** As Calico makes it: a route for each pod, an answer for every gateway, and packets to peers by a table of their own. */
async function setUpNode(node: Host, own: KeyPair, laptop: KeyPair): Promise<void> {
  await setUp(node, {
    links: { eth0: [`${NODE_ADDRESS}/16`], cali1: [], cali2: [] },
    ip: [
      'route add default via 10.240.0.1',
      ...POD_ADDRESSES.map((address, index) => `route add ${address} dev cali${index + 1}`),
    ],
    forwards: true,
  });
  await node.shell('for link in cali1 cali2; do echo 1 >/proc/sys/net/ipv4/conf/$link/proxy_arp; done');
  await raiseBySetconf(node, {
    link: 'wireguard.cali',
    conf: `[Interface]
PrivateKey = ${own.privateKey}
ListenPort = 51820
FwMark = ${CALICO_MARK}

[Peer]
PublicKey = ${laptop.publicKey}
AllowedIPs = ${LAPTOP_TUNNEL_ADDRESS}/32
`,
    addresses: [],
    ip: [
      `link set dev wireguard.cali mtu ${CALICO_MTU}`,
      `route add ${LAPTOP_TUNNEL_ADDRESS} dev wireguard.cali src ${NODE_ADDRESS} table 1`,
      `rule add not fwmark ${CALICO_MARK}/${CALICO_MARK} lookup 1 pref 99`,
    ],
  });
}

async function setUpPod(pod: Host, address: string): Promise<void> {
  await setUp(pod, {
    links: { eth0: [`${address}/32`] },
    ip: ['route add 169.254.1.1 dev eth0 scope link', 'route add default via 169.254.1.1 dev eth0'],
  });
  await startWeb(pod);
}

/** The node as the seed's `wg show` has it, but for the keys: an address for itself, and one for every pod. */
function profileText(laptop: KeyPair, node: KeyPair): string {
  const addresses = Array.from({ length: 30 }, (_, index) => `10.240.0.${index + 4}/32`);
  return `[Interface]
PrivateKey = ${laptop.privateKey}
Address = ${LAPTOP_TUNNEL_ADDRESS}/32

[Peer]
# Name = aks-node
PublicKey = ${node.publicKey}
Endpoint = ${NODE_ADDRESS}:51820
AllowedIPs = ${addresses.join(', ')}
`;
}
