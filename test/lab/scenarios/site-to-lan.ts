import { natRouter, setUp } from '../host-plan.ts';
import type { Host } from '../host.ts';
import { newKeyPair } from '../keys.ts';
import { Lab } from '../lab.ts';
import { firstReply } from '../measure.ts';
import { startWeb } from '../services.ts';
import { raiseByQuick } from '../wireguard.ts';
import { RELAY_ADDRESS, RELAY_NAME, RELAY_TUNNEL_ADDRESS, setUpRelay } from './relay.ts';
import type { Scenario } from './scenario.ts';
import { inLab } from './scenario.ts';

const CORE_ADDRESS = '203.0.113.254';

/** Seed 000, scenario 2: through the relay into the company's LAN. */
export interface SiteToLan extends Scenario {
  readonly relay: Host;
  /** The company's server: 10.200.200.47 in the tunnel, 172.24.135.46 on the LAN. It forwards and masquerades. */
  readonly server: Host;
  /** The company's other machine, 172.24.135.45, which knows of no tunnel. */
  readonly colleague: Host;
  /** The company's router, 172.24.135.254. */
  readonly gateway: Host;
  readonly router: Host;
}

/** The LAN that the PC is at home in: its router and the PC, with the length of their prefix. */
export interface HomeLan {
  readonly router: string;
  readonly pc: string;
}

const HOME_LAN: HomeLan = { router: '192.168.1.1/24', pc: '192.168.1.11/24' };

/** Builds the scenario, the company's server connected; the PC has no tunnel. About 0.7 s. */
export async function openSiteToLan(home: HomeLan = HOME_LAN): Promise<SiteToLan> {
  const lab = await Lab.open('site-to-lan');
  const [homeRouter = '', homePc = ''] = [home.router, home.pc].map((address) => address.split('/')[0]);
  return inLab(lab, async () => {
    const [core, relay, router, pc, gateway, server, colleague] = await lab.hosts(
      'core',
      'relay',
      'router',
      'pc',
      'gateway',
      'server',
      'colleague',
    );
    await Promise.all([
      lab.switch('internet', [
        [core, 'internet'],
        [relay, 'em1'],
        [router, 'wan'],
        [gateway, 'wan'],
      ]),
      lab.switch('office', [
        [gateway, 'lan'],
        [server, 'eth0'],
        [colleague, 'eth0'],
      ]),
      lab.link(router, 'lan', pc, 'eth0'),
    ]);
    const keys = { pc: newKeyPair(), relay: newKeyPair(), server: newKeyPair() };
    const names = { [RELAY_NAME]: RELAY_ADDRESS };
    const officeRoute = 'route add default via 172.24.135.254';
    await Promise.all([
      setUp(core, { links: { internet: [`${CORE_ADDRESS}/24`] }, forwards: true }),
      setUp(router, natRouter(home.router, '203.0.113.20/24', CORE_ADDRESS)),
      setUp(gateway, natRouter('172.24.135.254/24', '203.0.113.30/24', CORE_ADDRESS)),
      setUp(pc, {
        links: { eth0: [home.pc] },
        ip: [`route add default via ${homeRouter}`],
        names,
        nameServer: homeRouter,
      }),
      setUp(colleague, { links: { eth0: ['172.24.135.45/24'] }, ip: [officeRoute] }),
      setUp(server, {
        links: { eth0: ['172.24.135.46/24'] },
        ip: [officeRoute],
        names,
        forwards: true,
        // What the seed leaves out: without it the colleague answers 10.200.200.11 by way of its own gateway.
        firewall: `
          table ip nat {
            chain POSTROUTING {
              type nat hook postrouting priority srcnat;
              ip saddr 10.200.200.0/24 oifname "eth0" masquerade
            }
          }`,
      }),
      setUpRelay(relay, CORE_ADDRESS, {
        keys: keys.relay,
        forwardPolicy: 'drop',
        peers: `[Peer]
# Name = Home_Win10
AllowedIPs =  10.200.200.11/32
PublicKey = ${keys.pc.publicKey}

[Peer]
# Name = ND_CL_Client
AllowedIPs =  10.200.200.47/32, 172.24.135.0/24
PublicKey = ${keys.server.publicKey}
`,
        routes: ['route add 172.24.135.0/24 via 0.0.0.0 dev wg0'],
      }),
      startWeb(server),
      startWeb(colleague),
    ]);
    // The relay has to listen by now: a lost first handshake is tried again only after 5 s.
    await raiseByQuick(server, 'wg0', serverText(keys.server.privateKey, keys.relay.publicKey));
    await firstReply(server, RELAY_TUNNEL_ADDRESS);

    return {
      title: 'Seed 000, scenario 2: from home into the company LAN, by way of the relay',
      lab,
      client: pc,
      profile: { name: 'office', text: profileText(keys.pc.privateKey, keys.relay.publicKey) },
      reachable: [
        { what: "the company's server", url: 'http://172.24.135.46/', caller: '10.200.200.11' },
        { what: "another machine of the company's", url: 'http://172.24.135.45/', caller: '172.24.135.46' },
      ],
      places: [
        [pc, `the client, ${homePc}`],
        [router, `home router ${homeRouter}, outside 203.0.113.20`],
        [core, `the internet between them, ${CORE_ADDRESS}`],
        [relay, `${RELAY_NAME} ${RELAY_ADDRESS}, 10.200.200.2 on wg0, forwards from wg0 to wg0 only`],
        [gateway, "the company's router 172.24.135.254, outside 203.0.113.30"],
        [server, "the company's server 172.24.135.46, 10.200.200.47 on wg0"],
        [colleague, 'a machine that knows of no tunnel, 172.24.135.45'],
      ],
      relay,
      server,
      colleague,
      gateway,
      router,
      [Symbol.asyncDispose]: () => lab.close(),
    };
  });
}

/** The seed's file for the company's server; its `PrivateKey = 10.200.200.47/24` was meant as the address. */
function serverText(privateKey: string, relayKey: string): string {
  return `[Interface]
# Name = ND_CL_Client
ListenPort = 51820
PrivateKey = ${privateKey}
Address = 10.200.200.47/24

[Peer]
PublicKey =  ${relayKey}
AllowedIPs =  10.200.200.0/24
Endpoint =  ${RELAY_NAME}:51820
PersistentKeepalive = 25
`;
}

/** The seed's own file for the PC at home, with real keys. */
function profileText(privateKey: string, relayKey: string): string {
  return `[Interface]
# Name = Home_Win10
PrivateKey =  ${privateKey}
Address = 10.200.200.11/24 # VPN 网络中该Client的IP

[Peer]
PublicKey =  ${relayKey}
AllowedIPs = 10.200.200.0/24,172.24.135.0/24
Endpoint =  ${RELAY_NAME}:51820
PersistentKeepalive = 25
`;
}
