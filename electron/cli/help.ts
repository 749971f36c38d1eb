import type { Command, Option } from './command.ts';

/** One line: how a command is written. */
export function usageOf({ name, operands, options }: Command): string {
  const words = Object.entries(options)
    // One that stands among the operands is shown there.
    .filter(([option]) => !operands.includes(`--${option}`))
    .map(([option, facts]) => `[${optionWords(option, facts)}]`);
  return ['adit', name, operands, ...words].filter((word) => word !== '').join(' ');
}

/** The help of one command. */
export function helpOf(command: Command): string {
  const options = [
    ...Object.entries(command.options).map(
      ([name, option]) => [optionWords(name, option), option.summary] as const,
    ),
    ['--json', 'One JSON value instead of words'] as const,
    ['--help', 'This help'] as const,
  ];
  const paragraphs = [
    `${usageOf(command)} [--json]`,
    command.summary,
    ...(command.details === undefined ? [] : [command.details.join('\n')]),
    `Options:\n${columns(options)}`,
  ];
  return paragraphs.join('\n\n');
}

/** The help of the program as a whole. */
export function helpOfAll(commands: readonly Command[]): string {
  return [
    'adit: WireGuard tunnels to Kubernetes networks, office LANs and the whole internet.',
    `Commands:\n${columns(commands.map(({ name, operands, summary }) => [`${name} ${operands}`.trim(), summary]))}`,
    '"adit COMMAND --help" tells more. Every command takes --json.',
    'Environment:\n' +
      columns([
        ['ADIT_HOME', 'The folder that keeps the profiles (default: "adit" in the XDG configuration folder)'],
        ['ADIT_SOCKET', 'The socket of the helper (default: /run/adit/UID/helper.sock)'],
        ['ADIT_DEBUG', 'Set to 1, shows where an unexpected failure came from'],
      ]),
    'Exit status: 0 done, 1 refused or failed, 2 wrong usage.',
  ].join('\n\n');
}

/** The help of commands that share their first word. */
export function helpOfGroup(name: string, commands: readonly Command[]): string {
  return [
    `Commands of adit ${name}:\n${columns(commands.map((command) => [command.name, command.summary]))}`,
    `"adit ${name} COMMAND --help" tells more. Every command takes --json.`,
  ].join('\n\n');
}

function optionWords(name: string, { kind, short, placeholder, repeats }: Option): string {
  const value = { flag: '', value: ` ${placeholder ?? ''}`, optional: `[=${placeholder ?? ''}]` }[kind];
  return `${short === undefined ? '' : `-${short}, `}--${name}${value}${repeats === true ? ' ...' : ''}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
