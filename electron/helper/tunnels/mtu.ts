/** Bytes that WireGuard adds to a packet over IPv6: 40 of IP, 8 of UDP, 32 of its own. */
const overhead = 80;

/** What most links carry; taken where nothing is known. Bytes. */
const usualOuterMtu = 1500;

/** The MTU of a tunnel over such a link. Bytes. */
export const usualMtu = usualOuterMtu - overhead;

/** The least that IPv6 works on (RFC 8200 section 5): with less, the kernel takes it off an interface. Bytes. */
export const leastMtuForIPv6 = 1280;

/**
 * The MTU of a tunnel whose profile leaves it open: the least of the routes to its endpoints, less WireGuard's overhead, as
 * wg-quick has it; but never so low that IPv6 would go.
 *
 * @param outerMtus of the routes to the endpoints, in bytes
 * @see wireguard-tools src/wg-quick/linux.bash set_mtu_up
 */
export function chooseMtu(outerMtus: readonly number[], wantsIPv6: boolean): number {
  const mtu = Math.min(...(outerMtus.length > 0 ? outerMtus : [usualOuterMtu])) - overhead;
  return wantsIPv6 ? Math.max(mtu, leastMtuForIPv6) : mtu;
}
