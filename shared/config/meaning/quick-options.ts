import type { InterfaceAddress } from '../../network/prefix.ts';
import type { ScriptKey } from '../../tunnel/scripts.ts';
import type { Tunnel } from '../../tunnel/tunnel.ts';
import { trimmedValue } from '../syntax/conf-file.ts';
import type { ConfFile, Setting } from '../syntax/conf-file.ts';
import { quickSettingsOf } from '../syntax/quick.ts';
import { trim } from '../text/blanks.ts';
import { readDns } from '../values/dns.ts';
import { readInterfaceAddress } from '../values/interface-address.ts';
import { wordItems } from '../values/list.ts';
import { readMtu } from '../values/mtu.ts';
import { readSaveConfig } from '../values/save-config.ts';
import { readTable } from '../values/table.ts';

/** What wg-quick takes out of a file for itself, as a tunnel needs it. */
export type QuickOptions = Pick<Tunnel, 'addresses' | 'mtu' | 'table' | 'dns' | 'scripts' | 'saveConfig'>;

/**
 * Reads wg-quick's own keys: Address, DNS and scripts add up, of the others the last line counts. Meant for a file without
 * errors; a value that is none is left out.
 *
 * @see wireguard-tools src/wg-quick/linux.bash parse_options
 */
export function quickOptionsOf(file: ConfFile): QuickOptions {
  const addresses: InterfaceAddress[] = [];
  const servers: string[] = [];
  const searchDomains: string[] = [];
  const scripts: Record<ScriptKey, string[]> = { PreUp: [], PostUp: [], PreDown: [], PostDown: [] };
  let saveConfig = false;
  let mtu: number | null = null;
  let table: Tunnel['table'] = 'auto';
  for (const [field, setting] of quickSettingsOf(file)) {
    const value = trimmedValue(file, setting);
    switch (field) {
      case 'Address':
        for (const word of wordsOf(file, setting)) {
          const reading = readInterfaceAddress(word);
          if (reading.kind === 'read') addresses.push(reading.address);
        }
        break;
      case 'DNS':
        for (const word of wordsOf(file, setting)) {
          const reading = readDns(word);
          if (reading.kind === 'server') servers.push(reading.text);
          if (reading.kind === 'domain') searchDomains.push(reading.text);
        }
        break;
      case 'MTU': {
        const reading = readMtu(value);
        mtu = reading.kind === 'read' ? reading.bytes : null;
        break;
      }
      case 'Table': {
        const reading = readTable(value);
        table = reading.kind === 'read' ? reading.table : 'auto';
        break;
      }
      case 'SaveConfig':
        saveConfig = readSaveConfig(value) === true;
        break;
      case 'PreUp':
      case 'PostUp':
      case 'PreDown':
      case 'PostDown':
        if (value !== '') scripts[field].push(value);
        break;
    }
  }
  return {
    addresses,
    mtu,
    table,
    dns: { servers, searchDomains, domains: [] },
    scripts,
    saveConfig,
  };
}

function* wordsOf(file: ConfFile, setting: Setting): Generator<string> {
  for (const { start, end } of wordItems(file.text, setting.valueStart, setting.valueEnd)) {
    yield trim(file.text.slice(start, end));
  }
}
