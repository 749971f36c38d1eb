import { addressBits } from '../../../network/address.ts';
import { formatInterfaceAddress } from '../../../network/prefix.ts';
import type { InterfaceAddress } from '../../../network/prefix.ts';
import { squeezedValue, trimmedValue } from '../../syntax/conf-file.ts';
import type { Setting } from '../../syntax/conf-file.ts';
import type { InterfaceField } from '../../syntax/vocabulary.ts';
import { trim } from '../../text/blanks.ts';
import type { Fix } from '../../text/edit.ts';
import { plainLookAlikes } from '../../text/look-alikes.ts';
import { readDns } from '../../values/dns.ts';
import { readFwMark } from '../../values/fwmark.ts';
import { readInterfaceAddress } from '../../values/interface-address.ts';
import { wordItems } from '../../values/list.ts';
import { readPort } from '../../values/port.ts';
import { readSaveConfig } from '../../values/save-config.ts';
import type { Facts } from '../facts.ts';
import { fixBy, placeOfKey, placeOfValue, removeLine, replacePlace } from '../report.ts';
import type { Place, Report } from '../report.ts';
import { checkPrivateKey } from './keys.ts';
import { checkMtu, checkTable } from './link.ts';
import { checkPort } from './ports.ts';
import { limits } from './whole-file.ts';

type Rule = (report: Report, facts: Facts, setting: Setting) => void;

const rules: Readonly<Record<InterfaceField, Rule>> = {
  PrivateKey: checkPrivateKey,
  ListenPort: checkListenPort,
  FwMark: checkFwMark,
  Address: checkAddresses,
  DNS: checkDns,
  MTU: checkMtu,
  Table: checkTable,
  SaveConfig: checkSaveConfig,
  PreUp: checkScript,
  PostUp: checkScript,
  PreDown: checkScript,
  PostDown: checkScript,
};

/** Checks the value of a setting of [Interface], whoever reads it. */
export function checkInterfaceValue(
  report: Report,
  facts: Facts,
  setting: Setting,
  field: InterfaceField,
): void {
  rules[field](report, facts, setting);
}

function checkListenPort(report: Report, _: Facts, setting: Setting): void {
  const value = squeezedValue(report.file, setting);
  checkPort(report, placeOfValue(setting), 'ListenPort', value, readPort(value));
}

function checkScript(report: Report, facts: Facts, setting: Setting): void {
  if (setting.valueStart === setting.valueEnd) return;
  facts.firstScript ??= placeOfKey(setting);
  if (setting.field !== null) facts.scripts.add(setting.field);
  if (setting.comment < 0) return;
  report.add('script-hash', { line: setting.line, start: setting.comment, end: setting.comment + 1 }, []);
}

function checkFwMark(report: Report, _: Facts, setting: Setting): void {
  const place = placeOfValue(setting);
  const value = squeezedValue(report.file, setting);
  if (readFwMark(value) !== null) return;
  const lower = value.slice(0, 20).toLowerCase();
  report.add('fwmark-malformed', place, [value], () =>
    readFwMark(lower) === null || lower.length !== value.length
      ? null
      : fixBy(`Write ${lower}`, replacePlace(report.file, place, lower)),
  );
}

function checkAddresses(report: Report, facts: Facts, setting: Setting): void {
  for (const { start, end } of wordItems(report.file.text, setting.valueStart, setting.valueEnd)) {
    facts.addressSeen = true;
    checkAddress(report, facts, { line: setting.line, start, end });
  }
}

function checkAddress(report: Report, facts: Facts, place: Place): void {
  const word = trim(report.file.text.slice(place.start, place.end));
  const reading = readInterfaceAddress(word);
  switch (reading.kind) {
    case 'refused':
      if (/[*?[]/.test(word)) report.add('address-glob', place, [word]);
      else report.add('address-malformed', place, [word], () => cleaned(report, place, word));
      return;
    case 'ambiguous':
      report.add('address-ambiguous', place, [word]);
      return;
    case 'read': {
      const meant = formatInterfaceAddress(reading.address);
      const write = (): Fix => fixBy(`Write ${meant}`, replacePlace(report.file, place, meant));
      if (reading.spelling === 'netmask') report.add('address-netmask', place, [meant], write);
      if (reading.spelling === 'bare') report.add('address-without-length', place, [meant], write);
      checkUse(report, place, reading.address);
      // One too many shows that there are too many; a million would only take room.
      if (facts.addresses.length <= limits.addresses)
        facts.addresses.push({ address: reading.address, place });
    }
  }
}

/** The address inside quotes, or with characters in it that only look like ASCII. */
function cleaned(report: Report, place: Place, word: string): Fix | null {
  if (word.length > 100) return null;
  const inner = (plainLookAlikes(word)?.text ?? word).replace(/^["'\s]+|["'\s]+$/g, '');
  if (inner === word || readInterfaceAddress(inner).kind !== 'read') return null;
  return fixBy(`Write ${inner}`, replacePlace(report.file, place, inner));
}

/** Addresses that `ip` takes and no tunnel can use. */
function checkUse(report: Report, place: Place, own: InterfaceAddress): void {
  const { address, length } = own;
  if (isUnusable(own)) {
    report.add('address-unusual', place, [formatInterfaceAddress(own)]);
    return;
  }
  const [word = 0] = address.words;
  const hostBits = addressBits[address.family] - length;
  // In a network of one or two addresses each is a host's (RFC 3021); IPv6 has no broadcast, and its first address is a router's.
  if (address.family !== 4 || hostBits < 2) return;
  const hosts = 2 ** hostBits;
  const host = word % hosts;
  if (host === 0 || host === hosts - 1) {
    report.add('address-is-network', place, [formatInterfaceAddress(own)]);
  }
}

function isUnusable({ address }: InterfaceAddress): boolean {
  if (address.family !== 4) return false;
  const first = (address.words[0] ?? 0) >>> 24;
  return first === 0 || first === 127 || first >= 224;
}

function checkDns(report: Report, facts: Facts, setting: Setting): void {
  for (const { start, end } of wordItems(report.file.text, setting.valueStart, setting.valueEnd)) {
    const place: Place = { line: setting.line, start, end };
    const word = trim(report.file.text.slice(start, end));
    const reading = readDns(word);
    switch (reading.kind) {
      case 'server':
        facts.dnsServers += 1;
        break;
      case 'domain':
        facts.dnsDomains += 1;
        facts.firstDnsDomain ??= place;
        break;
      case 'not-a-server':
        report.add('dns-server-malformed', place, [word], () => dnsFix(report, place, word));
        break;
      case 'not-a-domain':
        report.add('dns-domain-malformed', place, [word], () => dnsFix(report, place, word));
    }
  }
}

/** The address inside `1.1.1.1/32`, `1.1.1.1:53`, `[fd00::1]:53` or quotes. */
function dnsFix(report: Report, place: Place, word: string): Fix | null {
  if (word.length > 100) return null;
  const inner = word
    .replace(/^["']+|["']+$/g, '')
    .replace(/\/[0-9]+$/, '')
    .replace(/^\[([0-9a-fA-F:.]+)\](:[0-9]+)?$|^([0-9.]+):[0-9]+$/, '$1$3')
    .replace(/\.$/, '');
  const reading = readDns(inner);
  if (reading.kind !== 'server') return null;
  return fixBy(`Write ${reading.text}`, replacePlace(report.file, place, reading.text));
}

function checkSaveConfig(report: Report, _: Facts, setting: Setting): void {
  const place = placeOfValue(setting);
  const value = trimmedValue(report.file, setting);
  const save = readSaveConfig(value);
  if (save === null)
    report.add('save-config-malformed', place, [value], () => booleanFix(report, place, value));
  if (save === true) {
    report.add('save-config-ignored', place, [], () => fixBy('Remove the line', removeLine(setting.line)));
  }
}

function booleanFix(report: Report, place: Place, value: string): Fix | null {
  const word = /^(yes|on|1)$/i.test(value) ? 'true' : /^(no|off|0)$/i.test(value) ? 'false' : null;
  return word === null ? null : fixBy(`Write ${word}`, replacePlace(report.file, place, word));
}
