import type { Address } from '../../network/address.ts';
import { parseIp } from '../values/cidr.ts';
import { isObject } from './fields.ts';

/** Phases in which a Pod has given its addresses back. */
const ended: ReadonlySet<unknown> = new Set(['Succeeded', 'Failed']);

/**
 * The addresses of Pods, by the names of their nodes. Pods in the network of their node have that one's address, and are left out, as are those that have
 * ended. Of a hundred thousand objects none is reported: what cannot be read has no address.
 *
 * @see k8s.io/api/core/v1 PodStatus
 */
export function readPodAddresses(items: readonly unknown[]): ReadonlyMap<string, readonly Address[]> {
  const byNode = new Map<string, Address[]>();
  for (const item of items) {
    if (!isObject(item)) continue;
    const { spec, status } = item;
    if (!isObject(spec) || !isObject(status) || spec['hostNetwork'] === true || ended.has(status['phase']))
      continue;
    const node = spec['nodeName'];
    if (typeof node !== 'string' || node === '') continue;
    const known = byNode.get(node) ?? [];
    for (const text of addressTexts(status)) {
      const address = parseIp(text);
      if (address !== null) known.push(address);
    }
    byNode.set(node, known);
  }
  return byNode;
}

/** What {@link readPodAddresses} and the words of an API server's Pod need of one: a list of thousands is kept in a small part of its memory. */
export function leanPod(item: unknown): unknown {
  if (!isObject(item) || !isObject(item['metadata']) || !isObject(item['spec']) || !isObject(item['status']))
    return null;
  const { name, namespace } = item['metadata'];
  const { nodeName, hostNetwork } = item['spec'];
  const { phase } = item['status'];
  return {
    metadata: { name, namespace },
    spec: { nodeName, hostNetwork },
    status: { phase, podIPs: addressTexts(item['status']).map((ip) => ({ ip })) },
  };
}

function addressTexts({ podIPs, podIP }: Readonly<Record<string, unknown>>): string[] {
  const list: readonly unknown[] = Array.isArray(podIPs) ? podIPs : [];
  const texts = list.map((one) => (isObject(one) ? one['ip'] : null));
  return [...new Set([...texts, podIP])].filter((text) => typeof text === 'string');
}
