import { natRouter, setUp } from '../host-plan.ts';
import type { Host } from '../host.ts';
import { newKeyPair } from '../keys.ts';
import { Lab } from '../lab.ts';
import { startWeb } from '../services.ts';
import { RELAY_ADDRESS, RELAY_NAME, setUpRelay } from './relay.ts';
import type { Scenario } from './scenario.ts';
import { inLab } from './scenario.ts';

const CORE_ADDRESS = '203.0.113.254';

/** Where the PC of {@link FullTunnel} stands on a LAN. */
export interface Position {
  readonly address: string;
  readonly gateway: string;
}

/** Seed 000, scenario 1: the relay is the way to the whole internet. */
export interface FullTunnel extends Scenario {
  readonly relay: Host;
  readonly router: Host;
  readonly otherRouter: Host;
  /** Beyond the relay, at 198.51.100.80. */
  readonly web: Host;
  /**
   * To another LAN and another public address: by `eth1`, as when a cable is taken out and Wi-Fi takes over, or by
   * `eth0`, as when Wi-Fi finds another access point.
   */
  moveToOtherRouter(by?: 'eth0' | 'eth1'): Promise<void>;
  /** The way back, from either. */
  moveHome(): Promise<void>;
  /** At home, gives eth0 another address and, where told, another gateway, as a new DHCP lease does. */
  renumber(position: Position): Promise<void>;
}

/** Where the PC stands at first. */
export const HOME: Position = { address: '192.168.1.11/24', gateway: '192.168.1.1' };
/** Where it stands behind the other router. */
export const ELSEWHERE: Position = { address: '192.168.2.11/24', gateway: '192.168.2.1' };

/** Builds the scenario; the PC has no tunnel. About half a second. */
export async function openFullTunnel(): Promise<FullTunnel> {
  const lab = await Lab.open('full-tunnel');
  return inLab(lab, async () => {
    const [core, relay, web, router, otherRouter, pc] = await lab.hosts(
      'core',
      'relay',
      'web',
      'router',
      'other-router',
      'pc',
    );
    const [home, elsewhere] = await Promise.all([
      lab.switch('home', [
        [router, 'lan'],
        [pc, 'eth0'],
      ]),
      lab.switch('elsewhere', [
        [otherRouter, 'lan'],
        [pc, 'eth1'],
      ]),
      lab.switch('internet', [
        [core, 'internet'],
        [relay, 'em1'],
        [router, 'wan'],
        [otherRouter, 'wan'],
      ]),
      lab.link(core, 'web', web, 'eth0'),
    ]);
    const client = newKeyPair();
    const server = newKeyPair();
    await Promise.all([
      setUp(core, {
        links: { internet: [`${CORE_ADDRESS}/24`], web: ['198.51.100.1/24'] },
        forwards: true,
      }),
      setUp(web, { links: { eth0: ['198.51.100.80/24'] }, ip: ['route add default via 198.51.100.1'] }),
      setUp(router, natRouter('192.168.1.1/24', '203.0.113.20/24', CORE_ADDRESS)),
      setUp(otherRouter, natRouter('192.168.2.1/24', '203.0.113.21/24', CORE_ADDRESS)),
      setUp(pc, {
        links: { eth0: [HOME.address] },
        ip: [`route add default via ${HOME.gateway}`],
        names: { [RELAY_NAME]: RELAY_ADDRESS },
        nameServer: HOME.gateway,
      }),
      setUpRelay(relay, CORE_ADDRESS, {
        keys: server,
        forwardPolicy: 'accept',
        peers: `[Peer]
# Name = Home_Win10
AllowedIPs =  10.200.200.11/32 # Clinet 不配置代理
PublicKey = ${client.publicKey}
`,
      }),
      startWeb(web),
    ]);

    const place = ({ address, gateway }: Position, link: string): string[] => [
      `link set dev ${link} up`,
      `address flush dev ${link} scope global`,
      `address add ${address} dev ${link}`,
      `route replace default via ${gateway} dev ${link}`,
    ];
    return {
      title: 'Seed 000, scenario 1: all of the internet through the relay',
      lab,
      client: pc,
      profile: { name: 'home', text: profileText(client.privateKey, server.publicKey) },
      reachable: [
        { what: 'a web server beyond the relay', url: 'http://198.51.100.80/', caller: RELAY_ADDRESS },
      ],
      places: [
        [pc, 'the client, 192.168.1.11 on eth0; eth1 leads to the other router and is down'],
        [router, 'home router 192.168.1.1, outside 203.0.113.20'],
        [otherRouter, 'another router 192.168.2.1, outside 203.0.113.21'],
        [core, `the internet between them, ${CORE_ADDRESS} and 198.51.100.1`],
        [relay, `${RELAY_NAME} ${RELAY_ADDRESS}, 10.200.200.2 on wg0`],
        [web, 'a web server 198.51.100.80 that tells who called'],
      ],
      relay,
      router,
      otherRouter,
      web,
      moveToOtherRouter: async (by = 'eth1') => {
        if (by === 'eth0') await lab.replug(pc, 'eth0', elsewhere);
        await pc.ip(`link set dev ${by === 'eth0' ? 'eth1' : 'eth0'} down`, ...place(ELSEWHERE, by));
      },
      moveHome: async () => {
        await lab.replug(pc, 'eth0', home);
        await pc.ip('link set dev eth1 down', ...place(HOME, 'eth0'));
      },
      renumber: async (position) => {
        await pc.ip(...place(position, 'eth0'));
      },
      [Symbol.asyncDispose]: () => lab.close(),
    };
  });
}

/** The seed's own client file, with real keys. */
function profileText(privateKey: string, relayKey: string): string {
  return `[Interface]
# Name = Home_Win10
PrivateKey = ${privateKey}
Address = 10.200.200.11/24  # VPN 网络中该Client的IP

[Peer]
# Name = Home_Win10
PublicKey = ${relayKey}
AllowedIPs = 0.0.0.0/1, 128.0.0.0/1, ::/1, 8000::/1
Endpoint = ${RELAY_NAME}:51820  # Server 公网连接端点
PersistentKeepalive = 25
`;
}
