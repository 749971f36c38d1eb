import { parseIp, parseCidr } from '../values/cidr.ts';
import { formatAddress } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
import { formatInterfaceAddress, formatPrefix, networkOf } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import { clusterWarning } from '../warnings/catalogue.ts';
import type { Report } from '../warnings/catalogue.ts';
import { compareBytes } from '../values/order.ts';
import type { Texts } from './fields.ts';
import { namedObjects } from './named.ts';
import type { NamedObject } from './named.ts';

/** What Kubernetes itself says of a node. */
export interface ClusterNode {
  readonly name: string;
  readonly labels: Texts;
  readonly annotations: Texts;
  /** `spec.podCIDR`, the one that Kilo carries; null where it is missing or no prefix. */
  readonly podCidr: Prefix | null;
  /** Every Pod CIDR, of both families; where Kubernetes has none, what else tells of the Pods. */
  readonly podCidrs: readonly Prefix[];
  /** The first of each type. */
  readonly internalIp: string | null;
  readonly externalIp: string | null;
  /** Every InternalIP: one of each family, as a rule. */
  readonly internalIps: readonly Address[];
  /** Every address of its own, of all types. */
  readonly addresses: readonly Address[];
  /** `aws:///eu-west-1a/i-0abc`: which cloud it stands in; null where it does not say. */
  readonly providerId: string | null;
  /** The condition Ready; null where the node does not say. */
  readonly isReady: boolean | null;
}

/** The nodes of a list, in the order of their names. */
export function readNodes(items: readonly unknown[], report: Report): ClusterNode[] {
  return namedObjects(items, 'node', report)
    .map((object) => readNode(object, report))
    .sort((a, b) => compareBytes(a.name, b.name));
}

function readNode({ name, metadata, fields }: NamedObject, report: Report): ClusterNode {
  const spec = fields.object('spec');
  const status = fields.object('status');
  const first = spec.text('podCIDR') ?? '';
  const podCidr = readPodCidr(first, fields.subject, report);
  const rest = spec.texts('podCIDRs').filter((text) => text !== first);
  const others = rest.flatMap((text) => readPodCidr(text, fields.subject, report) ?? []);
  const addresses = status.objects('addresses').map((address) => ({
    type: address.text('type'),
    address: parseIp(address.text('address') ?? ''),
  }));
  const addressOf = (type: string): string | null => {
    const found = addresses.find((one) => one.type === type)?.address ?? null;
    return found === null ? null : formatAddress(found);
  };
  const ready = status.objects('conditions').find((condition) => condition.text('type') === 'Ready');
  return {
    name,
    labels: metadata.texted('labels'),
    annotations: metadata.texted('annotations'),
    podCidr,
    podCidrs: podCidr === null ? others : [podCidr, ...others],
    internalIp: addressOf('InternalIP'),
    externalIp: addressOf('ExternalIP'),
    internalIps: addresses.flatMap(({ type, address }) => (type === 'InternalIP' ? (address ?? []) : [])),
    addresses: addresses.flatMap(({ address }) => address ?? []),
    providerId: spec.text('providerID'),
    isReady: ready === undefined ? null : ready.text('status') === 'True',
  };
}

function readPodCidr(text: string, subject: string, report: Report): Prefix | null {
  if (text === '') return null;
  const cidr = parseCidr(text);
  if (cidr === null) {
    report(clusterWarning('pod-cidr-invalid', subject, text));
    return null;
  }
  const prefix = networkOf(cidr);
  if (formatPrefix(prefix) !== formatInterfaceAddress(cidr))
    report(clusterWarning('pod-cidr-host-bits', subject, text));
  return prefix;
}
