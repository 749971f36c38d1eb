import { kiloAnnotations } from '../../kilo/annotations.ts';
import type { DropReason } from '../../kilo/location-ips.ts';
import { annotateNode, removeAnnotation } from '../../kubectl.ts';
import { nameIn, warningEntry } from '../entry.ts';

const dropWords: Readonly<Record<DropReason, string>> = {
  'other-location': 'another location has one that overlaps',
  mesh: 'it lies in what the mesh carries anyway',
  peer: 'a Peer has one that overlaps',
};

/** What can be said of Kilo's mesh. */
export const meshEntries = {
  'node-not-ready': warningEntry('Kilo leaves a node out of the mesh.', (subject, reason: string) => ({
    message: `Kilo leaves ${nameIn(subject)} out of the mesh: ${reason}.`,
    hint: `Look at the Pod of kg there: kubectl -n kube-system get pods -o wide --field-selector spec.nodeName=${nameIn(subject)}`,
  })),
  'granularity-guessed': warningEntry(
    'No node says whether the mesh is made between locations or between all nodes.',
    () => ({
      message: 'No node says of which granularity the mesh is, so it is taken for one between locations.',
      hint: 'Say it: --granularity location, or --granularity full. It is --mesh-granularity of kg.',
    }),
  ),
  'granularity-mixed': warningEntry(
    'Nodes contradict each other in the granularity of the mesh.',
    (subject, own: string, taken: string) => ({
      message: `${nameIn(subject)} has a mesh of granularity "${own}", and others "${taken}".`,
      hint: 'Start kg with the same --mesh-granularity everywhere; until then the nodes do not agree on addresses.',
    }),
  ),
  'location-missing': warningEntry(
    'A node has no location, so it is taken to share a network with the others that have none.',
    (subject) => ({
      message: `${nameIn(subject)} has no location, so Kilo takes it to share a network with every other node that has none.`,
      hint: `Give it one: ${annotateNode(nameIn(subject), kiloAnnotations.location, nameIn(subject))}`,
    }),
  ),
  'endpoint-private': warningEntry(
    'The endpoint of a location is a private address.',
    (subject, endpoint: string, publicAddress: string | null, port: number) => ({
      message: `${nameIn(subject)} is dialled at ${endpoint}, which is reached within its own network only.`,
      hint: `Give it a public endpoint: ${annotateNode(nameIn(subject), kiloAnnotations['force-endpoint'], `${publicAddress ?? 'PUBLIC_ADDRESS'}:${port}`)}`,
    }),
  ),
  'endpoint-captured': warningEntry(
    'The endpoint of a node lies in what the mesh carries, so its packets would go into the tunnel.',
    (subject, endpoint: string, cidr: string) => ({
      message: `The endpoint ${endpoint} of ${nameIn(subject)} lies in ${cidr}, which goes into the tunnel: its own packets would go there too.`,
      hint: `Keep the address out of the mesh: ${annotateNode(nameIn(subject), kiloAnnotations['force-internal-ip'], '-')}`,
    }),
  ),
  'endpoint-disputed': warningEntry(
    'Nodes have heard a peer at several endpoints, and Kilo takes any of them.',
    (_, key: string) => ({
      message: `Nodes have heard ${key} at several endpoints. The first is taken; Kilo itself takes any.`,
      hint: 'This settles when its keepalives reach every node. If not, give it an endpoint of its own.',
    }),
  ),
  'wireguard-ip-shared': warningEntry(
    'Two nodes have the same address in the mesh.',
    (subject, address: string, other: string) => ({
      message: `${nameIn(subject)} has the address ${address} in the mesh, and so has ${other}.`,
      hint: `Let kg write it anew: ${removeAnnotation(nameIn(subject), kiloAnnotations['wireguard-ip'])}`,
    }),
  ),
  'subnet-mixed': warningEntry(
    'Nodes contradict each other in the network that the mesh has its addresses from.',
    (subject, own: string, taken: string) => ({
      message: `The wireguard-ip of ${nameIn(subject)} is of ${own}, and that of others of ${taken}. Kilo takes any of them.`,
      hint: 'Start kg with the same --subnet everywhere.',
    }),
  ),
  'key-shared': warningEntry(
    'Two ends of the mesh have the same public key, so WireGuard takes them for one.',
    (subject, other: string) => ({
      message: `${subject} has the public key of ${other}, so WireGuard takes them for one.`,
      hint: 'Make a new key for one of them. Of a node, kg does: remove /var/lib/kilo/key there and restart it.',
    }),
  ),
  'location-ip-dropped': warningEntry(
    'A network near a location is not reached through it.',
    (subject, cidr: string, reason: DropReason) => ({
      message: `${cidr}, an allowed-location-ip of ${nameIn(subject)}, is left out: ${dropWords[reason]}.`,
      hint: 'Take it out of the annotation on one side, or write a part of it that nobody else has.',
    }),
  ),
  'clock-from-nodes': warningEntry(
    'What time it is was taken from the node that checked in last.',
    (_, now: string) => ({
      message: `Files do not say when they were made: the node that checked in last did so at ${now}, which is taken for now.`,
      hint: 'Say when it was: --now with Unix seconds, or a time such as 2026-01-31T12:00:00Z.',
    }),
  ),
};
