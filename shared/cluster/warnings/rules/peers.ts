import { formatInterfaceAddress, formatPrefix } from '../../../network/prefix.ts';
import type { InterfaceAddress } from '../../../network/prefix.ts';
import type { KiloPeer } from '../../objects/kilo-peer.ts';
import { clusterWarning } from '../catalogue.ts';
import type { Report } from '../catalogue.ts';

/** Says what of Peers somebody could trip over. @param peers in the order of their names */
export function checkPeers(peers: readonly KiloPeer[], report: Report): void {
  const owners = new Map<string, string>();
  const free = freeAddresses(peers);
  for (const { name, publicKey, allowedIps } of peers) {
    const subject = `peer/${name}`;
    if (publicKey === null) report(clusterWarning('peer-incomplete', subject, 'key'));
    else if (allowedIps.length === 0) report(clusterWarning('peer-incomplete', subject, 'addresses'));
    if (publicKey === null) continue;
    for (const text of new Set(allowedIps.map(formatInterfaceAddress))) {
      const other = owners.get(text);
      if (other === undefined) owners.set(text, name);
      else
        report(clusterWarning('peer-address-taken', subject, text, other, mended(allowedIps, text, free())));
    }
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
