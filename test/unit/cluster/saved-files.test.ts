import { describe, expect, it } from 'vitest';
import { sortObjects } from '../../../shared/cluster/objects/documents.ts';
import type { NamedKind } from '../../../shared/cluster/objects/documents.ts';
import { parseJsonDocuments } from '../../../shared/cluster/objects/json-documents.ts';
import { kiloNode, kiloPeer } from './clusters.ts';

const node = kiloNode('a', 1);
const peer = kiloPeer('laptop') as Record<string, unknown>;
const bareNode = { metadata: node['metadata'], spec: node['spec'] };
const barePeer = { metadata: peer['metadata'], spec: peer['spec'] };

/** The lists by their names, and whether there was anything that is no object of a cluster. */
function sorted(document: unknown, named: NamedKind | null = null): unknown {
  const { kinds, hasForeign } = sortObjects([document], named);
  return { ...Object.fromEntries(kinds), ...(hasForeign ? { hasForeign } : {}) };
}

describe('objects that kubectl saved', () => {
  it('are taken out of an array, and out of a list that says no kind', () => {
    expect(sorted([node, peer])).toEqual({ nodes: [node], peers: [peer] });
    expect(sorted({ items: [node, peer] })).toEqual({ nodes: [node], peers: [peer] });
    expect(sorted([{ kind: 'List', apiVersion: 'v1', items: [node] }, peer])).toEqual({
      nodes: [node],
      peers: [peer],
    });
  });

  it('are what somebody names them where they say no kind, and nothing where nobody does', () => {
    const forms = (item: unknown): unknown[] => [
      [item],
      { items: [item] },
      { apiVersion: 'v1', kind: 'List', items: [item] },
      item,
    ];
    for (const form of forms(bareNode)) expect(sorted(form, 'nodes')).toEqual({ nodes: [bareNode] });
    for (const form of forms(barePeer)) expect(sorted(form, 'peers')).toEqual({ peers: [barePeer] });
    for (const form of forms(barePeer)) expect(sorted(form)).toEqual({ hasForeign: true });
    const unversioned = { kind: 'Peer', ...barePeer };
    expect(sorted(unversioned, 'peers')).toEqual({ peers: [unversioned] });
  });

  it('stay what they say they are, whatever they are named', () => {
    expect(sorted([node, barePeer], 'peers')).toEqual({ nodes: [node], peers: [barePeer] });
    expect(sorted({ apiVersion: 'v1', kind: 'NodeList', items: [bareNode] }, 'peers')).toEqual({
      nodes: [bareNode],
    });
    for (const foreign of [{ name: 'package', version: '1' }, [7], [[node]], 'text'])
      expect(sorted(foreign, 'nodes')).toEqual({ hasForeign: true });
  });

  it('may be none, of which Go makes null', () => {
    for (const items of [[], null]) {
      expect(sorted({ apiVersion: 'v1', kind: 'List', items }, 'peers')).toEqual({ peers: [] });
      expect(sorted({ apiVersion: 'v1', kind: 'NodeList', items })).toEqual({ nodes: [] });
      expect(sorted({ items }, 'nodes')).toEqual({ nodes: [] });
      expect(sorted({ apiVersion: 'v1', kind: 'List', items })).toEqual({});
    }
    expect(sorted([], 'nodes')).toEqual({ nodes: [] });
  });

  it('count as they were last where a watch has printed them twice', () => {
    const at = (name: string, uid: string, version: number): unknown => ({
      ...node,
      metadata: { name, uid, resourceVersion: String(version) },
    });
    const { kinds } = sortObjects([at('a', 'u1', 1), at('b', 'u2', 1), at('a', 'u1', 2)]);
    expect(kinds.get('nodes')).toEqual([at('a', 'u1', 2), at('b', 'u2', 1)]);
  });

  it('end somewhere where somebody has put lists into lists without end', () => {
    const deep = '{"kind":"List","items":['.repeat(100_000) + ']}'.repeat(100_000);
    expect(sorted(JSON.parse(deep))).toEqual({ hasForeign: true });
  });
});

describe('several documents of JSON', () => {
  it('are parted where one ends, whatever is in their texts', () => {
    const values = [{ a: '}{"\\' }, [1, [2]], {}, { 'b"': { c: ']' } }];
    for (const between of ['', '\n', ' \r\n\t'])
      expect(parseJsonDocuments(values.map((value) => JSON.stringify(value)).join(between))).toEqual(values);
    expect(
      parseJsonDocuments(`\n${values.map((value) => JSON.stringify(value, null, 4)).join('\n')}\n`),
    ).toEqual(values);
  });

  it.each(['{} x', '{}{', '{]', '{"a', '{"a\\', '}', '{}\n---\n{}', '{a: b}', '1 2', '{} "a"'])(
    'are no such thing: %j',
    (text) => {
      expect(parseJsonDocuments(text)).toBeNull();
    },
  );

  it('are parted in time that grows with the text', { timeout: 20_000 }, () => {
    const { length } = parseJsonDocuments('{"a":"b"}\n'.repeat(500_000)) ?? [];
    expect(length).toBe(500_000);
    expect(parseJsonDocuments('['.repeat(5_000_000))).toBeNull();
    expect(parseJsonDocuments(`{}${' '.repeat(5_000_000)}x`)).toBeNull();
  });
});
