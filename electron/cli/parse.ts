import { parseArgs } from 'node:util';
import { FaultError } from '../../shared/fault.ts';
import type { Command, Given, Option } from './command.ts';
import { usageOf } from './help.ts';

/** Options that every command has. */
export const commonOptions = ['json', 'help'] as const;

/**
 * Reads the words behind the name of a command.
 *
 * @throws FaultError `wrong-usage`
 */
export function parseWords(command: Command, words: readonly string[]): Given {
  const given = attempt(command, () => read(command, words));
  const { least, most } = command.arity;
  const count = given.operands.length;
  if (given.options.has('help') || (count >= least && count <= most)) return given;
  throw wrongUsage(command, count < least ? 'Something is missing.' : 'There is a word too many.');
}

/** `wrong-usage`, with the usage of the command. */
export function wrongUsage(command: Command, message: string): FaultError {
  return new FaultError({
    code: 'wrong-usage',
    message,
    hint: usageOf(command),
    command: `adit ${command.name} --help`,
  });
}

function read(command: Command, words: readonly string[]): Given {
  const optional = Object.keys(command.options).filter((name) => command.options[name]?.kind === 'optional');
  const ofOptions = words.includes('--') ? words.indexOf('--') : words.length;
  const { tokens } = parseArgs({
    // An option whose value may be left out takes it behind an equals sign only, or it would swallow the next operand.
    args: words.map((word, index) =>
      index < ofOptions && optional.some((name) => word === `--${name}`) ? `${word}=` : word,
    ),
    options: Object.fromEntries<ParsedOption>([
      ...commonOptions.map((name) => [name, { type: 'boolean' }] as const),
      ...Object.entries(command.options).map(([name, option]) => [name, parsedAs(option)] as const),
    ]),
    allowPositionals: true,
    tokens: true,
  });
  const options = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'option')
      options.set(token.name, [...(options.get(token.name) ?? []), token.value ?? '']);
  }
  const operands = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  return { operands, options };
}

/** An option as Node's parser is told of it. */
interface ParsedOption {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
}

function parsedAs({ kind, short }: Option): ParsedOption {
  return { type: kind === 'flag' ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) };
}

function attempt<T>(command: Command, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // The parser's messages end with advice on quoting that does not fit every shell.
    const [message = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw wrongUsage(command, `${message.replace(/\.$/, '')}.`);
  }
}
