import type { Chance } from './random.ts';
import { randomEndpoint, randomKey, randomNumber, randomPrefix } from './random-values.ts';
import {
  badEndpoints,
  badKeepalives,
  badKeys,
  badMarks,
  badPorts,
  badPrefixes,
  goodEndpoints,
  goodKeepalives,
  goodMarks,
  goodPorts,
  goodPrefixes,
  privateKeys,
  publicKeys,
  quickValues,
  zeroKey,
} from './values.ts';

/**
 * Makes configurations from the grammar. Most of their parts are what `wg` accepts, in every spelling it accepts, and some
 * are just beyond: enough that about half of the files pass as a whole.
 */
export function generate(chance: Chance): Buffer {
  const lines: string[] = [];
  if (chance.percent(10)) lines.push(...noise(chance));
  if (chance.percent(1)) lines.push(setting(chance, 'interface'));
  const sections = 1 + chance.below(5);
  for (let index = 0; index < sections; index += 1) {
    const kind =
      index === 0 ? (chance.percent(90) ? 'interface' : 'peer') : chance.percent(85) ? 'peer' : 'interface';
    lines.push(header(chance, kind));
    const settings = kind === 'interface' ? chance.below(6) : chance.below(5);
    if (kind === 'peer' && chance.percent(98))
      lines.push(line(chance, 'PublicKey', chance.percent(2) ? zeroKey : chance.pick(publicKeys)));
    for (let count = 0; count < settings; count += 1) {
      lines.push(setting(chance, chance.percent(99) ? kind : kind === 'peer' ? 'interface' : 'peer'));
      if (chance.percent(10)) lines.push(...noise(chance));
    }
  }
  const end = chance.percent(15) ? '\r\n' : '\n';
  const text = lines.join(end) + (chance.percent(85) ? end : '');
  // Characters up to U+00FF stand for single bytes in the pools below, so that they can hold what is no UTF-8.
  return Buffer.from(text, 'latin1');
}

function setting(chance: Chance, section: 'interface' | 'peer'): string {
  if (chance.percent(1))
    return line(chance, chance.pick(['Foo', 'PrivatKey', 'Allowed-IPs', 'Endpoints']), 'x');
  if (section === 'peer') {
    const field = chance.pick([
      'AllowedIPs',
      'AllowedIPs',
      'Endpoint',
      'PersistentKeepalive',
      'PresharedKey',
      'PublicKey',
    ]);
    switch (field) {
      case 'AllowedIPs':
        return line(chance, field, prefixList(chance));
      case 'Endpoint':
        return line(chance, field, oneOf(chance, goodEndpoints, badEndpoints, randomEndpoint));
      case 'PersistentKeepalive':
        return line(chance, field, oneOf(chance, goodKeepalives, badKeepalives, smallNumber));
      default:
        return line(chance, field, key(chance, field === 'PublicKey' ? publicKeys : privateKeys));
    }
  }
  const field = chance.pick([
    'PrivateKey',
    'PrivateKey',
    'ListenPort',
    'FwMark',
    ...Object.keys(quickValues),
  ]);
  switch (field) {
    case 'PrivateKey':
      return line(chance, field, key(chance, privateKeys));
    case 'ListenPort':
      return line(chance, field, oneOf(chance, goodPorts, badPorts, smallNumber));
    case 'FwMark':
      return line(
        chance,
        field,
        oneOf(chance, goodMarks, badMarks, () => randomNumber(chance, 0xffff_ffff)),
      );
    default:
      if (chance.percent(1)) return field;
      return line(chance, field, chance.pick(quickValues[field] ?? []));
  }
}

/** A value that was thought of, good or bad, or any other. */
function oneOf(
  chance: Chance,
  good: readonly string[],
  bad: readonly string[],
  other: (chance: Chance) => string,
): string {
  if (chance.percent(30)) return other(chance);
  return chance.percent(95) ? chance.pick(good) : chance.pick(bad);
}

/** Zeros are rare: where there is no private key either, the engine's state depends on what it had before. */
function key(chance: Chance, known: readonly string[]): string {
  return chance.percent(1) ? zeroKey : oneOf(chance, known, badKeys, randomKey);
}

function smallNumber(chance: Chance): string {
  return randomNumber(chance, 65_535);
}

function prefixList(chance: Chance): string {
  const count = 1 + chance.below(4);
  const items = Array.from({ length: count }, () =>
    chance.percent(30)
      ? randomPrefix(chance)
      : chance.percent(99)
        ? chance.pick(goodPrefixes)
        : chance.pick(badPrefixes),
  );
  const list = items.join(chance.pick([',', ', ', ' ,', '\t,  ']));
  return chance.percent(1) ? `${list},` : list;
}

function header(chance: Chance, kind: 'interface' | 'peer'): string {
  const name = kind === 'interface' ? 'Interface' : 'Peer';
  if (chance.percent(1))
    return chance.pick([`[${name}`, `${name}]`, `[${name}s]`, `[${name}]x`, `[${name}]=1`, '[]', '[[Peer]]']);
  const spelled = chance.percent(90) ? `[${name}]` : `[${recased(chance, name)}]`;
  const spaced = chance.percent(97) ? spelled : blanksInside(chance, spelled);
  return outerBlanks(chance, spaced) + trailing(chance);
}

function line(chance: Chance, field: string, value: string): string {
  const key = chance.percent(90)
    ? field
    : chance.percent(85)
      ? recased(chance, field)
      : blanksInside(chance, field);
  const equals = chance.percent(85) ? ' = ' : chance.pick(['=', '= ', ' =', '\t=\t', ' \v= ', '==']);
  const spelled = chance.percent(97) || value === '' ? value : blanksInside(chance, value);
  return (
    outerBlanks(chance, `${key}${equals === '==' && chance.percent(90) ? '=' : equals}${spelled}`) +
    trailing(chance)
  );
}

function trailing(chance: Chance): string {
  if (chance.percent(90)) return '';
  return chance.pick([
    ' # comment',
    '#',
    '# a=b',
    ' # \u00e5\u00ae\u00b6',
    '#\0x',
    ' \t ',
    '\r',
    ' # [Peer]',
    '\0',
    '\v\f',
  ]);
}

function noise(chance: Chance): string[] {
  return [
    chance.pick([
      '',
      '',
      ' \t',
      '# comment',
      '#',
      '# Name = X',
      '  # indented',
      '#PrivateKey = x',
      '\r',
      '\f',
      '\0',
      '#[Peer]',
    ]),
  ];
}

function outerBlanks(chance: Chance, text: string): string {
  if (chance.percent(92)) return text;
  const blanks = [' ', '\t', '  ', '\v', '\f', '\r', '\0'];
  return chance.percent(50) ? chance.pick(blanks) + text : text + chance.pick(blanks);
}

function blanksInside(chance: Chance, text: string): string {
  const at = chance.below(text.length);
  return text.slice(0, at) + chance.pick([' ', '\t', '\v', '\f', '\r', '\0', '  ']) + text.slice(at);
}

function recased(chance: Chance, text: string): string {
  return Array.from(text, (letter) =>
    chance.percent(50) ? letter.toLowerCase() : letter.toUpperCase(),
  ).join('');
}
