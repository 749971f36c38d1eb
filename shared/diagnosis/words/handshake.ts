import { at } from '../commands.ts';
import type { CommandAt } from '../finding.ts';
import { findingEntry } from '../finding.ts';

/** A peer that does not shake hands, as its findings name it. */
export interface SilentPeer {
  /** What it is called: its name, or its key. */
  readonly label: string;
  readonly publicKey: string;
  /** `IP:PORT` or `[IP]:PORT`. */
  readonly endpoint: string;
  readonly port: number;
  /** The public key by which it has to know us. */
  readonly ownKey: string | null;
  readonly hasPresharedKey: boolean | null;
  /** Whether there was a handshake before, so that the keys fitted once. */
  readonly hadHandshake: boolean;
}

/** What the clocks of both ends say. */
interface ClockHint {
  /** This machine's time, in words. */
  readonly now: string;
}

/** Why a peer does not shake hands. */
export const handshakeEntries = {
  'endpoint-unknown': findingEntry(
    'warning',
    'A peer without a handshake has no endpoint: it has to call, and has not.',
    (label: string) => ({
      message: `There is no session with ${label}, and no Endpoint at which it could be called.`,
      hint: 'Its side has to begin. If it is to be called from here, give it an Endpoint.',
      commands: [at('peer', 'wg show', 'this machine as a peer, with its endpoint')],
    }),
  ),
  'endpoint-unresolved': findingEntry(
    'error',
    'The name of an endpoint has no address, so the peer cannot be called.',
    (label: string, host: string) => ({
      message: `The name ${host}, at which ${label} is to be reached, had no address when the tunnel came up.`,
      hint: 'See whether a name server answers, and whether the name is right; then bring the tunnel up again.',
      commands: [at('here', `getent ahosts ${host}`)],
    }),
  ),
  'endpoint-without-route': findingEntry(
    'error',
    'No route of this machine leads to the endpoint.',
    (label: string, endpoint: string) => ({
      message: `No route of this machine leads to ${endpoint}, the endpoint of ${label}.`,
      hint: 'Is a cable or a Wi-Fi connected, and is there a default route? If the endpoint is IPv6, has this machine any?',
      commands: [at('here', 'ip address'), at('here', 'ip route show default')],
    }),
  ),
  'endpoint-refuses': findingEntry(
    'error',
    'The host of the endpoint is there, and says that nothing listens on the port.',
    ({ label, endpoint, port, hadHandshake }: SilentPeer) => ({
      message: `The host of ${label} answers that nothing listens on UDP port ${port} (${endpoint}): WireGuard does not run there, or listens on another port.`,
      hint: hadHandshake
        ? 'There was a handshake before: its interface was taken down, or changed its port.'
        : 'Bring its interface up, or correct the port in Endpoint.',
      commands: [
        at('peer', 'wg show all listen-port', String(port)),
        at('peer', `ss -lunp 'sport = ${port}'`),
      ],
    }),
  ),
  'endpoint-silent': findingEntry(
    'error',
    'Neither a handshake nor a ping of the endpoint’s host is answered.',
    (peer: SilentPeer, isAsked: boolean) => ({
      message: isAsked
        ? `Nothing comes back from ${peer.label}: no handshake, and ${peer.endpoint} answers neither a ping nor a packet to its port.`
        : `No handshake comes back from ${peer.label}, and its host ${peer.endpoint} could not be asked outside the tunnel.`,
      hint:
        (isAsked
          ? 'Its host is down, its address has changed, something in between drops UDP, or it answers no pings and the keys do not fit. '
          : 'Its host is down, something in between drops UDP, or the keys do not fit. ') +
        (peer.hadHandshake
          ? 'There was a handshake before, so the keys fitted then.'
          : 'If its host is up, look at both ends:'),
      commands: [
        at('here', `ping -c 3 ${hostOf(peer.endpoint)}`),
        at('peer', `tcpdump -ni any udp port ${peer.port}`, 'packets of 148 bytes arrive?'),
        ...keyCommands(peer),
      ],
    }),
  ),
  'peer-gone': findingEntry(
    'error',
    'There was a handshake not long ago, and since then nothing comes back, neither through the tunnel nor from the endpoint’s host.',
    (peer: SilentPeer, seconds: number) => ({
      message: `The last handshake with ${peer.label} was ${seconds} s ago, but nothing comes back from it now, and ${peer.endpoint} answers no ping.`,
      hint: 'Its host went down, or the way there. If neither it nor anybody behind it ever answers pings, nothing need be wrong: in three minutes the session is over, and the state will tell.',
      commands: [at('here', `ping -c 3 ${hostOf(peer.endpoint)}`), at('peer', 'wg show')],
    }),
  ),
  'handshake-unanswered': findingEntry(
    'error',
    'The host of the endpoint is there, but leaves handshakes unanswered: a key, a firewall or a clock is wrong.',
    (peer: SilentPeer, { now }: ClockHint, isPresharedKeyRuledOut: boolean) => ({
      message: `${peer.label} does not answer a handshake, although its host (${peer.endpoint}) is there.`,
      hint: [
        'What remains, the likeliest first:',
        ...(peer.hadHandshake
          ? ['it was taken down or set up anew since the last handshake;']
          : [
              `it does not know this machine’s public key ${peer.ownKey ?? ''};`,
              `its own key is not ${peer.publicKey};`,
            ]),
        ...(isPresharedKeyRuledOut
          ? []
          : [
              peer.hasPresharedKey === true
                ? 'it has no preshared key for this machine, or another one;'
                : 'it has a preshared key for this machine, and the profile has none;',
            ]),
        `a firewall drops UDP port ${peer.port};`,
        `or one of the clocks is far off (here it is ${now}).`,
      ].join(' '),
      commands: [
        ...keyCommands(peer),
        ...presharedKeyCommands(peer),
        at('peer', `tcpdump -ni any udp port ${peer.port}`, 'packets of 148 bytes arrive?'),
        at('peer', 'iptables -vnL INPUT', `UDP port ${peer.port} has to be accepted`),
        at('peer', 'date -u', now),
      ],
    }),
  ),
  'preshared-key-differs': findingEntry(
    'error',
    'The peer answers handshakes, and its answer does not fit the preshared key of the profile, or the lack of one.',
    (peer: SilentPeer, has: 'none' | 'another' | 'one') => ({
      message: {
        none: `${peer.label} takes up the handshake, but has no preshared key for this machine, and the profile has one.`,
        one: `${peer.label} takes up the handshake, but has a preshared key for this machine, and the profile has none.`,
        another: `${peer.label} takes up the handshake, but has another preshared key for this machine than the profile.`,
      }[has],
      hint: 'The other keys fit. Put the same PresharedKey on both sides, or take it from both.',
      commands: presharedKeyCommands(peer),
    }),
  ),
  'handshake-lost': findingEntry(
    'error',
    'The peer answers a handshake from another port of this machine, and not that of the tunnel.',
    (peer: SilentPeer, listenPort: number | null) => ({
      message: `${peer.label} answers a handshake with these keys, but not when it comes from the tunnel’s own port${listenPort === null ? '' : `, ${listenPort}`}.`,
      hint: 'So keys and endpoint are right. A firewall here drops that port, or a router on the way still sends its answers elsewhere: leave ListenPort out, or take another.',
      commands: [
        at('here', 'sudo nft list ruleset'),
        at('peer', 'wg show all endpoints', 'the address and port by which this machine was heard'),
      ],
    }),
  ),
  'keepalive-missing': findingEntry(
    'note',
    'This machine is behind NAT, and the profile has no keepalive: after a silence the far side cannot reach it.',
    (labels: readonly string[], source: string) => ({
      message: `This machine leaves by ${source}, which is behind NAT, and the profile has no PersistentKeepalive for ${listed(labels)}.`,
      hint: 'What begins here works. What is to begin there does so only for some minutes after the last packet from here. If you need that, set PersistentKeepalive = 25.',
      commands: [],
    }),
  ),
  'endpoint-behind-vpn': findingEntry(
    'warning',
    'Nothing comes back from the peer, and the tunnel’s own packets leave by another VPN.',
    (address: string, vpn: { interface: string; name: string }, mark: number) => ({
      message: `The tunnel’s own packets to ${address} leave by ${vpn.interface}, which is another VPN’s.`,
      hint: `Where ${vpn.name} sends its own packets into this tunnel, they go round, and neither carries anything. Take one of them down, and look again.`,
      commands: [at('here', `adit explain ${address} --mark ${mark}`), at('here', `adit explain ${address}`)],
    }),
  ),
  'tunnel-in-vpn': findingEntry(
    'note',
    'The tunnel’s own packets leave by another VPN, and answers come back.',
    (address: string, vpn: { interface: string; name: string }) => ({
      message: `The tunnel’s own packets to ${address} leave by ${vpn.interface}, which is another VPN’s.`,
      hint: 'Nothing is wrong with that. The tunnel is as fast as that VPN, and goes with it.',
      commands: [],
    }),
  ),
  'endpoint-inside': findingEntry(
    'note',
    'An endpoint lies inside the AllowedIPs. Adit keeps the tunnel’s own packets out of it.',
    (endpoints: readonly string[]) => ({
      message: `${listed(endpoints)} ${endpoints.length === 1 ? 'lies' : 'lie'} inside the AllowedIPs of a tunnel.`,
      hint: 'With Adit that works: the tunnel’s own packets carry a mark that keeps them out of it. With wg-quick it would not.',
      commands: [],
    }),
  ),
};

function keyCommands({ publicKey, ownKey }: SilentPeer): CommandAt[] {
  return [
    at('peer', 'wg show all public-key', publicKey),
    ...(ownKey === null
      ? []
      : [at('peer', `wg show | grep -A3 -F '${ownKey}'`, 'this machine as a peer, or nothing')]),
  ];
}

function presharedKeyCommands({ ownKey, hasPresharedKey }: SilentPeer): CommandAt[] {
  if (ownKey === null) return [];
  const shows = hasPresharedKey === true ? '"preshared key: (hidden)"' : 'no "preshared key"';
  return [at('peer', `wg show | grep -A1 -F '${ownKey}'`, shows)];
}

function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}

function listed(items: readonly string[]): string {
  return items.length <= 4
    ? items.join(', ')
    : `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`;
}
