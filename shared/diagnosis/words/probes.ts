import type { Place } from '../finding.ts';
import type { Probe, ProbeTarget } from '../probe.ts';

/** Who was asked, for people. */
export const targetWords: Readonly<Record<ProbeTarget, string>> = {
  endpoint: 'endpoint, outside',
  peer: 'peer',
  member: 'others in the tunnel',
  address: 'the address',
  neighbour: 'others beside it',
  'name-server': 'name server',
  pod: 'pods behind it',
};

/** Where a command is for, for people. */
export const placeWords: Readonly<Record<Place, string>> = {
  here: 'Here',
  relay: 'On the relay',
  gateway: 'On the gateway',
  peer: 'On the peer',
  target: 'On the address itself',
};

/** How somebody was asked, for people. */
export function howAsked({ method, port, hops, bytes }: Probe): string {
  const parts = [
    method,
    port === null ? '' : `port ${port}`,
    bytes === null ? '' : `of ${bytes} bytes`,
    hops === null ? '' : `to end after ${hops === 1 ? '1 hop' : `${hops} hops`}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** What came of it, for people. */
export function whatCame({ address, outcome, by, milliseconds, detail }: Probe): string {
  const parts = [
    outcome.replace('-', ' '),
    by === null || by === address ? '' : `by ${by}`,
    milliseconds === null ? '' : `${milliseconds} ms`,
    detail === null || by !== null ? '' : `(${detail})`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}
