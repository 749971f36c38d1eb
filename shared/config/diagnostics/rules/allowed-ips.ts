import {
  formatInterfaceAddress,
  formatPrefix,
  networkOf,
  parseInterfaceAddress,
} from '../../../network/prefix.ts';
import type { InterfaceAddress } from '../../../network/prefix.ts';
import { sectionAt } from '../../syntax/conf-file.ts';
import type { Setting } from '../../syntax/conf-file.ts';
import { skipBlanks, squeeze, trimEnd } from '../../text/blanks.ts';
import type { Fix } from '../../text/edit.ts';
import { readAllowedIp } from '../../values/allowed-ip.ts';
import { commaItems } from '../../values/list.ts';
import { netmaskLength } from '../../values/netmask.ts';
import type { Facts } from '../facts.ts';
import { fixBy, replacePlace } from '../report.ts';
import type { Place, Report } from '../report.ts';

/** Checks a line of AllowedIPs and gives its prefixes to a peer. A peer without a usable key, null, owns nothing. */
export function checkAllowedIps(report: Report, facts: Facts, setting: Setting, peer: number | null): void {
  const { text } = report.file;
  for (const item of commaItems(text, setting.valueStart, setting.valueEnd)) {
    const start = skipBlanks(text, item.start, item.end);
    const place: Place = { line: setting.line, start, end: trimEnd(text, start, item.end) };
    const written = squeeze(text.slice(place.start, place.end));
    const reading = readAllowedIp(written);
    switch (reading.kind) {
      case 'read':
        checkPrefix(report, facts, place, reading.address, peer);
        break;
      case 'empty':
        report.add('allowed-ip-empty', place, [], () => withoutComma(report, setting, item.start, item.end));
        break;
      case 'incremental':
        report.add('allowed-ip-incremental', place, [written]);
        break;
      case 'refused':
        report.add('allowed-ip-malformed', place, [written], () => repaired(report, place));
    }
  }
}

function checkPrefix(
  report: Report,
  facts: Facts,
  place: Place,
  written: InterfaceAddress,
  peer: number | null,
): void {
  const prefix = networkOf(written);
  if (hasHostBits(written, prefix.words)) {
    report.add(
      'allowed-ip-host-bits',
      place,
      () => [formatInterfaceAddress(written), formatPrefix(prefix)],
      () => fixBy(`Write ${formatPrefix(prefix)}`, replacePlace(report.file, place, formatPrefix(prefix))),
    );
  }
  const owner = peer === null ? undefined : facts.peers[peer];
  if (peer === null || owner === undefined) return;
  owner.allowedIps += 1;
  const before = facts.prefixes.ownerOf(prefix);
  if (before === peer) {
    report.add('allowed-ip-repeated', place, () => [formatPrefix(prefix)]);
  } else if (before !== undefined) {
    report.add('allowed-ip-moved', place, () => [formatPrefix(prefix), lineOfPeer(report, facts, before)]);
  }
  facts.prefixes.give(prefix, peer);
}

/** The line of a peer's header, from 1. */
function lineOfPeer(report: Report, facts: Facts, peer: number): number {
  return sectionAt(report.file, facts.peers[peer]?.section ?? 0).firstLine + 1;
}

function hasHostBits(written: InterfaceAddress, network: readonly number[]): boolean {
  return written.address.words.some((word, index) => word !== network[index]);
}

/** Removes the comma before an empty item, or behind the first one. */
function withoutComma(report: Report, setting: Setting, start: number, end: number): Fix {
  const before = start > setting.valueStart;
  const comma: Place = before
    ? { line: setting.line, start: start - 1, end: start }
    : { line: setting.line, start: end, end: Math.min(end + 1, setting.valueEnd) };
  return fixBy('Remove the comma', replacePlace(report.file, comma, ''));
}

/** Netmasks become lengths, other separators commas, short forms are completed: where every part is clear afterwards. */
function repaired(report: Report, place: Place): Fix | null {
  const written = report.file.text.slice(place.start, place.end);
  if (written.length > 1000) return null;
  const items = written.split(/[\s;|]+/).map(repairedItem);
  if (items.some((item) => item === null)) return null;
  const list = items.join(', ');
  return fixBy(
    `Write ${list.length > 40 ? 'a list with commas' : list}`,
    replacePlace(report.file, place, list),
  );
}

function repairedItem(item: string): string | null {
  if (parseInterfaceAddress(item) !== null) return item;
  const [address = '', mask = ''] = item.split('/', 2);
  const length = netmaskLength(mask);
  const masked = length === null ? null : parseInterfaceAddress(`${address}/${length}`);
  if (masked !== null) return formatInterfaceAddress(masked);
  // 10.0.0.* is a whole network of single bytes.
  const stars = /^((?:[0-9]{1,3}\.){1,3})\*(?:\.\*)*$/.exec(item)?.[1];
  if (stars === undefined) return null;
  const bytes = stars.split('.').slice(0, -1);
  const prefix = `${[...bytes, '0', '0', '0'].slice(0, 4).join('.')}/${bytes.length * 8}`;
  return parseInterfaceAddress(prefix) === null ? null : prefix;
}
