import { givenKeyIn, prefixesIn } from '../../meaning/peer-section.ts';
import { endOfLine, lineEndOf, sectionAt, squeezedValue } from '../../syntax/conf-file.ts';
import type { Section, Setting } from '../../syntax/conf-file.ts';
import type { PeerField } from '../../syntax/vocabulary.ts';
import { readKeepalive } from '../../values/keepalive.ts';
import type { Facts } from '../facts.ts';
import { fixBy, placeOfKey, placeOfLine, placeOfValue, replacePlace } from '../report.ts';
import type { Report } from '../report.ts';
import { checkAllowedIps } from './allowed-ips.ts';
import { checkEndpoint } from './endpoint.ts';
import { checkPresharedKey, checkPublicKey } from './keys.ts';

/** Takes note of a [Peer]: gives its index in the facts, or null where it has no usable key of its own. */
export function beginPeer(report: Report, facts: Facts, section: Section): number | null {
  facts.peerSections += 1;
  facts.peerSettings.clear();
  facts.peerKey = givenKeyIn(report.file, section, 'PublicKey');
  const publicKey = facts.peerKey?.key ?? null;
  if (publicKey === null || publicKey === facts.publicKey) return null;
  const known = facts.peerByKey.get(publicKey);
  const peer = known === undefined ? undefined : facts.peers[known];
  if (known === undefined || peer === undefined) {
    facts.peerByKey.set(publicKey, facts.peers.length);
    facts.peers.push({ publicKey, section: section.index, endpoint: null, allowedIps: 0 });
    return facts.peers.length - 1;
  }
  const before = sectionAt(report.file, peer.section);
  report.add('peer-repeated', placeOfLine(report.file, section.firstLine), [before.firstLine + 1]);
  for (const prefix of prefixesIn(report.file, before)) facts.prefixes.take(prefix, known);
  peer.section = section.index;
  peer.allowedIps = 0;
  return known;
}

type Rule = (report: Report, facts: Facts, setting: Setting, peer: number | null) => void;

const rules: Readonly<Record<PeerField, Rule>> = {
  PublicKey: checkPublicKey,
  PresharedKey: checkPresharedKey,
  AllowedIPs: checkAllowedIps,
  Endpoint: noteEndpoint,
  PersistentKeepalive: checkKeepalive,
};

/** Checks the value of a setting of [Peer]. */
export function checkPeerValue(
  report: Report,
  facts: Facts,
  setting: Setting,
  field: PeerField,
  peer: number | null,
): void {
  rules[field](report, facts, setting, peer);
}

function noteEndpoint(report: Report, facts: Facts, setting: Setting, peer: number | null): void {
  const endpoint = checkEndpoint(report, setting);
  const known = peer === null ? undefined : facts.peers[peer];
  if (known !== undefined) known.endpoint = endpoint;
}

/** What a [Peer] lacks, once all of it was seen. */
export function endPeer(report: Report, facts: Facts, section: Section): void {
  const missing = (code: 'public-key-missing' | 'allowed-ips-missing'): void =>
    report.add(code, placeOfLine(report.file, section.firstLine), []);
  if (!facts.peerSettings.has('PublicKey')) missing('public-key-missing');
  if (!facts.peerSettings.has('AllowedIPs')) missing('allowed-ips-missing');
  const endpoint = facts.peerSettings.get('Endpoint');
  if (endpoint !== undefined && !facts.peerSettings.has('PersistentKeepalive')) {
    const place = placeOfKey(endpoint);
    report.add('keepalive-missing', place, [], () => {
      const end = endOfLine(report.file, endpoint.line);
      const line = `${lineEndOf(report.file)}PersistentKeepalive = 25`;
      return fixBy(
        'Add PersistentKeepalive = 25',
        replacePlace(report.file, { ...place, start: end, end }, line),
      );
    });
  }
}

function checkKeepalive(report: Report, _: Facts, setting: Setting): void {
  const value = squeezedValue(report.file, setting);
  if (readKeepalive(value) !== null) return;
  const place = placeOfValue(setting);
  report.add('keepalive-malformed', place, [value], () => {
    const seconds = /^([0-9]{1,5})(s|sec|seconds?)$/i.exec(value)?.[1];
    return seconds === undefined
      ? null
      : fixBy(`Write ${seconds}`, replacePlace(report.file, place, seconds));
  });
}
