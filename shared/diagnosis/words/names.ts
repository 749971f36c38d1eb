import { at, shellWord } from '../commands.ts';
import { findingEntry } from '../finding.ts';
import type { NameAnswer, NameServerAnswer } from '../name-facts.ts';

/** The names of a cluster, as they are asked for through a tunnel. */
export const nameEntries = {
  'name-server-unset': findingEntry(
    'error',
    'The profile names no name server, so no name of the cluster is known here.',
    (tunnel: string, domain: string) => ({
      message: `The profile "${tunnel}" names no name server, so nobody here knows names in ${domain}.`,
      hint: 'Write the address of the cluster’s name server into [Interface] (DNS = 10.43.0.10), and which names are for it: the command below. It counts from the next time the tunnel comes up.',
      commands: [
        at('here', `adit set ${shellWord(tunnel)} dnsDomains=${domain}`),
        at('gateway', 'kubectl -n kube-system get service -l k8s-app=kube-dns', 'CLUSTER-IP'),
      ],
    }),
  ),
  'name-server-outside': findingEntry(
    'warning',
    'The name server of the profile is not reached through its tunnel.',
    ({ server, tunnel, peer }: NameServerAnswer, profile: string) => ({
      message:
        peer === null
          ? `No AllowedIPs of "${profile}" hold its name server ${server}, so that questions for the cluster’s names leave ${tunnel === null ? 'past the tunnel, for whoever has that address there' : `through the tunnel "${tunnel}"`}.`
          : `Packets to the name server ${server} go ${tunnel === null ? 'past all tunnels' : `into the tunnel "${tunnel}"`}, although ${peer} has it in its AllowedIPs.`,
      hint:
        peer === null
          ? 'Add it to the AllowedIPs of the peer that leads to Services: the Service CIDR, or the one address.'
          : 'A route of this machine is more specific, or stands before. See whose it is.',
      commands: [at('here', `adit explain ${server}`), at('here', `adit plan ${shellWord(profile)}`)],
    }),
  ),
  'name-server-fails': findingEntry(
    'error',
    'The cluster’s name server is there, and cannot or will not answer.',
    ({ server, outcome }: NameServerAnswer, name: string) => ({
      message:
        outcome === 'refused'
          ? `${server} says that no name server listens there.`
          : `${server} was asked for ${name} and could not say (SERVFAIL or REFUSED).`,
      hint:
        outcome === 'refused'
          ? 'It is the address of something else. That of the cluster’s name server is below.'
          : 'CoreDNS answers so while it does not reach the API server, or where it does not serve the domain.',
      commands: [
        at('gateway', 'kubectl -n kube-system get service -l k8s-app=kube-dns', server),
        at('gateway', 'kubectl -n kube-system logs -l k8s-app=kube-dns --tail=20'),
      ],
    }),
  ),
  'name-unknown': findingEntry(
    'error',
    'The cluster’s name server answers, and does not know the name.',
    ({ server, outcome }: NameServerAnswer, name: string, domain: string) => ({
      message:
        outcome === 'no-address'
          ? `${server} answers that ${name} has no address.`
          : `${server} answers that there is no name ${name}.`,
      hint: `So the way there is in order. Either there is no such Service, or the cluster’s domain is not ${domain}: the Corefile has it behind "kubernetes".`,
      commands: [
        at('gateway', 'kubectl get services -A'),
        at(
          'gateway',
          'kubectl -n kube-system get configmap coredns -o yaml',
          `kubernetes ${domain} in-addr.arpa ip6.arpa`,
        ),
      ],
    }),
  ),
  'name-not-sent': findingEntry(
    'error',
    'The cluster’s name server knows the name, and programs on this machine do not ask it.',
    (tunnel: string, name: string, domain: string, how: { mode: string; reason: string; has: boolean }) => ({
      message: `The cluster knows ${name}, and programs on this machine are told nothing: ${
        how.mode === 'none'
          ? `names were not changed, because ${how.reason}`
          : how.mode === 'split' && !how.has
            ? `${domain} is none of the domains that go to the tunnel`
            : 'something else here answers names'
      }.`,
      hint:
        how.mode === 'split' && !how.has
          ? 'Add it to the profile’s dnsDomains. It counts from the next time the tunnel comes up.'
          : 'See by what names are answered, and who has the last word.',
      commands:
        how.mode === 'split' && !how.has
          ? [at('here', `adit set ${shellWord(tunnel)} dnsDomains=${domain}`)]
          : [
              at('here', `adit status ${shellWord(tunnel)}`, 'what was done about names, and why'),
              at('here', `getent ahosts ${name}`),
              at('here', 'cat /etc/resolv.conf /etc/nsswitch.conf'),
            ],
    }),
  ),
  'name-differs': findingEntry(
    'warning',
    'Programs on this machine are told another address than the cluster’s name server has.',
    (name: string, { server, addresses }: NameServerAnswer, system: NameAnswer) => ({
      message: `${server} has ${addresses.join(', ')} for ${name}, and programs on this machine are told ${system.addresses.join(', ')}.`,
      hint: 'Another tunnel answers the same domain, /etc/hosts has the name, or something here remembers an older answer.',
      commands: [at('here', 'adit status'), at('here', `grep -F ${name} /etc/hosts`)],
    }),
  ),
};
