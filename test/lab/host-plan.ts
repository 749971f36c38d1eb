import type { Host } from './host.ts';

/** What a host of a scenario is to be, besides its tunnels. */
export interface HostPlan {
  /** Links that are to be up, with their addresses. */
  readonly links?: Readonly<Record<string, readonly string[]>>;
  /** Further lines of `ip`, after the links: routes above all. */
  readonly ip?: readonly string[];
  /** Whether it passes packets on; no unless told. */
  readonly forwards?: boolean;
  /** Its firewall, as nft reads it. */
  readonly firewall?: string;
  /** Names it knows without asking anyone, each with its address. */
  readonly names?: Readonly<Record<string, string>>;
  /** The name server in its resolv.conf. */
  readonly nameServer?: string;
}

/** Makes a host what the plan says, in one entry. */
export async function setUp(host: Host, plan: HostPlan): Promise<void> {
  const { links = {}, ip = [], names = {} } = plan;
  const ipLines = Object.entries(links).flatMap(([link, addresses]) => [
    ...addresses.map((address) => `address add ${address} dev ${link}`),
    `link set dev ${link} up`,
  ]);
  const script = [
    ...(plan.forwards === true ? ['echo 1 >/proc/sys/net/ipv4/ip_forward'] : []),
    `ip -batch - <<'END'\n${[...ipLines, ...ip].join('\n')}\nEND`,
    ...(plan.firewall === undefined ? [] : [`nft -f - <<'END'\n${plan.firewall}\nEND`]),
    ...Object.entries(names).map(([name, address]) => `echo '${address} ${name}' >>/etc/hosts`),
    ...(plan.nameServer === undefined ? [] : [`echo 'nameserver ${plan.nameServer}' >/etc/resolv.conf`]),
  ];
  await host.shell(script.join('\n'));
}

/**
 * A router whose link `lan` is a home's or an office's and whose link `wan` is the internet's: what comes from
 * inside leaves with its outer address, and nothing comes in unasked. Addresses carry their prefix length.
 */
export function natRouter(lan: string, wan: string, gateway?: string): HostPlan {
  return {
    links: { lan: [lan], wan: [wan] },
    ip: gateway === undefined ? [] : [`route add default via ${gateway}`],
    forwards: true,
    firewall: `
      table ip router {
        chain forward {
          type filter hook forward priority filter; policy accept;
          iifname "wan" ct state new drop
        }
        chain postrouting {
          type nat hook postrouting priority srcnat;
          oifname "wan" masquerade
        }
      }`,
  };
}
