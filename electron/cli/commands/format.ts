import { decode, formatConf, parse } from '../../../shared/config/index.ts';
import { readGivenFile } from '../../backend/profiles/files.ts';
import { operandAt } from '../command.ts';
import type { Command } from '../command.ts';

/** `adit format FILE` */
export const format: Command = {
  name: 'format',
  operands: 'FILE',
  arity: { least: 1, most: 1 },
  summary: 'Print a .conf file in its canonical form',
  details: ['Comments stay where they belong. The file itself is not touched.'],
  options: {},
  async run({ given }) {
    const { text } = decode(await readGivenFile(operandAt(given, 0)));
    const formatted = formatConf(parse(text));
    return { json: { text: formatted }, text: formatted, verbatim: true };
  },
};
