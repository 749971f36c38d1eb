import { annotateNode } from '../../kubectl.ts';
import { flannelPrefix } from '../../networks/flannel-annotations.ts';
import { nameIn, quoted, warningEntry } from '../entry.ts';

/** What can be said of a node whatever its network is, and of flannel’s. */
export const nodeEntries = {
  'pod-cidr-missing': warningEntry(
    'A node has no Pod CIDR, so its Pods cannot be routed to as one network.',
    (subject) => ({
      message: `${nameIn(subject)} has no Pod CIDR, so nothing routes to its Pods.`,
      hint: 'Azure’s and Amazon’s own networks give none: with the Pods (kubectl get pods -A -o json > pods.json, then --from pods.json) their addresses tell. Else look at --allocate-node-cidrs and --cluster-cidr of the controller manager.',
    }),
  ),
  'pod-cidr-from-pods': warningEntry(
    'A node has no Pod CIDR; its routes are those of the Pods that it has now.',
    (subject, number: number) => ({
      message: `${nameIn(subject)} has no Pod CIDR: its routes, ${number === 1 ? '1 prefix' : `${number} prefixes`}, lead to the Pods that it has now.`,
      hint: 'Read the cluster again when Pods have come; or give the range that its Pods are in, if there is one.',
    }),
  ),
  'pod-cidr-invalid': warningEntry('What stands as a Pod CIDR is none.', (subject, written: string) => ({
    message: `${quoted(written)} of ${nameIn(subject)} is no Pod CIDR.`,
    hint: 'It is an address and a length, such as 10.42.0.0/24.',
  })),
  'pod-cidr-host-bits': warningEntry(
    'A Pod CIDR has bits behind its length; its network is taken.',
    (subject, written: string) => ({
      message: `The Pod CIDR ${written} of ${nameIn(subject)} has bits behind its length.`,
      hint: 'Its network is taken, as Kilo does.',
    }),
  ),
  'pod-cidr-shared': warningEntry(
    'Pod CIDRs of two nodes overlap: only one of them can be reached.',
    (subject, cidr: string, other: string) => ({
      message: `The Pod CIDR ${cidr} of ${nameIn(subject)} overlaps that of ${other}, so Pods of only one of them can be reached.`,
      hint: `A Pod CIDR never changes: delete one of the nodes and let it join again: kubectl delete node ${nameIn(subject)}`,
    }),
  ),
  'pod-cidr-left-out': warningEntry(
    'Kilo carries the first Pod CIDR of a node only, and the node has another.',
    (subject, cidr: string) => ({
      message: `Kilo carries the first Pod CIDR of ${nameIn(subject)} only: ${cidr} is not reached.`,
      hint: 'Reach its Pods at their addresses of the first family.',
    }),
  ),
  'flannel-ip-private': warningEntry(
    'flannel has the other nodes dial a node at a private address.',
    (subject, address: string, publicAddress: string | null) => ({
      message: `flannel has the other nodes dial ${nameIn(subject)} at ${address}, which is reached within its own network only.`,
      hint: `If it is behind NAT: ${annotateNode(nameIn(subject), `${flannelPrefix}${address.includes(':') ? 'public-ipv6' : 'public-ip'}-overwrite`, publicAddress ?? 'PUBLIC_ADDRESS')}, then restart k3s there.`,
    }),
  ),
};
