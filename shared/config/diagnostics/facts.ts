import type { Address } from '../../network/address.ts';
import type { InterfaceAddress } from '../../network/prefix.ts';
import { createPrefixTable } from '../../network/prefix-table.ts';
import type { PrefixTable } from '../../network/prefix-table.ts';
import type { GivenKey } from '../meaning/peer-section.ts';
import type { Setting } from '../syntax/conf-file.ts';
import type { Field } from '../syntax/vocabulary.ts';
import type { Place } from './report.ts';

/** A peer with a usable key, as far as rules on the whole file need it. */
export interface PeerFacts {
  readonly publicKey: string;
  /** The index of its last section. */
  section: number;
  /** The literal address of its endpoint. */
  endpoint: { readonly address: Address; readonly place: Place } | null;
  /** How many items of AllowedIPs its last section has. */
  allowedIps: number;
}

/** What has been seen of a file on the way through it. */
export interface Facts {
  /** Whether a byte order mark stands before the first line. */
  readonly marked: boolean;
  /** The header of the first [Interface]. */
  interfaceLine: number | null;
  peerSections: number;
  /** The private key that counts, wherever it stands, and the public key it gives. */
  readonly privateKey: string | null;
  readonly publicKey: string | null;
  /** Up to one more than Adit brings up. */
  readonly addresses: { readonly address: InterfaceAddress; readonly place: Place }[];
  /** Whether some Address was given, valid or not. */
  addressSeen: boolean;
  dnsServers: number;
  dnsDomains: number;
  firstDnsDomain: Place | null;
  mtu: { readonly bytes: number; readonly place: Place } | null;
  /** The last setting of each key so far: those of [Interface], then those of the current peer. */
  readonly interfaceSettings: Map<Field, Setting>;
  readonly peerSettings: Map<Field, Setting>;
  /** The key of the current [Peer], read before its lines are. */
  peerKey: GivenKey | null;
  /** The last MTU and Table. */
  readonly lastOf: Map<'MTU' | 'Table', Setting>;
  /** The first script key, and the names of all. */
  firstScript: Place | null;
  readonly scripts: Set<Field>;
  readonly peers: PeerFacts[];
  readonly peerByKey: Map<string, number>;
  readonly presharedKeys: { readonly key: string; readonly place: Place }[];
  /** AllowedIPs, owned by the index of a peer in `peers`. */
  readonly prefixes: PrefixTable<number>;
}

/** Nothing seen yet but what is looked up beforehand: peers may stand above the private key. */
export function emptyFacts(known: Pick<Facts, 'marked' | 'privateKey' | 'publicKey'>): Facts {
  return {
    ...known,
    interfaceLine: null,
    peerSections: 0,
    addresses: [],
    addressSeen: false,
    dnsServers: 0,
    dnsDomains: 0,
    firstDnsDomain: null,
    mtu: null,
    interfaceSettings: new Map(),
    peerSettings: new Map(),
    peerKey: null,
    lastOf: new Map(),
    firstScript: null,
    scripts: new Set(),
    peers: [],
    peerByKey: new Map(),
    presharedKeys: [],
    prefixes: createPrefixTable<number>(),
  };
}
