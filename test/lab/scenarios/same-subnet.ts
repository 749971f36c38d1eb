import type { SiteToLan } from './site-to-lan.ts';
import { openSiteToLan } from './site-to-lan.ts';

/** The office's own LAN once more: the PC has the network at home that it is to reach by the tunnel. */
const HOME_LAN = { router: '172.24.135.1/24', pc: '172.24.135.77/24' };

/** Builds seed 000's way into the office for a PC that is at home in a network of the same addresses. About 0.7 s. */
export async function openSameSubnet(): Promise<SiteToLan> {
  const stage = await openSiteToLan(HOME_LAN);
  return { ...stage, title: 'Seed 000, scenario 2, from a home that has the addresses of the office' };
}
