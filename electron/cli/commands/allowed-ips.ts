import { FaultError } from '../../../shared/fault.ts';
import {
  formatInterfaceAddress,
  formatPrefix,
  networkOf,
  parseInterfaceAddress,
} from '../../../shared/network/prefix.ts';
import type { InterfaceAddress } from '../../../shared/network/prefix.ts';
import { PrefixSet } from '../../../shared/network/prefix-set.ts';
import { has, listOf } from '../command.ts';
import type { Command, Given } from '../command.ts';
import { wrongUsage } from '../parse.ts';

/** `adit allowed-ips` */
export const allowedIps: Command = {
  name: 'allowed-ips',
  operands: '',
  arity: { least: 0, most: 0 },
  summary: 'Work out AllowedIPs: some prefixes without others',
  details: [
    'Prints the fewest prefixes that hold every address that is included and not excluded, as they stand behind',
    '"AllowedIPs = ". IPv4 and IPv6 may be mixed; a family that is not included is not in the answer. Everything but the',
    'private networks: --include 0.0.0.0/0,::/0 --exclude 10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7',
  ],
  options: {
    include: {
      kind: 'value',
      placeholder: 'CIDRS',
      repeats: true,
      summary: 'The prefixes to begin with, with commas between them',
    },
    exclude: {
      kind: 'value',
      placeholder: 'CIDRS',
      repeats: true,
      summary: 'The prefixes to leave out of them',
    },
  },
  run({ given }) {
    if (!has(given, 'include'))
      throw wrongUsage(allowedIps, 'What to include is missing: --include 0.0.0.0/0, for example.');
    const included = cidrsIn(given, 'include');
    const excluded = cidrsIn(given, 'exclude');
    const texts = setOf(included).without(setOf(excluded)).texts();
    return Promise.resolve({
      json: { allowedIps: texts },
      text: texts.join(', '),
      remarks: [
        ...[...included, ...excluded].flatMap(hostBitsRemark),
        ...(texts.length === 0 ? ['Nothing is left: all that is included is excluded as well.'] : []),
      ],
    });
  },
};

function setOf(cidrs: readonly InterfaceAddress[]): PrefixSet {
  return PrefixSet.of(cidrs.map(networkOf));
}

function cidrsIn(given: Given, option: string): InterfaceAddress[] {
  const items = listOf(given, option);
  // A script whose variable is empty did not mean it.
  if (has(given, option) && items.length === 0) throw wrongUsage(allowedIps, `--${option} holds no prefix.`);
  return items.map((item) => readCidr(option, item));
}

function readCidr(option: string, text: string): InterfaceAddress {
  const cidr = parseInterfaceAddress(text);
  if (cidr !== null) return cidr;
  throw new FaultError({
    code: 'allowed-ip-malformed',
    message: `--${option}: ${JSON.stringify(text.slice(0, 100))} is no range of addresses.`,
    hint: 'Write an address and the length of its network, such as 192.168.0.0/16 or fd00::/8.',
  });
}

/** As `wg` warns of them, and goes on. */
function hostBitsRemark(cidr: InterfaceAddress): string[] {
  const written = formatInterfaceAddress(cidr);
  const network = formatPrefix(networkOf(cidr));
  return written === network ? [] : [`${written} has bits behind its length: it stands for ${network}.`];
}
