import { setUp } from '../host-plan.ts';
import type { Host } from '../host.ts';
import type { KeyPair } from '../keys.ts';
import { newKeyPair } from '../keys.ts';
import { Lab } from '../lab.ts';
import { startWeb } from '../services.ts';
import { raiseByQuick } from '../wireguard.ts';
import type { Scenario } from './scenario.ts';
import { inLab } from './scenario.ts';

/** Seed 001: two hosts, each the other's only peer. */
export interface TwoHosts extends Scenario {
  /** Host B: 172.17.3.1, 10.0.0.2 in the tunnel. It knows A's endpoint too and calls on its own. */
  readonly b: Host;
}

/**
 * Builds the scenario; host A, the client, has no tunnel. About 0.3 s.
 *
 * @param engine the wireguard-go of host B; Debian's unless told
 */
export async function openTwoHosts({ engine }: { readonly engine?: string } = {}): Promise<TwoHosts> {
  const lab = await Lab.open('two-hosts');
  return inLab(lab, async () => {
    const [a, b] = await lab.hosts('a', 'b');
    await lab.link(a, 'eth0', b, 'eth0');
    const keys = { a: newKeyPair(), b: newKeyPair() };
    await Promise.all([
      setUp(a, { links: { eth0: ['172.17.3.2/24'] } }),
      setUp(b, { links: { eth0: ['172.17.3.1/24'] } }),
    ]);
    await Promise.all([
      startWeb(b),
      raiseByQuick(b, 'wg0', hostText(keys.b, '10.0.0.2', keys.a, '172.17.3.2', '10.0.0.1/32'), engine),
    ]);
    return {
      title: 'Seed 001: two hosts',
      lab,
      client: a,
      profile: { name: 'wg0', text: hostText(keys.a, '10.0.0.1', keys.b, '172.17.3.1', '10.0.0.2/32') },
      reachable: [{ what: 'host B', url: 'http://10.0.0.2/', caller: '10.0.0.1' }],
      places: [
        [a, 'the client, host A, 172.17.3.2; 10.0.0.1 in the tunnel'],
        [b, 'host B, 172.17.3.1; 10.0.0.2 on wg0'],
      ],
      b,
      [Symbol.asyncDispose]: () => lab.close(),
    };
  });
}

/** The seed's own file, `EndPoint` spelled as there. */
function hostText(own: KeyPair, address: string, peer: KeyPair, endpoint: string, allowed: string): string {
  return `[Interface]
PrivateKey = ${own.privateKey}
Address = ${address}
ListenPort = 51820

[Peer]
PublicKey = ${peer.publicKey}
EndPoint = ${endpoint}:51820
AllowedIPs = ${allowed}
`;
}
