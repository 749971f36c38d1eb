import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desiredNetwork } from '../../../shared/network/plan/desired.ts';
import { differenceOf } from '../../../shared/network/plan/difference.ts';
import type { Change } from '../../../shared/network/plan/difference.ts';
import { resourceIdentity, sameResource } from '../../../shared/network/plan/resources.ts';
import type { Resource } from '../../../shared/network/plan/resources.ts';
import { anyTunnels, planned } from './tunnels.ts';

type Network = ReadonlyMap<string, Resource>;

function networkOfResources(resources: readonly Resource[]): Map<string, Resource> {
  return new Map(resources.map((resource) => [resourceIdentity(resource), resource]));
}

/** What a host has after a change: a link comes with its MTU and addresses, and takes what is on it along. */
function applied(network: Network, { kind, resource }: Change, desired: readonly Resource[]): Network {
  const after = new Map(network);
  const identity = resourceIdentity(resource);
  if (kind === 'make') {
    after.set(identity, resource);
    if (resource.kind !== 'link') return after;
    for (const other of desired) {
      const comesAlong = other.kind === 'address' || other.kind === 'mtu';
      if (comesAlong && other.interface === resource.interface) after.set(resourceIdentity(other), other);
    }
    return after;
  }
  if (!after.delete(identity)) throw new Error(`removed, and not there: ${identity}`);
  if (resource.kind !== 'link') return after;
  for (const [name, other] of network) {
    if ('interface' in other && other.interface === resource.interface) after.delete(name);
  }
  return after;
}

/** Part of a network, with some values another; what is on a link that is not there is not there either. */
function damaged(
  resources: readonly Resource[],
  keep: readonly boolean[],
  alter: readonly boolean[],
): Resource[] {
  const kept = resources.filter((_, index) => keep[index % keep.length] ?? true);
  const links = new Set(kept.flatMap((resource) => (resource.kind === 'link' ? [resource.interface] : [])));
  return kept
    .filter((resource) => !('interface' in resource) || links.has(resource.interface))
    .map((resource, index): Resource => {
      if (!(alter[index % alter.length] ?? false)) return resource;
      if (resource.kind === 'sysctl') return { ...resource, value: '0' };
      if (resource.kind === 'mtu') return { ...resource, mtu: 1280 };
      return resource.kind === 'firewall' ? { ...resource, digest: 'another' } : resource;
    });
}

const flags = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });

describe('the changes from one network to another', () => {
  it('lead there, from any part of any other one', () => {
    fc.assert(
      fc.property(anyTunnels, anyTunnels, flags, flags, (before, after, keep, alter) => {
        const present = damaged(desiredNetwork(before), keep, alter);
        const desired = desiredNetwork(after);
        const changes = differenceOf(desired, present);
        const result = changes.reduce<Network>(
          (network, change) => applied(network, change, desired),
          networkOfResources(present),
        );
        const wanted = networkOfResources(desired);
        expect(new Set(result.keys())).toEqual(new Set(wanted.keys()));
        for (const [identity, resource] of wanted) {
          const made = result.get(identity);
          expect(made !== undefined && sameResource(made, resource), identity).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('are none where all is as it should be', () => {
    fc.assert(
      fc.property(anyTunnels, (tunnels) => {
        const resources = desiredNetwork(tunnels);
        expect(differenceOf(resources, [...resources].reverse())).toEqual([]);
      }),
    );
  });

  it('touch nothing that is there and right', () => {
    fc.assert(
      fc.property(anyTunnels, anyTunnels, flags, (before, after, keep) => {
        const present = damaged(desiredNetwork(before), keep, [false]);
        const desired = desiredNetwork(after);
        const found = networkOfResources(present);
        for (const { kind, resource } of differenceOf(desired, present)) {
          const existing = found.get(resourceIdentity(resource));
          if (kind === 'make' && existing !== undefined) expect(sameResource(existing, resource)).toBe(false);
        }
      }),
    );
  });
});

const full = planned({ prefixes: ['0.0.0.0/0'], endpoints: ['203.0.113.2'] });
const split = planned({ interface: 'aws', addresses: ['10.4.0.9/32'], prefixes: ['10.42.0.0/16'], order: 2 });

function words(changes: readonly Change[]): string[] {
  return changes.map(({ kind, resource }) => `${kind} ${resource.kind}`);
}

describe('the order of changes', () => {
  it('removes what was made last first, and the link last', () => {
    expect(words(differenceOf([], desiredNetwork([full])))).toEqual([
      'remove rule',
      'remove rule',
      'remove resolver-rule',
      'remove resolver-rule',
      'remove past-rule',
      'remove firewall',
      'remove sysctl',
      'remove link',
    ]);
  });

  it('removes what has to go before it makes what has to come', () => {
    const changes = differenceOf(desiredNetwork([split]), desiredNetwork([full]));
    const kinds = changes.map(({ kind }) => kind);
    expect(kinds).toEqual([...kinds].sort().reverse());
    expect(words(changes).filter((word) => word.endsWith('link'))).toEqual(['remove link', 'make link']);
  });

  it('leaves the MTU of a link to it, and where it goes its addresses and routes too', () => {
    expect(words(differenceOf([], desiredNetwork([split])))).toEqual([
      'remove rule',
      'remove rule',
      'remove resolver-rule',
      'remove resolver-rule',
      'remove past-rule',
      'remove firewall',
      'remove link',
    ]);
    expect(words(differenceOf(desiredNetwork([split]), []))).toEqual([
      'make link',
      'make address',
      'make firewall',
      'make route',
      'make past-rule',
      'make resolver-rule',
      'make resolver-rule',
      'make rule',
      'make rule',
    ]);
  });

  it('replaces a firewall table whose text is another, and nothing else, when a tunnel changes its address', () => {
    const moved = planned({
      prefixes: ['0.0.0.0/0'],
      endpoints: ['203.0.113.2'],
      addresses: ['10.9.9.9/24'],
    });
    expect(words(differenceOf(desiredNetwork([moved]), desiredNetwork([full])))).toEqual([
      'remove address',
      'make address',
      'make firewall',
    ]);
  });

  it('changes just the MTU of a link whose MTU is another', () => {
    const narrow = { ...full, mtu: 1280 };
    expect(differenceOf(desiredNetwork([narrow]), desiredNetwork([full]))).toEqual([
      { kind: 'make', resource: { kind: 'mtu', interface: 'home', mtu: 1280 } },
    ]);
  });

  it('keeps what a tunnel that stays shares with one that goes', () => {
    const office = planned({
      interface: 'office',
      prefixes: ['0.0.0.0/0'],
      endpoints: ['198.51.100.9'],
      order: 2,
    });
    const changes = differenceOf(desiredNetwork([office]), desiredNetwork([full, office]));
    expect(words(changes)).toEqual(['remove link', 'make firewall']);
  });
});
