import { isIP } from 'node:net';
import { FaultError } from '../../../shared/fault.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import type { RouteFacts } from '../network/ip-json.ts';
import { inOrderOfReach } from './candidates.ts';
import { endpointOf } from './endpoint.ts';
import type { Lookup, LookupFailure } from './wire.ts';

/** An endpoint whose name has no address, or none yet. */
export interface UnresolvedEndpoint {
  readonly kind: 'unresolved';
  readonly host: string;
  /** For a person: half a sentence. */
  readonly reason: string;
}

/** An endpoint after its name was looked up. */
export type ResolvedEndpoint =
  | {
      readonly kind: 'resolved';
      /** The literal endpoint to use first. */
      readonly endpoint: string;
      /** All addresses of the name. */
      readonly addresses: readonly string[];
    }
  | UnresolvedEndpoint;

/** The endpoints of a tunnel after their names were looked up. */
export type ResolvedEndpoints = ReadonlyMap<KeyText, ResolvedEndpoint>;

/** How names and ways are found out. */
export interface Lookups {
  /** The addresses of a name. */
  readonly lookUp: (name: string) => Promise<Lookup>;
  /** Where the machine would send packets of a tunnel's own to these literal endpoints. */
  readonly routesTo: (endpoints: readonly string[]) => Promise<readonly RouteFacts[]>;
}

/** Milliseconds that the other names have once one is resolved: what comes later is for whoever keeps asking. */
const stragglerTime = 1_000;

/**
 * Looks up every endpoint of a tunnel, all at a time. One dead name does not hold up the others: it is given up 1 s after another was
 * resolved.
 *
 * @throws FaultError `endpoint-unresolved` where there are endpoints and none of them has an address
 */
export async function resolveEndpoints(tunnel: Tunnel, lookups: Lookups): Promise<ResolvedEndpoints> {
  const found = await firstOf(namesOf(tunnel), lookups.lookUp, hasLiteral(tunnel));
  const routes = await routesToAll(tunnel, found, lookups);
  const resolved = new Map<KeyText, ResolvedEndpoint>();
  for (const { publicKey, endpoint } of tunnel.peers) {
    if (endpoint === null) continue;
    const { host, port } = endpoint;
    const lookup = isIP(host) !== 0 ? ({ kind: 'found', addresses: [host] } as const) : found.get(host);
    if (lookup?.kind === 'found') {
      const addresses = inOrderOfReach(lookup.addresses, routes);
      resolved.set(publicKey, {
        kind: 'resolved',
        endpoint: endpointOf(addresses[0] ?? '', port),
        addresses,
      });
    } else {
      const reason = lookup === undefined ? 'no answer yet' : wordsOfFailure(lookup.reason);
      resolved.set(publicKey, { kind: 'unresolved', host, reason });
    }
  }
  const unresolved = unresolvedOf(resolved);
  if (unresolved.length > 0 && unresolved.length === resolved.size)
    throw new FaultError(noEndpoint(unresolved));
  return resolved;
}

/** The literal endpoint of each peer that has one. */
export function literalsOf(resolved: ResolvedEndpoints): Record<KeyText, string> {
  return Object.fromEntries(
    [...resolved].flatMap(([key, outcome]) => (outcome.kind === 'resolved' ? [[key, outcome.endpoint]] : [])),
  );
}

/** The endpoints without an address. */
export function unresolvedOf(resolved: ResolvedEndpoints): UnresolvedEndpoint[] {
  return [...resolved.values()].filter((outcome) => outcome.kind === 'unresolved');
}

/** Why a name has no address, for a person: half a sentence. */
export function wordsOfFailure(failure: LookupFailure): string {
  switch (failure) {
    case 'no-name':
      return 'no such name';
    case 'no-address':
      return 'the name has no address';
    case 'no-answer':
      return 'no name server answers';
  }
}

/** The names among the endpoints of a tunnel, each once. */
function namesOf({ peers }: Tunnel): string[] {
  const hosts = peers.flatMap(({ endpoint }) => endpoint?.host ?? []).filter((host) => isIP(host) === 0);
  return [...new Set(hosts)];
}

function hasLiteral({ peers }: Tunnel): boolean {
  return peers.some(({ endpoint }) => endpoint !== null && isIP(endpoint.host) !== 0);
}

/** What the names are found to be until all are, or for a while after the first; those without an answer by then are missing. */
function firstOf(
  names: readonly string[],
  lookUp: Lookups['lookUp'],
  hasOther: boolean,
): Promise<Map<string, Lookup>> {
  const found = new Map<string, Lookup>();
  if (names.length === 0) return Promise.resolve(found);
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | null = null;
    const end = (): void => {
      if (timer !== null) clearTimeout(timer);
      resolve(new Map(found));
    };
    const giveUpSoon = (): void => {
      timer ??= setTimeout(end, stragglerTime);
    };
    if (hasOther) giveUpSoon();
    for (const name of names) {
      lookUp(name).then((lookup) => {
        found.set(name, lookup);
        if (found.size === names.length) end();
        else if (lookup.kind === 'found') giveUpSoon();
      }, reject);
    }
  });
}

/** Asked only where there is something to choose. */
async function routesToAll(
  { peers }: Tunnel,
  found: ReadonlyMap<string, Lookup>,
  { routesTo }: Lookups,
): Promise<readonly RouteFacts[]> {
  const endpoints = peers.flatMap(({ endpoint }) => {
    const lookup = found.get(endpoint?.host ?? '');
    if (lookup?.kind !== 'found' || lookup.addresses.length < 2) return [];
    return lookup.addresses.map((address) => endpointOf(address, 0));
  });
  return endpoints.length === 0 ? [] : routesTo([...new Set(endpoints)]);
}

function noEndpoint(unresolved: readonly UnresolvedEndpoint[]): FaultError['fault'] {
  const [first] = unresolved;
  return {
    code: 'endpoint-unresolved',
    message: `No endpoint could be resolved: ${unresolved.map(({ host, reason }) => `${host} (${reason})`).join(', ')}.`,
    hint: 'Nothing was changed. Check the name in the profile, and whether this machine has a network and a name server.',
    ...(first === undefined ? {} : { command: `getent ahosts ${first.host}` }),
  };
}
