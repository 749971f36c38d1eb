import type { Chance } from './random.ts';

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
    if (kind === 'peer' && chance.percent(98)) lines.push(line(chance, 'PublicKey', chance.pick(publicKeys)));
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

/** Keys of both kinds; the last private key's own public key is among the public ones. */
const privateKeys = [
  'wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=',
  'IFhAyIWY7sZmabsqDDESj9fqoniE/uZFNIvAfYHjN2o=',
  '6TpHfNWc2H2NuM6ajQMMLkUWTgCf3xlwTTCiayz7Jmo=',
  '/////////////////////////////////////////zM=',
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
];
const publicKeys = [
  'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=',
  'kVq2ATMTckCKEJFF4TM3QYibxzlh+b9CV4GZ4meQYAo=',
  'qn0Xfyzs6bLKgKcfXwcSt91DUxSbtATDIfe4xwsnsGg=',
  'OzdH42suuOpVY5wxPrxM+rEAyEPFg2eL0ZI29N7eSTY=',
  '9ABX0eLM8OsWi+lWepMYQkRaGqi2Rc1wHy5UIZyhBiU=',
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
];
const badKeys = [
  'kUWTgCf3xlwTTCiayz7Jmo6TpHfNWc2H2NuM6ajQMML=',
  'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko',
  'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzk==',
  'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90-w_ko=',
  'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzkoo=',
  '<Server_PublicKey>',
  '10.200.200.47/24',
  '\u00a0JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=',
  '"JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko="',
  'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gw\xffko=',
  '=',
  '',
];
const goodPorts = [
  '0',
  '1',
  '51820',
  '65535',
  '051820',
  '+7',
  '70000',
  '65536',
  '4294967296',
  '-4294967295',
  'ntp',
  '2147483647',
];
const badPorts = [
  '-1',
  '0x10',
  '51820x',
  'nobody',
  'NTP',
  '+',
  '',
  '4294967295',
  '2147483648',
  '18446744073709551616',
  '*',
];
const goodMarks = [
  'off',
  'OFF',
  '0',
  '0xca6c',
  '51820',
  '4294967295',
  '0xffffffff',
  '0x0',
  '010',
  '00000000000000000000001',
];
const badMarks = ['0XCA6C', '0x', '-1', 'on', '4294967296', '0x100000000', '0xg', '1 0x', ''];
const goodKeepalives = ['off', 'Off', '0', '25', '65535', '025', '00000000000000000000000025'];
const badKeepalives = ['25s', '65536', '-1', '+1', '0x19', '', 'on', '18446744073709551641'];
const goodPrefixes = [
  '10.0.0.0/8',
  '10.0.0.5',
  '10.0.0.5/8',
  '0.0.0.0/0',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '192.168.1.0/024',
  '10.42.0.0/16',
  '255.255.255.255/32',
  '1.2.3.4/0',
  '::/0',
  '::/1',
  '8000::/1',
  'fd00::1',
  'fd00::1/64',
  'FD00:0:0:0::2/128',
  '::ffff:10.0.0.0/104',
  '::10.0.0.1',
  '1:2:3:4:5:6:7::',
  '::2:3:4:5:6:7:8',
  '1:2:3:4:5:6:1.2.3.4/128',
  'fe80::/10',
  '64:ff9b::1.2.3.4',
  '::',
  '::1/128',
  '1::/0000000000000000000000016',
];
const badPrefixes = [
  '010.0.0.0/8',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/255.0.0.0',
  '10.0.0/8',
  '10.0.0.256',
  '10.0.0.0/8/8',
  '10.0.0.0/-1',
  '10.0.0.0/+8',
  '+10.0.0.0/8',
  '-fd00::/64',
  'fd00::/129',
  'fd00::g',
  '1:2:3:4:5:6:7:8:9',
  ':::',
  '1::2::3',
  'fd00::1%lo',
  '1:2:3:4:5:6:7',
  '12345::',
  '::1.2.3',
  '::1.2.3.4:5',
  'a.b.c.d',
  '1.2.3.4.',
  '',
  'x',
  '0x0a.0.0.1',
  '1:2:3:4:5:6:7:1.2.3.4',
  '10.0.0.0/18446744073709551624',
  '10.0.0.0/8x',
  '::/0x',
  ':1::',
];
const goodEndpoints = [
  '192.0.2.1:51820',
  '[2001:db8::1]:51820',
  '2001:db8::1:51820',
  '[192.0.2.1]:51820',
  'vpn.example.com:51820',
  'a_b.example:1',
  '127.1:51820',
  '0x7f.1:1',
  '010.0.0.1:51820',
  '1:51820',
  '256.1.1.1:1',
  'x-.y:1',
  'host.:7',
  '.:7',
  '*:51820',
  'vpn:*',
  '[vpn.example]:5',
  '::ffff:192.0.2.1:7',
  '[fe80::1%1]:51820',
  'ff02::1%2:9',
  'localhost:51820',
  'vpn:70000',
  'vpn:+5',
  '192.0.2.1:0',
  '4294967295:1',
  '4294967296:1',
  '08.0.0.1:3',
  '1.16777215:1',
  '1.2.3.4.5:6',
  'VPN.Example:51820',
];
const badEndpoints = [
  'vpn.example.com',
  '192.0.2.1',
  'vpn:',
  ':51820',
  '[2001:db8::1]',
  '[2001:db8::1:51820',
  '[]:51820',
  '[2001:db8::1]51820',
  '-vpn:1',
  'v..pn:1',
  '.vpn:1',
  'vpn/x:1',
  'http://vpn:1',
  '<vpn>:1',
  'vpn:0x10',
  'vpn:-1',
  '*:*',
  'vpn*:1',
  '1:2:3:4',
  'fd00::g:1',
  '192.0.2.1%lo:1',
  'fd00::1%lo:1',
  '[vpn]]:1',
  '[vpn]:1:2',
  'v\u00fcpn:1',
  '[fe80::1%4294967296]:1',
  '',
  'a,b:1',
  `${'a'.repeat(64)}:1`,
  `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(62)}:1`,
];
const quickValues: Readonly<Record<string, readonly string[]>> = {
  Address: [
    '10.0.0.1/24',
    '10.0.0.1',
    '10.0.0.1/24, fd00::1/64',
    'fd00::1/64 10.0.0.2',
    'x',
    '',
    '10.0.0.1/33',
    '*',
  ],
  DNS: ['1.1.1.1', '1.1.1.1, corp.example', 'corp.example', '', 'fd00::53', '1.1.1', '10.0.0.1/32'],
  MTU: ['1420', '', 'abc', '0x500', '99999'],
  Table: ['auto', 'off', 'Off', '42', '', 'main'],
  PreUp: ['true', '', 'echo "a=b" # c', 'echo [Peer]'],
  PostUp: ['iptables -A FORWARD -i %i -j ACCEPT; echo a=b', ''],
  PreDown: ['true'],
  PostDown: ['true # x'],
  SaveConfig: ['true', 'false', 'TRUE', 'False', 'yes', '', '1'],
};

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
        return line(chance, field, oneOf(chance, goodEndpoints, badEndpoints));
      case 'PersistentKeepalive':
        return line(chance, field, oneOf(chance, goodKeepalives, badKeepalives));
      default:
        return line(chance, field, oneOf(chance, field === 'PublicKey' ? publicKeys : privateKeys, badKeys));
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
      return line(chance, field, oneOf(chance, privateKeys, badKeys));
    case 'ListenPort':
      return line(chance, field, oneOf(chance, goodPorts, badPorts));
    case 'FwMark':
      return line(chance, field, oneOf(chance, goodMarks, badMarks));
    default:
      if (chance.percent(1)) return field;
      return line(chance, field, chance.pick(quickValues[field] ?? []));
  }
}

function oneOf(chance: Chance, good: readonly string[], bad: readonly string[]): string {
  return chance.percent(94) ? chance.pick(good) : chance.pick(bad);
}

function prefixList(chance: Chance): string {
  const count = 1 + chance.below(4);
  const items = Array.from({ length: count }, () =>
    chance.percent(98) ? chance.pick(goodPrefixes) : chance.pick(badPrefixes),
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
