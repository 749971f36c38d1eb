import type { KeyPair } from '../keys.ts';
import { newKeyPair } from '../keys.ts';
import type { PodNetwork } from './kube-node.ts';

/** The nodes of seed 002, in its order. */
export const CLOUD_NAMES = ['aws', 'azure', 'gcp', 'aliyun'] as const;

/** Name of a node, and of the cloud it stands in. */
export type CloudName = (typeof CLOUD_NAMES)[number];

/** All that is known of one node before it stands. */
export interface Cloud extends PodNetwork {
  readonly name: CloudName;
  /** As wg-gen-web's user wrote it. */
  readonly label: string;
  /** The name others dial. */
  readonly domain: string;
  /** 203.0.113.1 to .4. */
  readonly publicAddress: string;
  /** The node's address inside its cloud, which Kilo tells the other nodes. */
  readonly internalAddress: string;
  /** On kilo0, port 51820. */
  readonly kiloAddress: string;
  /** On wg0, port 51821. */
  readonly wgAddress: string;
  readonly kiloKeys: KeyPair;
  readonly wgKeys: KeyPair;
}

// The web Service's pod runs on azure: what comes from aws has to arrive with an address kilo0 lets through. The name server's is on aws.
export { DNS_SERVICE, WEB_SERVICE } from './kube-node.ts';
/** The port of wg0; 51820 is kilo0's. */
export const WG_PORT = 51821;

const LABELS: Readonly<Record<CloudName, string>> = {
  aws: 'AWS',
  azure: 'Azure',
  gcp: 'GCP',
  aliyun: 'Aliyun',
};

/** The four nodes, with keys of their own. */
export function newClouds(): Cloud[] {
  return CLOUD_NAMES.map((name, index) => ({
    name,
    label: LABELS[name],
    domain: `${name}.com`,
    publicAddress: `203.0.113.${index + 1}`,
    internalAddress: `192.168.${(index + 1) * 10}.1`,
    kiloAddress: `10.4.0.${index + 1}`,
    wgAddress: `10.0.0.${index + 1}`,
    podCidr: `10.42.${index}.0/24`,
    bridgeAddress: `10.42.${index}.1`,
    podAddress: `10.42.${index}.10`,
    kiloKeys: newKeyPair(),
    wgKeys: newKeyPair(),
  }));
}
