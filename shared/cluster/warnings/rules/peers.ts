import { formatInterfaceAddress, formatPrefix } from '../../../network/prefix.ts';
import type { InterfaceAddress } from '../../../network/prefix.ts';
import type { KiloPeer } from '../../objects/kilo-peer.ts';
import { clusterWarning } from '../catalogue.ts';
import type { Report } from '../catalogue.ts';

/** Of how many addresses of one Peer it is said that they are taken: whoever writes Peers decides how many there are. */
const mostTold = 20;

/** The most allowed IPs that a line to type is given for. */
const mostPatched = 64;

/** Says what of Peers somebody could trip over. @param peers in the order of their names */
export function checkPeers(peers: readonly KiloPeer[], report: Report): void {
  const owners = new Map<string, string>();
  const free = freeAddresses(peers);
  for (const { name, publicKey, allowedIps } of peers) {
    const subject = `peer/${name}`;
    if (publicKey === null) report(clusterWarning('peer-incomplete', subject, 'key'));
    else if (allowedIps.length === 0) report(clusterWarning('peer-incomplete', subject, 'addresses'));
    if (publicKey === null) continue;
    let told = 0;
    for (const text of new Set(allowedIps.map(formatInterfaceAddress))) {
      const other = owners.get(text);
      if (other === undefined) owners.set(text, name);
      else if (++told <= mostTold) {
        const instead = allowedIps.length > mostPatched ? null : mended(allowedIps, text, free());
        report(clusterWarning('peer-address-taken', subject, text, other, instead));
      }
    }
    const everything = allowedIps.find(({ length }) => length === 0);
    if (everything !== undefined)
      report(clusterWarning('peer-carries-all', subject, formatInterfaceAddress(everything)));
  }
}

/** Gives addresses that no Peer has, from the network that Kilo's own examples use. */
function freeAddresses(peers: readonly KiloPeer[]): () => string {
  const taken = new Set(peers.flatMap(({ allowedIps }) => allowedIps.map(formatInterfaceAddress)));
  let last = 0x0a050000;
  return () => {
    for (;;) {
      last += 1;
      const text = formatPrefix({ family: 4, words: [last], length: 32 });
      if (!taken.has(text)) return text;
    }
  };
}

function mended(allowedIps: readonly InterfaceAddress[], taken: string, free: string): string[] {
  return allowedIps.map(formatInterfaceAddress).map((text) => (text === taken ? free : text));
}
