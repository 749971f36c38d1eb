import { addressBits } from '../../network/address.ts';
import { covers, formatPrefix, hostPrefix, networkOf } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import type { KeyText } from '../../tunnel/status.ts';
import { peerSection } from './conf-of-end.ts';
import type { End, EndPeer } from './end.ts';
import { forwardSteps, openPortStep } from './steps.ts';
import type { Step } from './steps.ts';

/** What the far side of a tunnel needs, made for the end that it is the far side of. */
export interface FarSide {
  /** Its interface. */
  readonly interface: string;
  /** The end as its peer. */
  readonly peer: EndPeer;
  /** For its configuration. */
  readonly peerSection: string;
  /** Commands for a shell of root that do the same on the interface while it runs. */
  readonly wgSet: string;
  /** Routes that go with it, unless wg-quick makes them when it starts the interface anew. */
  readonly routes: readonly string[];
  /** What else it takes for packets to pass. */
  readonly steps: readonly Step[];
}

/** What the far side of an end needs. @param publicKey of the end @param link the far side's interface */
export function farSideOf(end: End, publicKey: KeyText, link: string): FarSide {
  const peer: EndPeer = {
    publicKey,
    presharedKey: end.peer?.presharedKey ?? null,
    name: end.name,
    endpoint: end.reachableAt,
    allowedIps: [...end.addresses.map(({ address }) => hostPrefix(address)), ...end.lan],
    keepalive: null,
  };
  return {
    interface: link,
    peer,
    peerSection: peerSection(peer)
      .map((line) => `${line}\n`)
      .join(''),
    wgSet: wgSetLine(peer, link),
    routes: routesFor(end).map((prefix) => routeLine(prefix, link)),
    steps: farSteps(end, link),
  };
}

/** What this end has to do itself so that packets pass: to be dialled, and to hand packets on to the networks behind it. */
export function ownStepsOf(end: End): Step[] {
  const { listenPort, peer, lan } = end;
  const isDialled = listenPort !== null && (peer?.endpoint ?? null) === null;
  return [
    ...(isDialled ? [openPortStep(listenPort, 4)] : []),
    ...forwardSteps({ link: end.interface, tunnel: networksOf(end), forwarded: lan, masqueraded: lan }),
  ];
}

function farSteps(end: End, link: string): Step[] {
  const { peer } = end;
  if (peer === null) return [];
  const tunnel = networksOf(end);
  // A single address is the far side's own, and takes no forwarding.
  const networks = peer.allowedIps.filter(({ family, length }) => length < addressBits[family]);
  const beyond = networks.filter((prefix) => !tunnel.some((own) => covers(own, prefix)));
  const [, host = '', port] = /^(.*):([0-9]+)$/.exec(peer.endpoint ?? '') ?? [];
  return [
    ...(port === undefined ? [] : [openPortStep(Number(port), host.startsWith('[') ? 6 : 4)]),
    ...forwardSteps({ link, tunnel, forwarded: networks, masqueraded: beyond }),
  ];
}

function networksOf({ addresses }: End): Prefix[] {
  return addresses.map(networkOf);
}

/** The end's own address lies in the far side's network, unless it stands alone. */
function routesFor({ addresses, lan }: End): Prefix[] {
  const alone = addresses.filter(({ address, length }) => length === addressBits[address.family]);
  return [...alone.map(networkOf), ...lan];
}

function routeLine(prefix: Prefix, link: string): string {
  return `ip ${prefix.family === 6 ? '-6 ' : ''}route add ${formatPrefix(prefix)} dev ${link}`;
}

/** A preshared key is read from a file, so that no list of processes shows it. */
function wgSetLine({ publicKey, presharedKey, endpoint, allowedIps }: EndPeer, link: string): string {
  const words = [
    `wg set ${link} peer ${publicKey}`,
    ...(presharedKey === null ? [] : ['preshared-key /dev/stdin']),
    `allowed-ips ${allowedIps.map(formatPrefix).join(',')}`,
    ...(endpoint === null ? [] : [`endpoint ${endpoint}`]),
  ].join(' ');
  return presharedKey === null ? words : `echo ${presharedKey} | ${words}`;
}
