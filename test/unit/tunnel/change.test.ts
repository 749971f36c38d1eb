import { describe, expect, it } from 'vitest';
import { foldChange } from '../../../shared/tunnel/change.ts';
import type { TunnelHead } from '../../../shared/tunnel/status.ts';
import { peerStatus, tunnelStatus } from './statuses.ts';

function headOf(parts: Partial<TunnelHead>): TunnelHead {
  const { peers, ...head } = tunnelStatus(parts);
  expect(peers).toEqual([]);
  return head;
}

const home = tunnelStatus({ peers: [peerStatus('a'), peerStatus('b'), peerStatus('c')] });
const office = tunnelStatus({ name: 'office', interface: 'office' });
const both = [home, office];

describe('a change of a tunnel', () => {
  it('replaces its head and keeps its peers', () => {
    const head = headOf({ state: 'connected' });
    const [after] = foldChange(both, { interface: 'home', head });
    expect(after).toEqual({ ...head, peers: home.peers });
    expect(after?.peers).toBe(home.peers);
  });

  it('replaces just the peers it names, in their places, and keeps the others as they are', () => {
    const changed = peerStatus('b', { state: 'connected', rxBytes: 348 });
    const [after] = foldChange(both, { interface: 'home', peers: [changed] });
    expect(after?.peers).toEqual([home.peers[0], changed, home.peers[2]]);
    expect(after?.peers[0]).toBe(home.peers[0]);
    expect(after?.state).toBe(home.state);
  });

  it('puts new peers behind those there are, and takes removed ones out', () => {
    const added = peerStatus('d');
    const [after] = foldChange(both, { interface: 'home', peers: [added], removedPeers: ['a'] });
    expect(after?.peers.map(({ publicKey }) => publicKey)).toEqual(['b', 'c', 'd']);
  });

  it('takes a tunnel out when its head is gone, and leaves the others the same objects', () => {
    const after = foldChange(both, { interface: 'home', head: null });
    expect(after).toEqual([office]);
    expect(after[0]).toBe(office);
  });

  it('adds a tunnel that is new behind the others, with the peers it brings', () => {
    const head = headOf({ name: 'aws', interface: 'aws' });
    const after = foldChange(both, { interface: 'aws', head, peers: [peerStatus('x')] });
    expect(after.map(({ name }) => name)).toEqual(['home', 'office', 'aws']);
    expect(after[2]).toEqual({ ...head, peers: [peerStatus('x')] });
  });

  it('of a tunnel that is not known changes nothing without a head', () => {
    expect(foldChange(both, { interface: 'aws', peers: [peerStatus('x')] })).toBe(both);
    expect(foldChange(both, { interface: 'aws', head: null })).toBe(both);
  });

  it('leaves the tunnels before it as they were', () => {
    const before = structuredClone(both);
    foldChange(both, { interface: 'home', peers: [peerStatus('a', { rxBytes: 1 })], removedPeers: ['b'] });
    expect(both).toEqual(before);
  });
});
