import { warningEntry } from '../entry.ts';

/** What can be said of the ranges of a cluster. */
export const rangeEntries = {
  'mtu-above-path': warningEntry(
    'The cluster’s network takes its MTU from interfaces that say more than the cloud carries.',
    (_, bytes: number, path: number) => ({
      message: `The cluster’s network likely uses an MTU of ${bytes}, by what its interfaces say, and the cloud carries packets of ${path}: large ones are lost, small ones pass.`,
      hint: `Give it an MTU of ${path - 80}: kg has --mtu for it.`,
    }),
  ),
  'service-cidr-guessed': warningEntry('The Service CIDR is a guess.', (_, cidr: string) => ({
    message: `Nothing says what the Service CIDR is; by the addresses that Services have, it is likely ${cidr}.`,
    hint: `Ask whoever runs the cluster, then say it: --service-cidr ${cidr}`,
  })),
  'service-cidr-unknown': warningEntry('Nothing tells of a Service CIDR.', () => ({
    message: 'Nothing that was read tells of a Service CIDR.',
    hint: 'Save the Services too: kubectl get services -A -o json > services.json, then --from services.json. Or say it with --service-cidr.',
  })),
  'service-cidr-overlaps': warningEntry(
    'The Service CIDR overlaps what a node or a Peer has, which therefore cannot all be reached.',
    (subject, cidr: string, other: string) => ({
      message: `The Service CIDR ${cidr} overlaps ${other} of ${subject}: an address in both goes to the longer prefix.`,
      hint: 'Ranges of a cluster have to be apart: one of them has to be changed where the cluster is made.',
    }),
  ),
};
