import type { Host } from '../host.ts';
import { setUp } from '../host-plan.ts';
import type { KeyPair } from '../keys.ts';
import { raiseBySetconf } from '../wireguard.ts';

/** The name the seed's client dials. */
export const RELAY_NAME = 'goblin.lqingcloud.cn';
/** The relay's public address. */
export const RELAY_ADDRESS = '203.0.113.10';
/** The relay's address in the tunnel. */
export const RELAY_TUNNEL_ADDRESS = '10.200.200.2';

/** What the relay of seed 000 is set up with. */
export interface RelayPlan {
  readonly keys: KeyPair;
  /** Its `[Peer]` sections. */
  readonly peers: string;
  /** What happens to a packet to be forwarded that no rule of the seed accepts. */
  readonly forwardPolicy: 'accept' | 'drop';
  /** Static routes "to be added by hand", as lines of `ip`. */
  readonly routes?: readonly string[];
}

/**
 * The relay of seed 000, its link `em1` on the internet: `wg setconf`, not wg-quick, and the seed's five iptables
 * rules, in its order of speaking, as nftables has them.
 */
export async function setUpRelay(relay: Host, gateway: string, plan: RelayPlan): Promise<void> {
  await setUp(relay, {
    links: { em1: [`${RELAY_ADDRESS}/24`] },
    ip: [`route add default via ${gateway}`],
    forwards: true,
    firewall: `
      table ip filter {
        chain INPUT {
          type filter hook input priority filter; policy accept;
          udp dport 51820 accept
          ct state related,established accept
        }
        chain FORWARD {
          type filter hook forward priority filter; policy ${plan.forwardPolicy};
          iifname "wg0" oifname "wg0" ct state new accept
          ct state related,established accept
        }
      }
      table ip nat {
        chain POSTROUTING {
          type nat hook postrouting priority srcnat;
          ip saddr 10.200.200.0/24 oifname "em1" masquerade
        }
      }`,
  });
  await raiseBySetconf(relay, {
    link: 'wg0',
    conf: `[Interface]
# Name = Ali_Server
ListenPort = 51820
PrivateKey = ${plan.keys.privateKey}

${plan.peers}`,
    addresses: [`${RELAY_TUNNEL_ADDRESS}/24`],
    ip: plan.routes ?? [],
  });
}
