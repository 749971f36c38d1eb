import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { graphOf } from '../../shared/cluster/graph.ts';
import type { MeshGraph } from '../../shared/cluster/graph.ts';
import { svgOf } from '../../shared/cluster/picture/svg.ts';
import { meshOf } from '../../shared/cluster/profile.ts';
import { meshOfSize } from '../cluster/meshes.ts';
import { clusterOfLists, now } from '../unit/cluster/clusters.ts';
import { test } from './host/fixture.ts';

/** A name of somebody who wants more than a name. */
const hostile =
  '"/></text><script>parent.taken = 1</script><image href="http://203.0.113.66/"/>&\u202e\u0000 漢字'.repeat(
    3,
  );

function meshWith(nodes: number, locations: readonly string[], peers: number): MeshGraph {
  return graphOf(meshOf(clusterOfLists(meshOfSize({ nodes, locations, peers, now }))));
}

/** What a browser makes of a picture. */
async function shown(page: Page, svg: string): Promise<void> {
  await page.goto(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The cards, and of each line of text how far it reaches out of its card; CSS pixels. */
function measured(page: Page): Promise<{ cards: Box[]; furthest: number; texts: string[] }> {
  return page.evaluate(() => {
    const groups = [...document.querySelectorAll('g.card')];
    const boxOf = (element: Element | null): Box => {
      const { left, top, right, bottom } = (element ?? document.documentElement).getBoundingClientRect();
      return { left, top, right, bottom };
    };
    const reaches = groups.flatMap((group) => {
      const card = boxOf(group.querySelector('rect'));
      return [...group.querySelectorAll('text')]
        .map(boxOf)
        .map((text) =>
          Math.max(
            card.left - text.left,
            text.right - card.right,
            card.top - text.top,
            text.bottom - card.bottom,
          ),
        );
    });
    return {
      cards: groups.map((group) => boxOf(group.querySelector('rect'))),
      furthest: Math.max(...reaches),
      texts: [...document.querySelectorAll('text')].map(({ textContent }) => textContent),
    };
  });
}

function overlapping(cards: readonly Box[]): number {
  return cards.filter((a, index) =>
    cards
      .slice(index + 1)
      .some((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom),
  ).length;
}

describe('a mesh as a picture', () => {
  test('shows every node and Peer in a place of its own, all text inside its card, from one node to 400', async ({
    browser,
  }) => {
    const page = await browser.newPage();
    const meshes: [string, MeshGraph, number][] = [
      ['one node', meshWith(1, ['eu'], 0), 2],
      ['four locations', meshWith(4, ['aws', 'azure', 'gcp', 'aliyun'], 2), 7],
      ['40 nodes in five', meshWith(40, ['eu-west', 'eu-east', 'us-west', 'us-east', 'asia'], 5), 11],
      ['40 alone', meshWith(40, [], 5), 46],
      ['400 in six', meshWith(400, ['eu', 'us', 'asia', 'af', 'sa', 'me'], 40), 47],
      ['400 alone', meshWith(400, [], 30), 431],
    ];
    for (const [what, mesh, count] of meshes) {
      await shown(page, svgOf(mesh, 'peer-0'));
      const { cards, furthest, texts } = await measured(page);
      expect([what, cards.length, overlapping(cards)]).toEqual([what, count, 0]);
      expect(furthest, what).toBeLessThan(0);
      const all = texts.join('\n');
      for (const { nodes, locationIps } of mesh.groups) {
        for (const { name, podCidr } of nodes) {
          expect(all).toContain(name);
          expect(all).toContain(podCidr);
        }
        for (const cidr of locationIps.slice(0, 6)) expect(all).toContain(cidr);
      }
      for (const { name } of mesh.peers) expect(all).toContain(name);
      expect(texts.filter((text) => text === 'this laptop')).toHaveLength(mesh.peers.length === 0 ? 0 : 1);
    }
    await page.close();
  });

  test('is light or dark as the person has it', async ({ browser }) => {
    const svg = svgOf(meshWith(4, ['a', 'b'], 1), null);
    const colours = async (colorScheme: 'light' | 'dark'): Promise<string[]> => {
      const page = await browser.newPage({ colorScheme });
      await shown(page, svg);
      const found = await page.evaluate(() =>
        ['.paper', 'text.name', '.mesh rect'].map(
          (part) => getComputedStyle(document.querySelector(part) ?? document.documentElement).fill,
        ),
      );
      await page.close();
      return found;
    };
    const [light, dark] = [await colours('light'), await colours('dark')];
    expect(light[0]).toBe('rgb(255, 255, 255)');
    for (const [index, colour] of light.entries()) expect(dark[index]).not.toBe(colour);
  });

  test('has the names of hostile nodes and Peers as text, runs nothing and asks for nothing', async ({
    browser,
  }) => {
    const mesh = meshWith(6, ['a', 'b'], 3);
    const poisoned: MeshGraph = {
      subnet: mesh.subnet,
      groups: mesh.groups.map((group) => ({
        ...group,
        key: `location:${hostile}`,
        leader: `${group.leader}${hostile}`,
        nodes: group.nodes.map((node) => ({ ...node, name: `${node.name}${hostile}`, endpoint: hostile })),
      })),
      peers: mesh.peers.map((peer) => ({ ...peer, name: `${peer.name}${hostile}`, endpoint: hostile })),
    };
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url().slice(0, 14)));
    await shown(page, svgOf(poisoned, null));
    const names = await page.evaluate(() => [
      ...new Set([...document.querySelectorAll('*')].map(({ localName }) => localName)),
    ]);
    expect(names.sort()).toEqual(['g', 'polyline', 'rect', 'style', 'svg', 'text', 'title']);
    expect(
      await page.evaluate(() => document.documentElement.querySelector(':scope > title')?.textContent),
    ).toContain(mesh.subnet);
    expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([]);
    const { furthest, texts } = await measured(page);
    expect(furthest).toBeLessThan(0);
    expect(texts.join('\n')).toContain('</text><script>');
    expect(texts.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
    await page.close();
  });
});
