import { formatInterfaceAddress, formatPrefix, networkOf } from '../../network/prefix.ts';
import { squeezedUpTo, squeezedValue, trimmedValue } from '../syntax/conf-file.ts';
import type { ConfFile, Setting } from '../syntax/conf-file.ts';
import type { Field } from '../syntax/vocabulary.ts';
import { squeeze, trim } from '../text/blanks.ts';
import { readAllowedIp } from '../values/allowed-ip.ts';
import { readDns } from '../values/dns.ts';
import { formatEndpoint, readEndpoint } from '../values/endpoint.ts';
import { formatFwMark, readFwMark } from '../values/fwmark.ts';
import { readInterfaceAddress } from '../values/interface-address.ts';
import { readKeepalive } from '../values/keepalive.ts';
import { isKey, keyLength } from '../values/key.ts';
import { commaItems, wordItems } from '../values/list.ts';
import { readMtu } from '../values/mtu.ts';
import { readPort } from '../values/port.ts';
import { readSaveConfig } from '../values/save-config.ts';
import { readTable } from '../values/table.ts';

/**
 * The value of a setting as `wg` would print it; null where it is none that the key can have, and has to stay as it is
 * written. Never changes what a value means.
 */
export function canonicalValue(file: ConfFile, setting: Setting, field: Field): string | null {
  switch (field) {
    case 'PrivateKey':
    case 'PublicKey':
    case 'PresharedKey': {
      const key = squeezedUpTo(file, setting, keyLength);
      return key !== null && isKey(key) ? key : null;
    }
    case 'ListenPort': {
      const port = readPort(squeezedValue(file, setting));
      return port.kind === 'plain' || port.kind === 'signed' ? String(port.port) : null;
    }
    case 'FwMark': {
      const mark = readFwMark(squeezedValue(file, setting));
      return mark === null ? null : formatFwMark(mark);
    }
    case 'PersistentKeepalive': {
      const seconds = readKeepalive(squeezedValue(file, setting));
      return seconds === null ? null : seconds === 0 ? 'off' : String(seconds);
    }
    case 'Endpoint': {
      const endpoint = readEndpoint(squeezedValue(file, setting));
      return endpoint.kind === 'read' ? formatEndpoint(endpoint.host, endpoint.port) : null;
    }
    case 'AllowedIPs':
      return listOf(commaItems(file.text, setting.valueStart, setting.valueEnd), (item) =>
        canonicalPrefix(squeeze(file.text.slice(item.start, item.end))),
      );
    case 'Address':
    case 'DNS':
      return listOf(wordItems(file.text, setting.valueStart, setting.valueEnd), (item) => {
        const word = trim(file.text.slice(item.start, item.end));
        return field === 'Address' ? canonicalAddress(word) : canonicalDns(word);
      });
    case 'MTU': {
      const mtu = readMtu(trimmedValue(file, setting));
      return mtu.kind === 'read' ? String(mtu.bytes) : null;
    }
    case 'Table': {
      const word = trimmedValue(file, setting);
      const table = readTable(word);
      // A table's name says more than its number.
      return table.kind !== 'read' ? null : /^[a-z]/.test(word) ? word : String(table.table);
    }
    case 'SaveConfig': {
      const save = readSaveConfig(trimmedValue(file, setting));
      return save === null ? null : String(save);
    }
    case 'PreUp':
    case 'PostUp':
    case 'PreDown':
    case 'PostDown':
      return null;
  }
}

function listOf<T>(items: Iterable<T>, canonical: (item: T) => string | null): string | null {
  const texts: string[] = [];
  for (const item of items) {
    const text = canonical(item);
    if (text === null) return null;
    texts.push(text);
  }
  return texts.length === 0 ? null : texts.join(', ');
}

function canonicalPrefix(text: string): string | null {
  const reading = readAllowedIp(text);
  return reading.kind === 'read' ? formatPrefix(networkOf(reading.address)) : null;
}

function canonicalAddress(word: string): string | null {
  const reading = readInterfaceAddress(word);
  return reading.kind === 'read' ? formatInterfaceAddress(reading.address) : null;
}

function canonicalDns(word: string): string | null {
  const reading = readDns(word);
  return reading.kind === 'server' || reading.kind === 'domain' ? reading.text : null;
}
