import type { Finding } from './catalogue.ts';
import type { Facts, TunnelFacts } from './facts.ts';
import type { Destination, Probe } from './probe.ts';

/** What `adit diagnose --json` prints and the interface shows. */
export interface Diagnosis {
  /** The profile that was looked into; null where it was every tunnel that is up. */
  readonly tunnel: string | null;
  /** The address that was asked about, with its port if one was named; null where none was. */
  readonly address: string | null;
  readonly probes: readonly TunnelProbe[];
  readonly findings: readonly Finding[];
}

/** A probe, and the tunnel that it is about. */
export interface TunnelProbe extends Probe {
  readonly tunnel: string | null;
}

/** Every question that was asked, tunnel by tunnel: its endpoints, its peers, the way to the address, its name servers. */
export function probesOf({ tunnels }: Facts): TunnelProbe[] {
  return tunnels.flatMap((tunnel) =>
    probesOfTunnel(tunnel).map((probe) => ({ tunnel: tunnel.name, ...probe })),
  );
}

function probesOfTunnel({ peers, way, mtu, nameServers }: TunnelFacts): Probe[] {
  return [
    ...peers.flatMap(({ outside, inside }) => [...(outside?.probes ?? []), ...inside]),
    ...(way === null ? [] : [...way.hops, ...way.probes, ...way.searches, ...way.pods]),
    ...(mtu.inside?.probes ?? []),
    ...(mtu.outside?.probes ?? []),
    ...nameServers,
  ];
}

/** A destination as it is written. */
export function formatDestination({ host, port }: Destination): string {
  if (port === null) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`; an address may be a name. Null for anything else. */
export function parseDestination(text: string): Destination | null {
  const [, bracketed, plain, portText] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:\s]+))(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const bare = /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(text) ? text : null;
  const host = bare ?? bracketed ?? plain;
  if (host === undefined || host === '') return null;
  const port = bare !== null || portText === undefined ? null : Number(portText);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  return { host, port };
}
