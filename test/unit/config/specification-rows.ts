/**
 * The rows of the tables in the specification of the language, one configuration each. `verdict` is what `wg-quick strip` and
 * then `wg setconf` do: the differential test asks them, and the unit test asks `diagnose`.
 */
export interface Row {
  readonly name: string;
  readonly text: string;
  readonly verdict: 'accepted' | 'refused by wg' | 'refused by strip';
  /** A code that has to be among the diagnostics. */
  readonly code?: string;
}

const privateKey = 'wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=';
const publicKey = 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=';
const otherKey = 'kVq2ATMTckCKEJFF4TM3QYibxzlh+b9CV4GZ4meQYAo=';
const zeros = `${'A'.repeat(43)}=`;

const device = (...lines: string[]): string =>
  ['[Interface]', `PrivateKey = ${privateKey}`, ...lines, ''].join('\n');
const peer = (...lines: string[]): string => ['[Peer]', `PublicKey = ${publicKey}`, ...lines, ''].join('\n');
const row = (name: string, text: string, verdict: Row['verdict'], code?: string): Row =>
  code === undefined ? { name, text, verdict } : { name, text, verdict, code };
const accepted = (name: string, text: string, code?: string): Row => row(name, text, 'accepted', code);
const refused = (name: string, text: string, code?: string): Row => row(name, text, 'refused by wg', code);

/** 1.1, the level of lines. */
const lineRows: readonly Row[] = [
  accepted('an upper-case header', '[INTERFACE]\n'),
  accepted('a lower-case key', device('listenport=51820')),
  accepted('EndPoint, as seed 001 spells it', peer('EndPoint = 172.17.3.1:51820'), 'key-spelling'),
  accepted('blanks inside a header', '[ Inter face ]\n', 'section-spelling'),
  accepted('blanks inside a key and a value', peer('Allowed IPs = 10.0.0. 2/ 32'), 'key-spelling'),
  accepted('CR LF', device('ListenPort = 51820').replaceAll('\n', '\r\n')),
  refused('a byte order mark before the first header', `\ufeff${device()}`, 'byte-order-mark'),
  refused(
    'a no-break space after the =',
    `[Interface]\nPrivateKey =\u00a0${privateKey}\n`,
    'look-alike-character',
  ),
  refused('a full-width =', '[Interface]\nListenPort \uff1d 51820\n', 'look-alike-character'),
  refused('a comment that begins with ;', '; hello\n', 'comment-marker'),
  refused('an empty PublicKey, as in seed 000', '[Peer]\nPublicKey = \n', 'value-missing'),
  refused('an empty AllowedIPs', peer('AllowedIPs ='), 'value-missing'),
  refused('a line without =', device('wireguard'), 'line-unrecognized'),
  refused('an unknown key', device('ListenPorts = 1'), 'key-unrecognized'),
  refused('an unknown section', '[Server]\n', 'section-unrecognized'),
  refused('a key before any section', 'ListenPort = 51820\n', 'outside-section'),
  refused(
    'Address under a header that wg-quick does not know',
    '[ Interface ]\nAddress = 10.0.0.1/24\n',
    'key-not-taken',
  ),
  refused('Address under [Peer]', peer('Address = 10.0.0.1/24'), 'key-misplaced'),
  accepted('no newline at the end', device('ListenPort = 51820').trimEnd()),
  accepted('an empty file', '', 'file-empty'),
  accepted('nothing but a [Peer]', peer('AllowedIPs = 10.0.0.1/32'), 'interface-missing'),
  accepted('[Interface] without PrivateKey', '[Interface]\nListenPort = 51820\n', 'private-key-missing'),
  refused('[Peer] without PublicKey', '[Peer]\nAllowedIPs = 10.0.0.1/32\n', 'public-key-missing'),
  accepted('quotes that do not protect a #', device('ListenPort = 51820 # "#"')),
  accepted(
    '250 prefixes on one line',
    peer(`AllowedIPs = ${Array.from({ length: 250 }, (_, at) => `10.${at >> 8}.${at & 255}.1`).join(',')}`),
  ),
];

/** 1.2, values. */
const valueRows: readonly Row[] = [
  refused(
    "seed 001's public key, not canonical",
    '[Peer]\nPublicKey = kUWTgCf3xlwTTCiayz7Jmo6TpHfNWc2H2NuM6ajQMML=\n',
    'key-malformed',
  ),
  refused('URL-safe base64', `[Peer]\nPublicKey = ${'-_'.repeat(21)}A=\n`, 'key-malformed'),
  accepted('a preshared key of zeros', peer(`PresharedKey = ${zeros}`), 'preshared-key-zero'),
  accepted('ListenPort 70000, which glibc wraps', device('ListenPort = 70000'), 'port-out-of-range'),
  accepted(
    'ListenPort 65536, which glibc wraps to a random one',
    device('ListenPort = 65536'),
    'port-out-of-range',
  ),
  accepted('ListenPort domain, from /etc/services', device('ListenPort = ntp'), 'port-service'),
  refused('ListenPort -1', device('ListenPort = -1'), 'port-malformed'),
  refused('ListenPort 0x10', device('ListenPort = 0x10'), 'port-malformed'),
  accepted('ListenPort 0', device('ListenPort = 0')),
  accepted('FwMark off', device('FwMark = OFF')),
  accepted('FwMark in decimal', device('FwMark = 51820')),
  accepted('FwMark in hexadecimal', device('FwMark = 0xca6c')),
  refused('FwMark with an upper-case X', device('FwMark = 0XCA6C'), 'fwmark-malformed'),
  refused('FwMark 0x', device('FwMark = 0x'), 'fwmark-malformed'),
  accepted('an endpoint split at the last colon', peer('Endpoint = fd00::1:51820'), 'endpoint-brackets'),
  accepted('an IPv4 endpoint in brackets', peer('Endpoint = [1.2.3.4]:51820'), 'endpoint-brackets'),
  accepted('a short IPv4 endpoint', peer('Endpoint = 127.1:51820'), 'endpoint-shorthand'),
  accepted('an endpoint with port 0', peer('Endpoint = 1.2.3.4:0'), 'endpoint-port-zero'),
  accepted('an endpoint with port 70000', peer('Endpoint = 1.2.3.4:70000'), 'port-out-of-range'),
  accepted('a zone', peer('Endpoint = [fe80::1%1]:51820')),
  refused('an endpoint without a host', peer('Endpoint = :51820'), 'endpoint-host'),
  refused('an endpoint without a port', peer('Endpoint = 1.2.3.4'), 'endpoint-no-port'),
  accepted('PersistentKeepalive off', peer('PersistentKeepalive = Off')),
  refused('PersistentKeepalive 25s', peer('PersistentKeepalive = 25s'), 'keepalive-malformed'),
  refused('PersistentKeepalive 65536', peer('PersistentKeepalive = 65536'), 'keepalive-malformed'),
  accepted('PersistentKeepalive 025', peer('PersistentKeepalive = 025')),
  accepted('a bare IPv4 and IPv6 address', peer('AllowedIPs = 10.0.0.1, fd00::1')),
  accepted('a length with a leading zero', peer('AllowedIPs = 10.0.0.0/08')),
  refused('a byte with a leading zero', peer('AllowedIPs = 010.0.0.0/8'), 'allowed-ip-malformed'),
  refused('a netmask', peer('AllowedIPs = 10.0.0.0/255.0.0.0'), 'allowed-ip-malformed'),
  refused('/33', peer('AllowedIPs = 10.0.0.0/33'), 'allowed-ip-malformed'),
  refused('a trailing comma', peer('AllowedIPs = 10.0.0.0/8,'), 'allowed-ip-empty'),
  refused('two commas', peer('AllowedIPs = 10.0.0.0/8,,10.0.0.1'), 'allowed-ip-empty'),
  accepted('host bits', peer('AllowedIPs = 10.0.0.1/8'), 'allowed-ip-host-bits'),
  accepted('an IPv4-mapped prefix', peer('AllowedIPs = ::ffff:10.0.0.0/104')),
  refused('a + prefix, with wg of 2021', peer('AllowedIPs = +10.0.0.0/8'), 'allowed-ip-incremental'),
  refused('a - prefix, with wg of 2021', peer('AllowedIPs = -10.0.0.0/8'), 'allowed-ip-incremental'),
];

/** 1.3, duplicates and order. */
const duplicateRows: readonly Row[] = [
  accepted('AllowedIPs repeated in one [Peer]', peer('AllowedIPs = 10.0.0.1', 'AllowedIPs = 10.0.0.2')),
  accepted('another key repeated', device('ListenPort = 1', 'ListenPort = 51820'), 'repeated-key'),
  accepted(
    'a second [Interface]',
    `${device('ListenPort = 1')}[Interface]\nListenPort = 51820\n`,
    'repeated-interface',
  ),
  accepted(
    'two [Peer] with one key',
    peer('AllowedIPs = 10.0.0.1', 'Endpoint = 1.2.3.4:5') + peer('AllowedIPs = 10.0.0.2'),
    'peer-repeated',
  ),
  accepted(
    'one prefix in two peers',
    `${peer('AllowedIPs = 10.0.0.0/8, 10.1.0.0/16')}[Peer]\nPublicKey = ${otherKey}\nAllowedIPs = 10.0.0.0/8\n`,
    'allowed-ip-moved',
  ),
  accepted(
    "a peer with the interface's own key",
    `${device()}[Peer]\nPublicKey = 9ABX0eLM8OsWi+lWepMYQkRaGqi2Rc1wHy5UIZyhBiU=\nAllowedIPs = 10.0.0.1\n`,
    'own-public-key',
  ),
];

/** 1.4, what wg-quick adds. */
const quickRows: readonly Row[] = [
  accepted(
    "wg-quick's keys in any case",
    device('ADDRESS = 10.0.0.1/24', 'dns = 1.1.1.1', 'mtu = 1420', 'table = auto'),
  ),
  accepted('Address without a length', device('Address = 10.0.0.1'), 'address-without-length'),
  accepted('Address = *', device('Address = *'), 'address-glob'),
  accepted('Address with commas and blanks', device('Address = 10.0.0.1/24 fd00::1/64, 10.0.1.1/24')),
  accepted('DNS with search domains only', device('DNS = corp.example'), 'dns-search-only'),
  accepted('MTU 67', device('MTU = 67'), 'mtu-out-of-range'),
  accepted('MTU 1279', device('MTU = 1279')),
  accepted('MTU 65536', device('MTU = 65536'), 'mtu-out-of-range'),
  accepted('MTU abc', device('MTU = abc'), 'mtu-malformed'),
  accepted('Table = Off', device('Table = Off'), 'table-case'),
  accepted('Table = AUTO', device('Table = AUTO'), 'table-case'),
  accepted('a hook with = and ;', device('PostUp = echo a=b; echo c'), 'scripts-not-run'),
  accepted('a hook with a #', device('PostUp = echo "#"'), 'script-hash'),
  accepted('an empty hook', device('PreUp = '), 'value-empty'),
  accepted('SaveConfig = TRUE', device('SaveConfig = TRUE'), 'save-config-ignored'),
  row('SaveConfig = yes', device('SaveConfig = yes'), 'refused by strip', 'save-config-malformed'),
  row('SaveConfig without a value', device('SaveConfig ='), 'refused by strip', 'save-config-malformed'),
  row('SaveConfig alone', device('SaveConfig'), 'refused by strip', 'save-config-malformed'),
  accepted('[Interface] with outer blanks', ' \t[Interface] \nAddress = 10.0.0.1/24\n'),
  accepted("one of wg-quick's keys alone", device('DNS'), 'key-without-value'),
];

/** Every row. */
export const rows: readonly Row[] = [...lineRows, ...valueRows, ...duplicateRows, ...quickRows];
