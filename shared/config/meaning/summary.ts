import { formatInterfaceAddress, formatPrefix } from '../../network/prefix.ts';
import type { KeyText } from '../../tunnel/status.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { DiagnoseOptions } from '../diagnostics/diagnose.ts';
import { publicKeyOf } from '../keys/key-pair.ts';
import { sectionsOf, squeezedValue } from '../syntax/conf-file.ts';
import type { ConfFile, Section } from '../syntax/conf-file.ts';
import { readEndpoint } from '../values/endpoint.ts';
import { nameOf } from './names.ts';
import { keyIn, prefixesIn, settingsNamed } from './peer-section.ts';
import { quickOptionsOf } from './quick-options.ts';
import { labelOf } from './tunnel.ts';

/** A profile as a list shows it. Holds no secret. */
export interface ConfSummary {
  /** What the file calls itself; null where it does not. */
  readonly label: string | null;
  /** As `ip` would print them. */
  readonly addresses: readonly string[];
  /** Our own public key; null where the file holds no usable private key. */
  readonly publicKey: KeyText | null;
  /** One for each [Peer], in order. */
  readonly peers: readonly PeerSummary[];
  readonly errors: number;
  readonly warnings: number;
}

/** A [Peer] as its file describes it. */
export interface PeerSummary {
  /** Empty where the file has no valid one. */
  readonly publicKey: KeyText;
  readonly name: string | null;
  /** As the file writes it, without blanks; null where there is none that can be used. */
  readonly endpoint: string | null;
  readonly allowedIps: readonly string[];
}

/** Sums a configuration up, whether or not it has errors. */
export function summarise(file: ConfFile, options: DiagnoseOptions = {}): ConfSummary {
  let privateKey: string | null = null;
  const peers: PeerSummary[] = [];
  for (const section of sectionsOf(file)) {
    if (section.kind === 'interface') privateKey = keyIn(file, section, 'PrivateKey') ?? privateKey;
    if (section.kind === 'peer') peers.push(peerSummary(file, section));
  }
  const secret = privateKey;
  const severities = diagnose(file, options).map(({ severity }) => severity);
  return {
    label: labelOf(file),
    addresses: quickOptionsOf(file).addresses.map(formatInterfaceAddress),
    publicKey: secret === null ? null : publicKeyOf(secret),
    // A private key that was put in the place of a public one does not go out with the summary.
    peers: peers.map((peer) => (peer.publicKey === secret ? { ...peer, publicKey: '' } : peer)),
    errors: severities.filter((severity) => severity === 'error').length,
    warnings: severities.filter((severity) => severity === 'warning').length,
  };
}

function peerSummary(file: ConfFile, section: Section): PeerSummary {
  let endpoint: string | null = null;
  for (const setting of settingsNamed(file, section, 'Endpoint')) {
    const written = squeezedValue(file, setting);
    // Whatever else was pasted there is not shown.
    const reading = readEndpoint(written);
    endpoint = reading.kind === 'read' && reading.host.kind !== 'refused' ? written : null;
  }
  return {
    publicKey: keyIn(file, section, 'PublicKey') ?? '',
    name: nameOf(file, section),
    endpoint,
    allowedIps: [...prefixesIn(file, section)].map(formatPrefix),
  };
}
