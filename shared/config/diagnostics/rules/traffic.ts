import { formatAddress } from '../../../network/address.ts';
import type { Family } from '../../../network/address.ts';
import { formatInterfaceAddress, hostPrefix } from '../../../network/prefix.ts';
import type { Prefix } from '../../../network/prefix.ts';
import { sectionAt } from '../../syntax/conf-file.ts';
import type { Facts } from '../facts.ts';
import { placeOfLine } from '../report.ts';
import type { Place, Report } from '../report.ts';

const familyNames: Readonly<Record<Family, string>> = { 4: 'IPv4', 6: 'IPv6' };

/** What AllowedIPs mean together: what goes into the tunnel, what passes it by, and what would go round in it. */
export function checkTraffic(report: Report, facts: Facts): void {
  const all = { 4: facts.prefixes.coversAll(4), 6: facts.prefixes.coversAll(6) };
  const pieces = { 4: all[4] && !hasDefault(facts, 4), 6: all[6] && !hasDefault(facts, 6) };
  const header = placeOfLine(report.file, facts.interfaceLine ?? 0);
  for (const family of [4, 6] as const) {
    if (!all[family]) continue;
    const place = placeOfOwner(report, facts, pieces[family] ? half(family) : wholeOf(family)) ?? header;
    report.add('full-tunnel', place, [familyNames[family]]);
    if (pieces[family]) report.add('full-tunnel-halves', place, [familyNames[family]]);
  }
  if (all[4] && !all[6]) report.add('ipv6-outside', placeOfOwner(report, facts, wholeOf(4)) ?? header, []);
  if (all[6] && !all[4]) report.add('ipv4-outside', placeOfOwner(report, facts, wholeOf(6)) ?? header, []);
  checkFamilies(report, facts, header);
  checkEndpoints(report, facts, pieces);
  checkOwnAddresses(report, facts);
}

/** Only where the interface has an address at all: without any, that is what is reported. */
function checkFamilies(report: Report, facts: Facts, header: Place): void {
  if (facts.addresses.length === 0) return;
  for (const family of [4, 6] as const) {
    const own = facts.addresses.some(({ address }) => address.address.family === family);
    if (!own && facts.prefixes.hasFamily(family))
      report.add('family-without-address', header, [familyNames[family]]);
  }
}

/**
 * Endpoints that lie in a prefix of the tunnel. Behind /0 wg-quick exempts them itself, and for a full tunnel in pieces one
 * warning says it all.
 */
function checkEndpoints(report: Report, facts: Facts, pieces: Readonly<Record<Family, boolean>>): void {
  for (const { endpoint } of facts.peers) {
    if (endpoint === null || pieces[endpoint.address.family]) continue;
    if (facts.prefixes.longestFor(endpoint.address, 0) === null) continue;
    report.add('endpoint-in-allowed-ips', endpoint.place, [formatAddress(endpoint.address)]);
  }
}

function checkOwnAddresses(report: Report, facts: Facts): void {
  for (const { address } of facts.addresses) {
    const place = placeOfOwner(report, facts, hostPrefix(address.address));
    if (place !== null)
      report.add('own-address-routed', place, [
        formatInterfaceAddress({ ...address, length: hostPrefix(address.address).length }),
      ]);
  }
}

/** The header of the peer that has a prefix. */
function placeOfOwner(report: Report, facts: Facts, prefix: Prefix): Place | null {
  const owner = facts.peers[facts.prefixes.ownerOf(prefix) ?? -1];
  return owner === undefined
    ? null
    : placeOfLine(report.file, sectionAt(report.file, owner.section).firstLine);
}

function hasDefault(facts: Facts, family: Family): boolean {
  return facts.prefixes.ownerOf(wholeOf(family)) !== undefined;
}

function wholeOf(family: Family): Prefix {
  return { family, words: family === 4 ? [0] : [0, 0, 0, 0], length: 0 };
}

function half(family: Family): Prefix {
  return { ...wholeOf(family), length: 1 };
}
