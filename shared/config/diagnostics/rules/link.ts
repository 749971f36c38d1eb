import { trimmedValue } from '../../syntax/conf-file.ts';
import type { Setting } from '../../syntax/conf-file.ts';
import { readMtu } from '../../values/mtu.ts';
import { readTable } from '../../values/table.ts';
import type { Facts } from '../facts.ts';
import { fixBy, placeOfValue, replacePlace } from '../report.ts';
import type { Report } from '../report.ts';

/** The outer headers of a packet: 20 bytes of IPv4, 8 of UDP, 32 of WireGuard, off an Ethernet's 1500. */
const mostOnEthernet = 1440;

/** Checks an MTU. Only the last one of a file counts: earlier ones are not handed in. */
export function checkMtu(report: Report, facts: Facts, setting: Setting): void {
  const place = placeOfValue(setting);
  const value = trimmedValue(report.file, setting);
  if (value === '') return;
  const reading = readMtu(value);
  switch (reading.kind) {
    case 'refused':
      report.add('mtu-malformed', place, [value]);
      return;
    case 'out-of-range':
      report.add('mtu-out-of-range', place, [value]);
      return;
    case 'ambiguous':
      report.add('mtu-ambiguous', place, [reading.bytes], () =>
        fixBy(`Write ${reading.bytes}`, replacePlace(report.file, place, String(reading.bytes))),
      );
      return;
    case 'read':
      facts.mtu = { bytes: reading.bytes, place };
      if (reading.bytes > mostOnEthernet) report.add('mtu-large', place, [reading.bytes]);
  }
}

/** Checks a Table; as with MTU, only the last one. */
export function checkTable(report: Report, _: Facts, setting: Setting): void {
  const place = placeOfValue(setting);
  const value = trimmedValue(report.file, setting);
  const reading = readTable(value);
  switch (reading.kind) {
    case 'read':
      return;
    case 'case':
      report.add('table-case', place, [reading.word], () =>
        fixBy(`Write ${reading.word}`, replacePlace(report.file, place, reading.word)),
      );
      return;
    case 'ambiguous':
      report.add('table-ambiguous', place, [reading.table], () =>
        fixBy(`Write ${reading.table}`, replacePlace(report.file, place, String(reading.table))),
      );
      return;
    case 'unknown-name':
      report.add('table-name-unknown', place, [value]);
      return;
    case 'refused':
      report.add('table-malformed', place, [value]);
  }
}
