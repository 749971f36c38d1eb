import { formatNodeLine, parseNodeLine } from '../../../shared/cluster/second-mesh/index.ts';
import type { MeshMember, SecondMeshOptions } from '../../../shared/cluster/second-mesh/index.ts';
import { formatMeshEndpoint, parseMeshEndpoint } from '../../../shared/cluster/values/endpoint.ts';
import { formatAddress, parseAddress } from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';
import { formatPrefix, parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import type { KeptMesh } from './kept.ts';

/** The members that a profile remembers. */
export function membersIn({ members }: KeptMesh): MeshMember[] {
  return members.flatMap(({ line, endpoint, addresses, isFollowed, podCidrs }): MeshMember[] => {
    const [read, now] = [parseNodeLine(line), parseMeshEndpoint(endpoint)];
    if (read === null || now === null) return [];
    const facts = { addresses: addressesIn(addresses), isFollowed, podCidrs: prefixesIn(podCidrs) };
    return [{ ...read, ...facts, printed: read.endpoint, endpoint: now }];
  });
}

/** The same as texts. */
export function keptMembers(members: readonly MeshMember[]): KeptMesh['members'] {
  return members.map(({ name, publicKey, printed, endpoint, addresses, isFollowed, podCidrs }) => ({
    line: formatNodeLine({ name, publicKey, endpoint: printed }),
    endpoint: formatMeshEndpoint(endpoint),
    addresses: addresses.map(formatAddress),
    isFollowed,
    podCidrs: podCidrs.map(formatPrefix),
  }));
}

/** How a profile was made, save for what its cluster tells. */
export function meshChoicesIn(kept: KeptMesh): Pick<SecondMeshOptions, 'addresses' | 'single' | 'podCidrs'> {
  return {
    addresses: addressesIn(kept.addresses),
    single: kept.single,
    podCidrs: new Map(Object.entries(kept.podCidrs).map(([name, texts]) => [name, prefixesIn(texts)])),
  };
}

function addressesIn(texts: readonly string[]): Address[] {
  return texts.flatMap((text) => parseAddress(text) ?? []);
}

function prefixesIn(texts: readonly string[]): Prefix[] {
  return texts.flatMap((text) => parsePrefix(text) ?? []);
}
