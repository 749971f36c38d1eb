import { formatInterfaceAddress } from '../../../network/prefix.ts';
import type { KiloPeer } from '../../objects/kilo-peer.ts';
import { clusterWarning } from '../catalogue.ts';
import type { Report } from '../catalogue.ts';

/** Says what of Peers somebody could trip over. @param peers in the order of their names */
export function checkPeers(peers: readonly KiloPeer[], report: Report): void {
  const owners = new Map<string, string>();
  for (const { name, publicKey, allowedIps } of peers) {
    const subject = `peer/${name}`;
    if (publicKey === null) report(clusterWarning('peer-incomplete', subject, 'key'));
    else if (allowedIps.length === 0) report(clusterWarning('peer-incomplete', subject, 'addresses'));
    if (publicKey === null) continue;
    for (const text of new Set(allowedIps.map(formatInterfaceAddress))) {
      const other = owners.get(text);
      if (other === undefined) owners.set(text, name);
      else report(clusterWarning('peer-address-taken', subject, text, other));
    }
  }
}
