import { describe, expect, it } from 'vitest';
import { clusterFactsOf } from '../../../shared/cluster/diagnosis.ts';
import type { Finding } from '../../../shared/diagnosis/catalogue.ts';
import { judge } from '../../../shared/diagnosis/judge.ts';
import { clusterOfLists, kiloNode, kiloPeer, keyOf, now } from '../cluster/clusters.ts';
import { keys } from '../contract/tunnels.ts';
import { factsOf, peerFacts, probe, tunnelFacts } from './facts.ts';

/** A cluster of one node, which is the tunnel's peer, and this machine's Peer. */
interface Lists {
  readonly nodes?: readonly unknown[];
  readonly peers?: readonly unknown[];
}

const node = (notes: Readonly<Record<string, unknown>> = {}): unknown =>
  kiloNode('node-a', 1, { key: keys.peer, ...notes });
const own = (spec: Readonly<Record<string, unknown>> = {}): unknown =>
  kiloPeer('laptop', { publicKey: keys.public, ...spec });

function found(
  { nodes = [node()], peers = [own()] }: Lists,
  parts: Parameters<typeof peerFacts>[0] = {},
  status: Parameters<typeof peerFacts>[1] = {},
): Finding[] {
  const cluster = clusterFactsOf(clusterOfLists({ nodes, peers }));
  const tunnel = tunnelFacts({ cluster, peers: [peerFacts(parts, status)] });
  return judge(factsOf(tunnel), 'office', []).filter(({ code }) => code.startsWith('cluster-'));
}

function codes(...words: Parameters<typeof found>): string[] {
  return found(...words).map(({ code }) => code);
}

describe('what a cluster says of the tunnel into it', () => {
  it('is nothing where both know each other, or nobody has read one', () => {
    expect(codes({})).toEqual([]);
    expect(judge(factsOf(tunnelFacts()), 'office', [])).toEqual([]);
  });

  it('is that it does not know our key, and which of its Peers Kilo passes over', () => {
    const other = own({ publicKey: keyOf('Q') });
    expect(codes({ peers: [other] })).toEqual(['cluster-key-unknown']);
    const [said] = found({ peers: [own({ allowedIPs: ['nonsense'] })] });
    expect([said?.code, said?.hint]).toEqual(['cluster-key-unknown', expect.stringContaining('laptop')]);
    expect(said?.message).toContain(keys.public);
  });

  it('is that one side alone has a preshared key, of nodes and not of other Peers', () => {
    const locked = own({ presharedKey: keyOf('S') });
    expect(codes({ peers: [locked] })).toEqual(['cluster-preshared-key']);
    expect(codes({ peers: [locked] }, { hasPresharedKey: true })).toEqual([]);
    expect(codes({}, { hasPresharedKey: true })).toEqual(['cluster-preshared-key']);
    expect(codes({ peers: [locked] }, { hasPresharedKey: null })).toEqual([]);
    const relay = kiloPeer('relay', { publicKey: keys.peer, allowedIPs: ['10.5.0.9/32'] });
    expect(codes({ nodes: [kiloNode('node-a', 1)], peers: [locked, relay] })).toEqual([]);
    expect(JSON.stringify(found({ peers: [locked] }))).not.toContain(keyOf('S'));
  });

  it('is that a node does not check in any more', () => {
    const [said] = found({ nodes: [node({ 'last-seen': String(now - 7200) })] });
    expect([said?.code, said?.message]).toEqual([
      'cluster-node-silent',
      expect.stringContaining('120 min ago'),
    ]);
    expect(codes({ nodes: [node({ 'last-seen': undefined })] })).toEqual(['cluster-node-silent']);
    expect(codes({ nodes: [node({ 'last-seen': String(now - 50) })] })).toEqual([]);
  });

  it('is that a node has another key now, where the old one does not answer', () => {
    const silent = { state: 'handshaking', latestHandshake: null, name: 'node-a' } as const;
    const [said] = found({ nodes: [node({ key: keyOf('N') })] }, {}, silent);
    expect([said?.code, said?.message]).toEqual(['cluster-node-key', expect.stringContaining(keyOf('N'))]);
    expect(codes({ nodes: [node({ key: keyOf('N') })] }, {}, { name: 'node-a' })).toEqual([]);
  });

  it('is nothing that counts where it is another cluster, or could not be read', () => {
    expect(codes({ nodes: [kiloNode('x', 1)], peers: [kiloPeer('y')] })).toEqual(['cluster-other']);
    const fault = { code: 'api-unreachable', message: 'Not reached.', hint: 'See.' } as const;
    const [said] = judge(factsOf(tunnelFacts({ cluster: { unread: fault } })), 'office', []);
    expect(said).toMatchObject({ code: 'cluster-unread', severity: 'note' });
    expect(clusterFactsOf(clusterOfLists({ nodes: [{ metadata: { name: 'a' } }] }))).toBeNull();
  });

  it('does not hide what was found out here', () => {
    const silent = { state: 'handshaking', latestHandshake: null } as const;
    const outside = peerFacts().outside;
    const there =
      outside === null ? null : { ...outside, probes: [probe({ target: 'endpoint', outcome: 'answered' })] };
    const cluster = clusterFactsOf(clusterOfLists({ nodes: [node()], peers: [] }));
    const tunnel = tunnelFacts({ cluster, peers: [peerFacts({ outside: there }, silent)] });
    expect(judge(factsOf(tunnel), 'office', []).map(({ code }) => code)).toEqual([
      'handshake-unanswered',
      'cluster-key-unknown',
    ]);
  });
});
