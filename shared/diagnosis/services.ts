import type { Address } from '../network/address.ts';
import { contains, parsePrefix } from '../network/prefix.ts';
import type { Prefix } from '../network/prefix.ts';

/**
 * The networks that clusters give their Services unless told otherwise: k3s 10.43.0.0/16, kubeadm 10.96.0.0/12, EKS 10.100.0.0/16 and
 * 172.20.0.0/16, microk8s 10.152.183.0/24. Whoever has one of these in a tunnel most likely means the Services.
 */
const usualServiceNetworks: readonly Prefix[] = [
  '10.43.0.0/16',
  '10.96.0.0/12',
  '10.100.0.0/16',
  '10.152.183.0/24',
  '172.20.0.0/16',
].flatMap((text) => parsePrefix(text) ?? []);

/** Whether an address lies where clusters have their Services. Such an address belongs to no host and answers no ping. */
export function looksLikeService(address: Address): boolean {
  return usualServiceNetworks.some((prefix) => contains(prefix, address));
}
