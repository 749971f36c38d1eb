import { formatAddress } from '../../shared/network/address.ts';
import { formatPrefix } from '../../shared/network/prefix.ts';
import { decode, diagnose, parse, stripConf } from '../../shared/config/index.ts';
import type { Diagnostic } from '../../shared/config/index.ts';
import { asBashReads } from '../../shared/config/syntax/bash-read.ts';
import { clampedKey } from '../../shared/config/keys/key-pair.ts';
import { deviceOf } from '../../shared/config/meaning/device.ts';
import { zeroKey } from '../../shared/config/values/key.ts';
import type { HostReading } from '../../shared/config/values/host.ts';
import type { Verdict } from './judge.ts';
import { everyName } from './name-server.ts';

/** What the product says of a configuration, in the terms of the real programs. */
export interface Expectation {
  readonly strip: boolean;
  readonly wg: boolean;
  readonly stripped: Buffer;
  /**
   * Whether bash has the same text: it makes a byte order mark part of the first line, and of UTF-16 it only drops the NULs.
   */
  readonly comparable: boolean;
  readonly errors: readonly Diagnostic[];
  /** Sorted lines, as {@link normalisedDump} gives them. */
  readonly state: readonly string[];
  readonly listenPortGiven: boolean;
  /**
   * Whether the engine has no rule of its own for this: without a private key wireguard-go takes zeros for its own public
   * key and passes over a peer that has it, which the kernel does not.
   */
  readonly isPlainState: boolean;
}

/** What the product says of these bytes. */
export function expect(bytes: Uint8Array): Expectation {
  const { text, encoding } = decode(bytes);
  const file = parse(text);
  const errors = diagnose(file, { encoding }).filter(({ severity }) => severity === 'error');
  const device = deviceOf(parse(asBashReads(text)));
  const head = [
    device.privateKey === null ? '(none)' : (clampedKey(device.privateKey) ?? ''),
    device.publicKey ?? '(none)',
    device.listenPort === null ? 'any' : String(device.listenPort),
    device.fwMark === null ? 'off' : `0x${device.fwMark.toString(16)}`,
  ];
  const peers = device.peers.map((peer) =>
    [
      peer.publicKey,
      peer.presharedKey ?? '(none)',
      peer.endpoint === null ? '(none)' : endpoint(peer.endpoint.host, peer.endpoint.port),
      peer.allowedIps.map(formatPrefix).sort().join(',') || '(none)',
      peer.persistentKeepalive === null ? 'off' : String(peer.persistentKeepalive),
    ].join(' '),
  );
  return {
    strip: !errors.some(({ judge }) => judge === 'strip'),
    wg: !errors.some(({ judge }) => judge === 'wg'),
    stripped: Buffer.from(stripConf(file), encoding.charset === 'latin-1' ? 'latin1' : 'utf8'),
    comparable: !encoding.bom && !(encoding.charset.startsWith('utf-16') && /[^\0-\x7f]/.test(text)),
    errors,
    state: [head.join(' '), ...peers.sort()],
    listenPortGiven: device.listenPort !== null,
    isPlainState: device.privateKey !== null || !device.peers.some(({ publicKey }) => publicKey === zeroKey),
  };
}

/** `wg show dump` in an order and a form that do not depend on the engine; a random port is `any`. */
export function normalisedDump(dump: string, listenPortGiven: boolean): string[] {
  const [head = '', ...peers] = dump.trimEnd().split('\n');
  const [privateKey, publicKey, port, mark] = head.split('\t');
  const lines = peers.map((line) => {
    const [key, preshared, address, allowedIps = '', , , , keepalive] = line.split('\t');
    return [key, preshared, address, allowedIps.split(',').sort().join(','), keepalive].join(' ');
  });
  return [[privateKey, publicKey, listenPortGiven ? port : 'any', mark].join(' '), ...lines.sort()];
}

/** Every name has one address in the lab; `wg` shows no zone. */
function endpoint(host: HostReading, port: number): string {
  switch (host.kind) {
    case 'address': {
      const text = formatAddress(host.address);
      return host.address.family === 6 ? `[${text}]:${port}` : `${text}:${port}`;
    }
    case 'wildcard':
      return `[::1]:${port}`;
    case 'name':
    case 'numeric-name':
    case 'escaped-name':
      return `${/^localhost$/i.test(host.name) ? '127.0.0.1' : everyName}:${port}`;
    case 'refused':
      return '(none)';
  }
}

/** Why the two may differ. */
export type Exception = (typeof exceptions)[number];

/**
 * Where the two may differ, by name.
 *
 * - `the engine refuses`: `wg` took the file, and wireguard-go would not carry it out, as for a port in use
 * - `name resolution`: whether there is an interface of the name that a zone has
 */
export const exceptions = ['the engine refuses', 'name resolution'] as const;

function exceptionFor(verdict: Verdict): Exception | null {
  if (verdict.words.includes('Unable to modify interface')) return 'the engine refuses';
  return /Name or service not known: `\[?[0-9a-f:]+%[A-Za-z]/i.test(verdict.words) ? 'name resolution' : null;
}

/**
 * The kinds of disagreement, from the side of the real programs: they accept what we refuse or the other way round, they print
 * something else, or they come to another state.
 */
export type Kind = 'strip-accepts' | 'strip-refuses' | 'strip-prints' | 'wg-accepts' | 'wg-refuses' | 'state';

/** One way in which the real programs and the product differ about a configuration. */
export interface Disagreement {
  readonly kind: Kind;
  /** Both sides. */
  readonly words: string;
}

/** How the two judgements of a configuration compare. `compared`: whether both accept it, and their states were held together. */
export interface Comparison {
  readonly compared: boolean;
  readonly disagreements: readonly Disagreement[];
  /** Why what differs may do so; then there is no disagreement. */
  readonly exception: Exception | null;
}

/** Compares what the real programs made of a configuration with what the product says of it. */
export function compare(bytes: Uint8Array, verdict: Verdict): Comparison {
  const ours = expect(bytes);
  const disagreements = differencesOf(ours, verdict);
  const exception = disagreements.length === 0 ? null : exceptionFor(verdict);
  return {
    compared: ours.wg && verdict.wg === true && ours.isPlainState,
    disagreements: exception === null ? disagreements : [],
    exception,
  };
}

function differencesOf(ours: Expectation, verdict: Verdict): Disagreement[] {
  const found: Disagreement[] = [];
  const codes = ours.errors.map(({ judge, code, line }) => `${judge} ${code} in line ${line}`).join('; ');
  const add = (kind: Kind, words = `they: ${verdict.words}\nwe: ${codes}`): void =>
    void found.push({ kind, words });
  if (ours.strip !== verdict.strip) add(verdict.strip ? 'strip-accepts' : 'strip-refuses');
  if (verdict.strip && ours.comparable && !ours.stripped.equals(verdict.stripped))
    add('strip-prints', `they: ${quote(verdict.stripped)}\nwe: ${quote(ours.stripped)}`);
  if (!verdict.strip || !ours.strip) return found;
  if (ours.wg !== verdict.wg) add(verdict.wg === true ? 'wg-accepts' : 'wg-refuses');
  if (ours.wg && verdict.wg === true && ours.isPlainState) {
    const theirs = normalisedDump(verdict.dump, ours.listenPortGiven).join('\n');
    const expected = ours.state.join('\n');
    if (theirs !== expected) add('state', `they:\n${theirs}\nwe:\n${expected}`);
  }
  return found;
}

function quote(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1'));
}
