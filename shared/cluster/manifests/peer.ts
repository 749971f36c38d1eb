import { addressBits, formatAddress } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
import type { KeyText } from '../../tunnel/status.ts';
import type { MeshEndpoint } from '../values/endpoint.ts';

/** A Peer of Kilo, as its API takes it. @see kilo pkg/k8s/apis/kilo/v1alpha1/types.go Peer */
export interface PeerManifest {
  readonly apiVersion: 'kilo.squat.ai/v1alpha1';
  readonly kind: 'Peer';
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: PeerSpec;
}

/** What is said of a Peer. */
export interface PeerSpec {
  /** `ADDRESS/LENGTH` each. */
  readonly allowedIPs: readonly string[];
  readonly publicKey: KeyText;
  readonly endpoint?: PeerEndpoint;
  /** Seconds. */
  readonly persistentKeepalive?: number;
}

/** Where the nodes dial a Peer. */
export interface PeerEndpoint {
  readonly dnsOrIP: { readonly dns: string } | { readonly ip: string };
  readonly port: number;
}

/** A Peer that is wanted. */
export interface WantedPeer {
  /** A name as Kubernetes takes it. */
  readonly name: string;
  readonly publicKey: KeyText;
  /** `ADDRESS/LENGTH` each. */
  readonly allowedIps: readonly string[];
  /** Null for one that dials the nodes and is not dialled: any laptop behind NAT. */
  readonly endpoint: MeshEndpoint | null;
  /** Seconds; 0 is off. */
  readonly persistentKeepalive: number;
}

/** By which others know what Adit has made. */
export const managedBy: Readonly<Record<string, string>> = { 'app.kubernetes.io/managed-by': 'adit' };

/** Often enough for what is between a laptop and a cluster to remember the way back. Seconds. */
export const usualKeepalive = 25;

/** A Peer object. It never has a preshared key: whoever may list Peers reads it there. */
export function peerManifest(wanted: WantedPeer): PeerManifest {
  const { name, publicKey, allowedIps, endpoint, persistentKeepalive } = wanted;
  return {
    apiVersion: 'kilo.squat.ai/v1alpha1',
    kind: 'Peer',
    metadata: { name, labels: managedBy },
    spec: {
      allowedIPs: allowedIps,
      publicKey,
      ...(endpoint === null ? {} : { endpoint: peerEndpoint(endpoint) }),
      ...(persistentKeepalive === 0 ? {} : { persistentKeepalive }),
    },
  };
}

/** An endpoint as a Peer has it. */
export function peerEndpoint(endpoint: MeshEndpoint): PeerEndpoint {
  if (endpoint.kind === 'address')
    return { dnsOrIP: { ip: formatAddress(endpoint.address) }, port: endpoint.port };
  const colon = endpoint.text.lastIndexOf(':');
  return {
    dnsOrIP: { dns: endpoint.text.slice(0, colon) },
    port: Number(endpoint.text.slice(colon + 1)),
  };
}

/** An address as an allowed IP of its own. */
export function hostCidr(address: Address): string {
  return `${formatAddress(address)}/${addressBits[address.family]}`;
}
