import { addressBits } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
import { networkOf } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import type { KiloNode } from './node.ts';

/** 10.4.0.0/16. @see kilo pkg/mesh/backend.go DefaultKiloSubnet */
const defaultSubnet: Prefix = { family: 4, words: [0x0a040000], length: 16 };

/**
 * The network that the addresses of the mesh come from: that of a node's wireguard-ip, ready or not. Kilo takes any node's; here it is
 * the first by name.
 */
export function meshSubnet(nodes: readonly KiloNode[]): Prefix {
  for (const { wireguardIp } of nodes) if (wireguardIp !== null) return networkOf(wireguardIp);
  return defaultSubnet;
}

/** How many groups a subnet has addresses for: all but its first. */
export function roomIn({ family, length }: Prefix): number {
  return 2 ** (addressBits[family] - length) - 1;
}

/**
 * The address of the group at an index, counted from 0; the first group has the second address.
 *
 * @see kilo pkg/mesh/ip.go allocator
 */
export function groupAddress(subnet: Prefix, index: number): Address {
  const words = [...subnet.words];
  let carry = index + 1;
  for (let at = words.length - 1; at >= 0 && carry > 0; at -= 1) {
    const sum = (words[at] ?? 0) + carry;
    words[at] = sum % 0x1_0000_0000;
    carry = Math.floor(sum / 0x1_0000_0000);
  }
  return { family: subnet.family, words };
}
