import type { DiagnosticCode } from '../../../shared/config/index.ts';

/**
 * The rows of the tables in the specification of the language, a file each in test/fixtures/conf/rows, by its section. `verdict`
 * is what `wg-quick strip` and then `wg setconf` do: the differential test asks them, and the unit test asks `diagnose`.
 */
export interface Row {
  /** Its file, without `.conf`. */
  readonly name: string;
  readonly verdict: 'accepted' | 'refused by wg' | 'refused by strip';
  /** A code that has to be among the diagnostics. */
  readonly code: DiagnosticCode | null;
}

const accepted = (name: string, code: DiagnosticCode | null = null): Row => ({
  name,
  verdict: 'accepted',
  code,
});
const refusedByWg = (name: string, code: DiagnosticCode): Row => ({ name, verdict: 'refused by wg', code });
const refusedByStrip = (name: string, code: DiagnosticCode): Row => ({
  name,
  verdict: 'refused by strip',
  code,
});

/** 1.1: The level of lines. */
const lineRows: readonly Row[] = [
  accepted('1.1/upper-case-header'),
  accepted('1.1/lower-case-key', 'key-spelling'),
  accepted('1.1/endpoint-of-seed-001', 'key-spelling'),
  accepted('1.1/blanks-inside-header', 'section-spelling'),
  accepted('1.1/blanks-inside-key-and-value', 'key-spelling'),
  accepted('1.1/cr-lf'),
  refusedByWg('1.1/byte-order-mark', 'byte-order-mark'),
  refusedByWg('1.1/no-break-space', 'look-alike-character'),
  refusedByWg('1.1/full-width-equals', 'look-alike-character'),
  refusedByWg('1.1/semicolon-comment', 'comment-marker'),
  refusedByWg('1.1/empty-public-key', 'value-missing'),
  refusedByWg('1.1/empty-allowed-ips', 'value-missing'),
  refusedByWg('1.1/line-without-equals', 'line-unrecognized'),
  refusedByWg('1.1/unknown-key', 'key-unrecognized'),
  refusedByWg('1.1/unknown-section', 'section-unrecognized'),
  refusedByWg('1.1/key-before-section', 'outside-section'),
  refusedByWg('1.1/address-given-to-setconf', 'key-not-taken'),
  accepted('1.1/no-newline-at-end'),
  accepted('1.1/empty-file', 'file-empty'),
  accepted('1.1/peers-only', 'interface-missing'),
  accepted('1.1/no-private-key', 'private-key-missing'),
  refusedByWg('1.1/no-public-key', 'public-key-missing'),
  accepted('1.1/hash-in-quotes'),
  accepted('1.1/many-prefixes-on-one-line'),
];

/** 1.2: Values. */
const valueRows: readonly Row[] = [
  accepted('1.2/keys'),
  refusedByWg('1.2/key-not-canonical', 'key-malformed'),
  refusedByWg('1.2/key-url-safe', 'key-malformed'),
  accepted('1.2/preshared-key-zero', 'preshared-key-zero'),
  accepted('1.2/listen-port-70000', 'port-out-of-range'),
  accepted('1.2/listen-port-65536', 'port-out-of-range'),
  accepted('1.2/listen-port-65535'),
  accepted('1.2/listen-port-0'),
  accepted('1.2/listen-port-domain', 'port-service'),
  refusedByWg('1.2/listen-port-negative', 'port-malformed'),
  refusedByWg('1.2/listen-port-hexadecimal', 'port-malformed'),
  accepted('1.2/fwmark-off'),
  accepted('1.2/fwmark-decimal'),
  accepted('1.2/fwmark-hexadecimal'),
  accepted('1.2/fwmark-zero'),
  accepted('1.2/fwmark-largest'),
  refusedByWg('1.2/fwmark-too-large', 'fwmark-malformed'),
  refusedByWg('1.2/fwmark-upper-case-x', 'fwmark-malformed'),
  refusedByWg('1.2/fwmark-0x', 'fwmark-malformed'),
  accepted('1.2/endpoint-name'),
  accepted('1.2/endpoint-ipv6'),
  accepted('1.2/endpoint-last-colon', 'endpoint-brackets'),
  accepted('1.2/endpoint-ipv4-in-brackets', 'endpoint-brackets'),
  accepted('1.2/endpoint-short-ipv4', 'endpoint-shorthand'),
  accepted('1.2/endpoint-port-0', 'endpoint-port-zero'),
  accepted('1.2/endpoint-port-70000', 'port-out-of-range'),
  accepted('1.2/endpoint-zone'),
  refusedByWg('1.2/endpoint-no-host', 'endpoint-host'),
  refusedByWg('1.2/endpoint-no-port', 'endpoint-no-port'),
  accepted('1.2/keepalive-off'),
  accepted('1.2/keepalive-0'),
  accepted('1.2/keepalive-65535'),
  accepted('1.2/keepalive-leading-zero'),
  refusedByWg('1.2/keepalive-with-unit', 'keepalive-malformed'),
  refusedByWg('1.2/keepalive-65536', 'keepalive-malformed'),
  accepted('1.2/allowed-ips-bare'),
  accepted('1.2/allowed-ips-longest-and-shortest'),
  accepted('1.2/allowed-ips-length-leading-zero'),
  refusedByWg('1.2/allowed-ips-byte-leading-zero', 'allowed-ip-malformed'),
  refusedByWg('1.2/allowed-ips-netmask', 'allowed-ip-malformed'),
  refusedByWg('1.2/allowed-ips-length-33', 'allowed-ip-malformed'),
  refusedByWg('1.2/allowed-ips-length-129', 'allowed-ip-malformed'),
  refusedByWg('1.2/allowed-ips-trailing-comma', 'allowed-ip-empty'),
  refusedByWg('1.2/allowed-ips-two-commas', 'allowed-ip-empty'),
  accepted('1.2/allowed-ips-host-bits', 'allowed-ip-host-bits'),
  accepted('1.2/allowed-ips-ipv4-mapped'),
  refusedByWg('1.2/allowed-ips-plus', 'allowed-ip-incremental'),
  refusedByWg('1.2/allowed-ips-minus', 'allowed-ip-incremental'),
];

/** 1.3: Duplicates and order. */
const duplicateRows: readonly Row[] = [
  accepted('1.3/allowed-ips-repeated'),
  accepted('1.3/other-key-repeated', 'repeated-key'),
  accepted('1.3/second-interface', 'repeated-interface'),
  accepted('1.3/peer-twice', 'peer-repeated'),
  accepted('1.3/prefix-in-two-peers', 'allowed-ip-moved'),
  accepted('1.3/own-public-key', 'own-public-key'),
  refusedByWg('1.3/incremental-in-second-section', 'allowed-ip-incremental'),
];

/** 1.4: What wg-quick adds. */
const quickRows: readonly Row[] = [
  accepted('1.4/keys-in-any-case', 'key-spelling'),
  accepted('1.4/header-with-outer-blanks'),
  refusedByWg('1.4/address-under-peer', 'key-misplaced'),
  accepted('1.4/address-with-commas-and-blanks'),
  accepted('1.4/address-without-length', 'address-without-length'),
  accepted('1.4/address-glob', 'address-glob'),
  accepted('1.4/dns-servers-and-domains'),
  accepted('1.4/dns-domains-only', 'dns-search-only'),
  accepted('1.4/mtu-67', 'mtu-out-of-range'),
  accepted('1.4/mtu-1279', 'mtu-without-ipv6'),
  accepted('1.4/mtu-65535', 'mtu-large'),
  accepted('1.4/mtu-65536', 'mtu-out-of-range'),
  accepted('1.4/mtu-abc', 'mtu-malformed'),
  accepted('1.4/table-off'),
  accepted('1.4/table-auto'),
  accepted('1.4/table-number'),
  accepted('1.4/table-off-capital', 'table-case'),
  accepted('1.4/table-auto-capitals', 'table-case'),
  accepted('1.4/hooks-in-order', 'scripts-not-run'),
  accepted('1.4/hook-with-equals-and-semicolon', 'scripts-not-run'),
  accepted('1.4/hook-with-hash', 'script-hash'),
  accepted('1.4/hook-empty', 'value-empty'),
  accepted('1.4/save-config-true', 'save-config-ignored'),
  accepted('1.4/save-config-false'),
  refusedByStrip('1.4/save-config-yes', 'save-config-malformed'),
  refusedByStrip('1.4/save-config-empty', 'save-config-malformed'),
  refusedByStrip('1.4/save-config-alone', 'save-config-malformed'),
  accepted('1.4/key-alone', 'key-without-value'),
];

/** 1.5: What other programs read differently; `specification.test.ts` says how. */
const dialectRows: readonly Row[] = [
  accepted('1.5/fwmark'),
  accepted('1.5/save-config'),
  accepted('1.5/hooks'),
  accepted('1.5/table-off'),
  accepted('1.5/table-number'),
  accepted('1.5/scalar-repeated'),
  accepted('1.5/interface-repeated'),
  accepted('1.5/interface-behind-peer'),
  accepted('1.5/peer-twice'),
  accepted('1.5/hook-empty-of-wg-gen-web'),
  accepted('1.5/keepalive-off'),
  accepted('1.5/keepalive-off-capital'),
  accepted('1.5/endpoint-ipv6-without-brackets'),
  accepted('1.5/address-item-empty'),
  accepted('1.5/no-private-key'),
];

/** 1.6: What breaks naive parsers. */
const commentRows: readonly Row[] = [
  accepted('1.6/name-in-section'),
  accepted('1.6/name-above-header-of-wg-gen-web'),
  accepted('1.6/name-behind-value'),
  accepted('1.6/comment-block-above-peer'),
  accepted('1.6/order-of-kilo', 'interface-missing'),
];

/** Every row. */
export const rows: readonly Row[] = [
  ...lineRows,
  ...valueRows,
  ...duplicateRows,
  ...quickRows,
  ...dialectRows,
  ...commentRows,
];
