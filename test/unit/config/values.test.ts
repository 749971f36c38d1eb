import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../shared/network/address.ts';
import { formatInterfaceAddress } from '../../../shared/network/prefix.ts';
import { interfaceNameProblem } from '../../../shared/config/index.ts';
import { readDns } from '../../../shared/config/values/dns.ts';
import { formatEndpoint, readEndpoint } from '../../../shared/config/values/endpoint.ts';
import { readFwMark } from '../../../shared/config/values/fwmark.ts';
import { readHost } from '../../../shared/config/values/host.ts';
import { readInterfaceAddress } from '../../../shared/config/values/interface-address.ts';
import { readKeepalive } from '../../../shared/config/values/keepalive.ts';
import { readMtu } from '../../../shared/config/values/mtu.ts';
import { readPort } from '../../../shared/config/values/port.ts';
import { readTable } from '../../../shared/config/values/table.ts';

const longest = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;

describe('a port, as glibc reads it', () => {
  it.each([
    ['0', 'plain', 0],
    ['51820', 'plain', 51820],
    ['00051820', 'plain', 51820],
    ['65535', 'plain', 65535],
    ['+5', 'signed', 5],
    ['-4294967295', 'wrapped', 1],
    ['70000', 'wrapped', 4464],
    ['65536', 'wrapped', 0],
    ['4294967296', 'wrapped', 0],
    ['2147483647', 'wrapped', 65535],
    ['ntp', 'service', 123],
    ['4294967347', 'wrapped', 51],
    ['-0', 'signed', 0],
  ])('%s is %s, %i', (text, kind, port) => {
    expect(readPort(text)).toEqual({ kind, port });
  });

  it.each(['', '-1', '+', '0x10', '5182O', 'NTP', '2147483648', '4294967295', '18446744073709551616', ' 5'])(
    '%j is refused',
    (text) => expect(readPort(text).kind).toBe('refused'),
  );

  it('can be any one', () => expect(readPort('*').kind).toBe('any'));
});

describe('a host, as glibc reads it', () => {
  it.each([
    ['127.1', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['010.0.0.1', '8.0.0.1'],
    ['1', '0.0.0.1'],
    ['4294967295', '255.255.255.255'],
    ['1.16777215', '1.255.255.255'],
    ['1.2.65535', '1.2.255.255'],
    ['1.2.3.4', '1.2.3.4'],
    ['FD00::0001', 'fd00::1'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
  ])('%s is the address %s', (text, address) => {
    const host = readHost(text);
    expect(host.kind === 'address' && formatAddress(host.address)).toBe(address);
    expect(host.kind === 'address' && host.shorthand).toBe(!text.includes(':') && text !== address);
  });

  it.each([
    'a',
    'A.b-c',
    'a_b',
    '_a.b',
    'a-',
    'a.-b',
    'host.',
    '.',
    '1.2.3.4x',
    '0x1g',
    longest,
    `${longest}.`,
  ])('%s is a name', (text) => expect(readHost(text).kind).toBe('name'));

  it.each([
    '256.1.1.1',
    '1.2.3.4.5',
    '99999999999',
    '4294967296',
    '08.0.0.1',
    '1.',
    '1.2.3.4.',
    '0x',
    '1.16777216',
    'a.1',
  ])('%s is a name that cannot be', (text) => expect(readHost(text).kind).toBe('numeric-name'));

  it.each([
    '',
    '-a',
    'a..b',
    '.a',
    'a b',
    'a/b',
    'a*',
    '<a>',
    'bücher',
    '服务器',
    'fd00::g',
    ':',
    '1:2',
    `${longest}x`,
    'a'.repeat(64),
  ])('%j is refused', (text) => expect(readHost(text).kind).toBe('refused'));

  it.each([
    ['fe80::1%eth0', true],
    ['ff02::1%eth0', true],
    ['fd00::1%eth0', false],
    ['fd00::1%5', true],
    ['fe80::1%4294967296', false],
    ['fe80::1%', false],
    ['127.0.0.1%lo', false],
  ])('the zone of %s: %s', (text, accepted) => expect(readHost(text).kind === 'address').toBe(accepted));
});

describe('an endpoint', () => {
  it.each([
    ['[::1]:5', '[::1]:5'],
    ['fd00::1:51820', '[fd00::1]:51820'],
    ['[1.2.3.4]:5', '1.2.3.4:5'],
    ['[vpn]:5', 'vpn:5'],
    ['VPN.example:005', 'VPN.example:5'],
  ])('%s is written %s', (text, canonical) => {
    const endpoint = readEndpoint(text);
    expect(endpoint.kind === 'read' && formatEndpoint(endpoint.host, endpoint.port)).toBe(canonical);
  });

  it.each([
    ['vpn', 'no-port'],
    ['vpn:', 'no-port'],
    ['[vpn', 'no-bracket'],
    ['[vpn]', 'no-port'],
    ['[vpn]5', 'no-port'],
    ['[vpn]:', 'no-port'],
  ])('%s: %s', (text, kind) => expect(readEndpoint(text).kind).toBe(kind));
});

describe('FwMark', () => {
  it.each([
    ['off', 0],
    ['OFF', 0],
    ['0', 0],
    ['010', 10],
    ['0xCA6C', 0xca6c],
    ['4294967295', 0xffffffff],
    ['0x100000000', null],
    ['4294967296', null],
    ['0XCA6C', null],
    ['0x', null],
    ['', null],
    ['-1', null],
  ])('%j is %s', (text, mark) => expect(readFwMark(text)).toBe(mark));
});

describe('PersistentKeepalive', () => {
  it.each([
    ['off', 0],
    ['Off', 0],
    ['0', 0],
    ['025', 25],
    ['65535', 65535],
    ['65536', null],
    ['25s', null],
    ['+1', null],
    ['', null],
  ])('%j is %s', (text, seconds) => expect(readKeepalive(text)).toBe(seconds));
});

describe('Address, as ip reads it', () => {
  it.each([
    ['10.0.0.1/24', '10.0.0.1/24'],
    ['10.0.0.1', '10.0.0.1/32'],
    ['fd00::1', 'fd00::1/128'],
    ['10.0.0.1/255.255.255.0', '10.0.0.1/24'],
    ['10.0.0.1/0', '10.0.0.1/0'],
  ])('%s is %s', (text, address) => {
    const reading = readInterfaceAddress(text);
    expect(reading.kind === 'read' && formatInterfaceAddress(reading.address)).toBe(address);
  });

  it.each([
    '10.1',
    '10',
    '0x0a.1',
    '010.0.0.1/24',
    '10.0.0.1/0x18',
    '10.0.0.1/+8',
    '10.0.0.1/010',
    'fd00::4/064',
  ])('%s is ambiguous', (text) => expect(readInterfaceAddress(text).kind).toBe('ambiguous'));

  it.each([
    'abc',
    '10.0.0.1/33',
    '10.0.0.1/',
    '10.0.0.1/08',
    '10.0.0.256',
    '1.2.3.4.5',
    '1.2.3.',
    '::',
    '::1',
    'ff02::1',
    'fd00::2/129',
    'fd00::3/ffff::',
    'fd00::5%lo',
    '10.0.0.6/255.0.255.0',
    '',
  ])('%j is refused', (text) => expect(readInterfaceAddress(text).kind).toBe('refused'));
});

describe('MTU, as ip reads it', () => {
  it.each([
    ['68', { kind: 'read', bytes: 68 }],
    ['65535', { kind: 'read', bytes: 65535 }],
    ['0x500', { kind: 'ambiguous', bytes: 1280 }],
    ['01400', { kind: 'ambiguous', bytes: 768 }],
    ['+1400', { kind: 'ambiguous', bytes: 1400 }],
    ['67', { kind: 'out-of-range' }],
    ['65536', { kind: 'out-of-range' }],
    ['-5', { kind: 'out-of-range' }],
    ['0', { kind: 'out-of-range' }],
    ['14 00', { kind: 'refused' }],
    ['1400.5', { kind: 'refused' }],
    ['abc', { kind: 'refused' }],
  ])('%s', (text, reading) => expect(readMtu(text)).toEqual(reading));
});

describe('Table, as wg-quick and ip read it', () => {
  it.each([
    ['', { kind: 'read', table: 'auto' }],
    ['off', { kind: 'read', table: 'off' }],
    ['4294967295', { kind: 'read', table: 4294967295 }],
    ['unspec', { kind: 'read', table: 254 }],
    ['OFF', { kind: 'case', word: 'off' }],
    ['Main', { kind: 'case', word: 'main' }],
    ['010', { kind: 'ambiguous', table: 8 }],
    ['+7', { kind: 'ambiguous', table: 7 }],
    ['4294967296', { kind: 'refused' }],
    ['-1', { kind: 'refused' }],
    ['vpn', { kind: 'unknown-name' }],
  ])('%j', (text, reading) => expect(readTable(text)).toEqual(reading));
});

describe('DNS, as wg-quick takes it apart', () => {
  it.each([
    ['1.1.1.1', { kind: 'server', text: '1.1.1.1' }],
    ['FD00::0053', { kind: 'server', text: 'fd00::53' }],
    ['fe80::1%eth0', { kind: 'server', text: 'fe80::1%eth0' }],
    ['corp.example', { kind: 'domain', text: 'corp.example' }],
    ['~cluster.local', { kind: 'domain', text: '~cluster.local' }],
    ['~.', { kind: 'domain', text: '~.' }],
    ['1.1.1', { kind: 'not-a-server' }],
    ['1.1.1.1:53', { kind: 'not-a-server' }],
    ['tls://dns.example', { kind: 'not-a-server' }],
    ['1.1.1.1/32', { kind: 'not-a-domain' }],
    ['"1.1.1.1"', { kind: 'not-a-domain' }],
    ['公司.cn', { kind: 'not-a-domain' }],
    ['--help', { kind: 'not-a-domain' }],
    ['~-x', { kind: 'not-a-domain' }],
  ])('%s', (text, reading) => expect(readDns(text)).toEqual(reading));
});

describe('the name of an interface', () => {
  it.each([
    ['wg0', null],
    ['a=b_c+d.e-f', null],
    ['fifteen-letters', null],
    ['sixteen-letters-', 'too-long'],
    ['', 'empty'],
    ['办公室', 'characters'],
    ['a b', 'characters'],
    ['a/b', 'characters'],
    ['..', 'reserved'],
    ['-a', 'reserved'],
    ['lo', 'reserved'],
  ])('%s: %s', (name, problem) => expect(interfaceNameProblem(name)).toBe(problem));
});
