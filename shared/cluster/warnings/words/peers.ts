import { shellWord } from '../../../diagnosis/commands.ts';
import { patchPeer } from '../../kubectl.ts';
import type { PeerProblem, RefusedPeer } from '../../objects/kilo-peer.ts';
import { nameIn, quoted, warningEntry } from '../entry.ts';

const problems: Readonly<Record<PeerProblem['kind'], (written: string) => string>> = {
  'allowed-ip': (written) => `${quoted(written)} in allowedIPs is no address with a length`,
  'endpoint-empty': () => 'its endpoint has neither dnsOrIP.dns nor dnsOrIP.ip',
  'endpoint-flat': (written) => `${quoted(written)} stands in the endpoint itself, and not in its dnsOrIP`,
  'endpoint-dns': (written) => `${quoted(written)} is no DNS name in small letters`,
  'endpoint-ip': (written) => `${quoted(written)} is no address`,
  'endpoint-port': (written) => `${written} is no port`,
  keepalive: (written) => `${written} s is no keepalive`,
  'public-key': (written) => `${quoted(written)} is no public key`,
  type: (written) => `${written} is of another type than the API has it`,
};

/** What can be said of Kilo's Peers. */
export const peerEntries = {
  'peer-invalid': warningEntry(
    'Kilo silently passes over a Peer that the API server took.',
    (subject, { problem }: RefusedPeer) => ({
      message: `Kilo passes over the Peer ${nameIn(subject)}: ${problems[problem.kind](problem.written)}.`,
      hint: hintFor(nameIn(subject), problem),
    }),
  ),
  'peer-incomplete': warningEntry(
    'Kilo leaves a Peer out that has no address, or no key.',
    (subject, missing: 'key' | 'addresses') => ({
      message: `Kilo leaves the Peer ${nameIn(subject)} out: it has no ${missing === 'key' ? 'public key but zeros' : 'allowedIPs'}.`,
      hint: `Give it one: ${patchPeer(
        nameIn(subject),
        missing === 'key' ? { publicKey: 'PUBLIC_KEY' } : { allowedIPs: ['10.5.0.1/32'] },
      )}`,
    }),
  ),
  'peer-endpoint-lost': warningEntry(
    'The endpoint of a Peer was a name, of which kgctl has printed the port only.',
    (subject) => ({
      message: `The endpoint of ${nameIn(subject)} is a name, which kgctl leaves out where it prints YAML or JSON.`,
      hint: `Take it from the Peer itself: kubectl get peers.kilo.squat.ai ${shellWord(nameIn(subject))} -o yaml`,
    }),
  ),
  'peer-address-taken': warningEntry(
    'Two Peers have the same allowed IP; the one whose name comes first has it.',
    (subject, cidr: string, other: string, allowedIPs: readonly string[] | null) => ({
      message: `${cidr} of the Peer ${nameIn(subject)} is one of ${other} too, whose name comes first, so ${nameIn(subject)} goes without.`,
      hint:
        allowedIPs === null
          ? `Take it out of the allowedIPs of one of them: kubectl edit peer ${shellWord(nameIn(subject))}`
          : `Give it another that is free: ${patchPeer(nameIn(subject), { allowedIPs })}`,
    }),
  ),
  'peer-carries-all': warningEntry(
    'A Peer has all addresses in its allowed IPs, so that every profile of the mesh sends everything to it.',
    (subject, cidr: string) => ({
      message: `The Peer ${nameIn(subject)} has ${cidr} in its allowedIPs: whoever has a profile of this mesh sends everything to it, the way to the internet with it.`,
      hint: `If that is not meant, give it just its own: ${patchPeer(nameIn(subject), { allowedIPs: ['10.5.0.1/32'] })}`,
    }),
  ),
};

function hintFor(name: string, { kind, written }: PeerProblem): string {
  switch (kind) {
    case 'endpoint-flat':
      return `Put it where it belongs: ${patchPeer(name, {
        endpoint: /^[0-9.]+$|:/.test(written)
          ? { ip: null, dnsOrIP: { ip: written } }
          : { dns: null, dnsOrIP: { dns: written } },
      })}`;
    case 'endpoint-empty':
      return `Take it off, or give it a host: ${patchPeer(name, { endpoint: null })}`;
    case 'endpoint-dns':
      return `Write a name: ${patchPeer(name, { endpoint: { dnsOrIP: { dns: 'vpn.example.com' } } })}`;
    case 'endpoint-ip':
      return `Write an address: ${patchPeer(name, { endpoint: { dnsOrIP: { ip: '203.0.113.1' } } })}`;
    case 'endpoint-port':
      return `Write a port from 1 to 65535: ${patchPeer(name, { endpoint: { port: 51820 } })}`;
    case 'allowed-ip':
      return `Write every one as 10.5.0.1/32: ${patchPeer(name, { allowedIPs: ['10.5.0.1/32'] })}`;
    case 'keepalive':
      return `Write seconds, or 0: ${patchPeer(name, { persistentKeepalive: 25 })}`;
    case 'public-key':
      return `Write what "wg pubkey" prints: ${patchPeer(name, { publicKey: 'PUBLIC_KEY' })}`;
    case 'type':
      return 'An API server would have refused it: save the list again with kubectl and "-o json".';
  }
}
