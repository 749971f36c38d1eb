import { placeOfLine } from '../report.ts';
import type { Place, Report } from '../report.ts';
import type { Facts } from '../facts.ts';
import { leastMtuForIPv6 } from '../../values/mtu.ts';

/** The most of each thing that the helper's contract takes; a test holds the two together. */
export const limits = { addresses: 256, dnsEntries: 64, peers: 10_000, allowedIpsOfPeer: 20_000 } as const;

/** What a file lacks to be a tunnel, and what only shows once all of it was seen. */
export function checkWholeFile(report: Report, facts: Facts): void {
  checkPresence(report, facts);
  checkScripts(report, facts);
  checkDnsServers(report, facts);
  checkRepeatedAddresses(report, facts);
  checkMtuAgainstIPv6(report, facts);
  checkLimits(report, facts);
}

function checkPresence(report: Report, facts: Facts): void {
  const { interfaceLine } = facts;
  const top = placeOfLine(report.file, 0);
  if (interfaceLine === null && facts.peerSections === 0 && !/\S/.test(report.file.text.slice(0, 10_000))) {
    report.add('file-empty', top, []);
    return;
  }
  if (interfaceLine === null) {
    report.add('interface-missing', top, []);
    return;
  }
  const header = placeOfLine(report.file, interfaceLine);
  if (!facts.interfaceSettings.has('PrivateKey')) report.add('private-key-missing', header, []);
  if (!facts.addressSeen) report.add('address-missing', header, []);
  if (facts.peerSections === 0) report.add('peers-missing', header, []);
}

function checkScripts(report: Report, facts: Facts): void {
  if (facts.firstScript === null) return;
  report.add('scripts-not-run', facts.firstScript, [[...facts.scripts].join(', ')]);
}

function checkDnsServers(report: Report, facts: Facts): void {
  const { firstDnsDomain } = facts;
  if (firstDnsDomain !== null && facts.dnsServers === 0) report.add('dns-search-only', firstDnsDomain, []);
}

/** The kernel tells IPv4 addresses apart by address and length, IPv6 ones by address alone. */
function checkRepeatedAddresses(report: Report, facts: Facts): void {
  const lines = new Map<string, number>();
  for (const { address: own, place } of facts.addresses) {
    const { family, words } = own.address;
    const key = `${words.join('.')}${family === 4 ? `/${own.length}` : ''}`;
    const before = lines.get(key);
    if (before === undefined) lines.set(key, place.line);
    else report.add('address-repeated', place, [textAt(report, place), before + 1]);
  }
}

function checkMtuAgainstIPv6(report: Report, facts: Facts): void {
  if (facts.mtu === null || facts.mtu.bytes >= leastMtuForIPv6) return;
  const address = facts.addresses.some((own) => own.address.address.family === 6);
  if (address || facts.prefixes.hasFamily(6)) report.add('mtu-without-ipv6', facts.mtu.place, []);
}

function checkLimits(report: Report, facts: Facts): void {
  const top = placeOfLine(report.file, facts.interfaceLine ?? 0);
  const check = (count: number, most: number, what: string): void => {
    if (count > most) report.add('limit-exceeded', top, [what, most]);
  };
  check(facts.addresses.length, limits.addresses, 'addresses');
  check(Math.max(facts.dnsServers, facts.dnsDomains), limits.dnsEntries, 'DNS entries');
  check(facts.peers.length, limits.peers, 'peers');
  const largest = facts.peers.reduce((most, peer) => Math.max(most, peer.allowedIps), 0);
  check(largest, limits.allowedIpsOfPeer, 'AllowedIPs of one peer');
}

function textAt(report: Report, place: Place): string {
  return report.file.text.slice(place.start, place.end);
}
