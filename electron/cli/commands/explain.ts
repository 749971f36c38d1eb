import type { HelperResult } from '../../../shared/contract/helper/verbs.ts';
import { HelperConnection } from '../../backend/helper-client/connection.ts';
import { operandAt, valueOf } from '../command.ts';
import type { Command, Given } from '../command.ts';
import { wrongUsage } from '../parse.ts';

/** `adit explain ADDRESS` */
export const explain: Command = {
  name: 'explain',
  operands: 'ADDRESS|NAME',
  arity: { least: 1, most: 1 },
  summary: 'Tell which tunnel, peer and route carry a packet to an address or DNS name, and why',
  options: {
    mark: { kind: 'value', placeholder: 'MARK', summary: 'Of a packet with this mark, such as 0x20ad' },
  },
  async run({ places, given }) {
    const destination = operandAt(given, 0);
    const mark = markIn(given);
    const helper = await HelperConnection.open(places.socket);
    try {
      const found = await helper.ask('explain', { destination, mark });
      return { json: found, text: explanationText(found) };
    } finally {
      helper.close();
    }
  },
};

function markIn(given: Given): number {
  const text = valueOf(given, 'mark');
  if (text === undefined) return 0;
  const mark = Number(text);
  if (/^(0x[0-9a-f]+|\d+)$/i.test(text) && mark <= 0xffff_ffff) return mark;
  throw wrongUsage(explain, `--mark takes a number up to 0xffffffff, not ${JSON.stringify(text)}.`);
}

function explanationText(found: HelperResult<'explain'>): string {
  const { verdict, name, nameServers, peer, source, gateway, route, rule, passed, losers } = found;
  const facts: [string, string | null][] = [
    ['name', name === null ? null : `${name}, asked of ${nameServers.join(', ')}`],
    ['peer', peer === null ? null : [peer.name, peer.publicKey].filter((word) => word !== null).join(' ')],
    ['source', source],
    ['gateway', gateway],
    ['route', route],
    ['rule', rule],
  ];
  return [
    verdict,
    ...facts
      .filter(([, value]) => value !== null)
      .map(([what, value]) => `  ${what.padEnd(8)} ${value ?? ''}`),
    ...(passed.length === 0 ? [] : ['Rules that were asked before:']),
    ...passed.map((each) => `  ${each.rule}\n    ${each.reason}`),
    ...(losers.length === 0 ? [] : ['Routes that lead there too:']),
    ...losers.map((each) => `  ${each.route}\n    ${each.reason}`),
  ].join('\n');
}
