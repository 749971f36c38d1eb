import { Graph, layout } from '@dagrejs/dagre';
import type { EdgeLabel, GraphLabel, NodeLabel } from '@dagrejs/dagre';
import type { MeshGraph } from '../graph.ts';
import { groupCard, meshCard, peerCard, sizes } from './cards.ts';
import type { Card } from './cards.ts';

/** A place in the picture; pixels from its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A card, and where its middle is. */
export interface PlacedCard extends Point {
  readonly card: Card;
}

/** A line between two cards. */
export interface PlacedLink {
  readonly kind: 'mesh' | 'peer';
  readonly points: readonly Point[];
}

/** A mesh with everything in its place. */
export interface Picture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly cards: readonly PlacedCard[];
  /** Behind the cards. */
  readonly links: readonly PlacedLink[];
}

/** Pixels around the picture. */
const margin = 24;

/** How much wider than high the rows of cards are to be together. */
const aspect = 1.8;

/** Pixels between columns, where their lines are. */
const gutter = 28;

/** Pixels; as many cards as fit in stand side by side in any case. */
const screen = 1500;

const hub = 'hub';

/**
 * Lays a mesh out: Peers above, locations below, and between them the mesh that links each leader with every other and with every Peer.
 * These links are half a square of them, so they are drawn as one to the mesh for each. Many cards stand in rows, and
 * hang on it column by column.
 *
 * @param laptop the name of the Peer that is this machine; null where none is
 */
export function layOut(mesh: MeshGraph, laptop: string | null): Picture {
  const groups = mesh.groups.map(groupCard);
  // This machine first, which is next to the mesh.
  const peers = [...mesh.peers]
    .sort((a, b) => Number(b.name === laptop) - Number(a.name === laptop))
    .map((peer) => peerCard(peer, peer.name === laptop));
  const cards = new Map([[hub, meshCard(mesh)]]);
  const columns = [...columnsOf('mesh', groups), ...columnsOf('peer', peers)];
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>();
  graph.setGraph({
    rankdir: 'TB',
    nodesep: gutter,
    edgesep: 10,
    ranksep: 34,
    marginx: margin,
    marginy: margin,
  });
  for (const { hanging } of columns) for (const { id, card } of hanging) cards.set(id, card);
  for (const [id, { width, height }] of cards) graph.setNode(id, { width, height });
  for (const column of columns) for (const [from, to] of edgesOf(column)) graph.setEdge(from, to, {});
  layout(graph, { disableOptimalOrderHeuristic: true });
  const { width = 0, height = 0 } = graph.graph();
  const placed = new Map([...cards].map(([id, card]) => [id, { card, ...pointOf(graph.node(id)) }]));
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    cards: [...placed.values()],
    links: columns.flatMap((column) => {
      const [edge] = edgesOf(column);
      const points = edge === undefined ? [] : (graph.edge(...edge).points ?? []).map(pointOf);
      const hanging = column.hanging.flatMap(({ id }) => placed.get(id) ?? []);
      return linksOf(column.kind, hanging, column.kind === 'mesh' ? points : points.reverse());
    }),
  };
}

/** Cards that hang on the mesh one behind the other. */
interface Column {
  readonly kind: PlacedLink['kind'];
  readonly hanging: readonly { readonly id: string; readonly card: Card }[];
}

/** Puts cards into columns, row by row from the mesh. */
function columnsOf(kind: Column['kind'], cards: readonly Card[]): Column[] {
  const count = columnCount(cards);
  const all = cards.map((card, index) => ({ id: `${kind} ${index}`, card }));
  return all.slice(0, count).map((_, column) => ({
    kind,
    hanging: all.filter((__, index) => index % count === column),
  }));
}

/** The fewest columns that leave as many rows as make the cards together of the wanted shape, and the last row nearly full. */
function columnCount(cards: readonly Card[]): number {
  if (cards.length === 0) return 0;
  const wide = cards.reduce((sum, { width }) => sum + width, 0);
  const high = cards.reduce((sum, { height }) => sum + height, 0);
  const fitting = Math.floor((screen * cards.length) / wide);
  const columns = Math.max(1, fitting, Math.ceil(Math.sqrt((cards.length * high * aspect) / wide)));
  return Math.ceil(cards.length / Math.ceil(cards.length / columns));
}

/** What keeps the cards of a column in their order, Peers above the mesh and locations below. */
function edgesOf({ kind, hanging }: Column): (readonly [from: string, to: string])[] {
  return hanging.map(({ id }, index): readonly [string, string] => {
    const before = hanging[index - 1]?.id ?? hub;
    return kind === 'mesh' ? [before, id] : [id, before];
  });
}

/** One line to a card that hangs alone; else one along the column, with a branch to each. @param points from the mesh to the first */
function linksOf(
  kind: PlacedLink['kind'],
  hanging: readonly PlacedCard[],
  points: readonly Point[],
): PlacedLink[] {
  const [first] = points;
  const [head] = hanging;
  const tail = hanging[hanging.length - 1];
  if (first === undefined || head === undefined || tail === undefined) return [];
  if (head === tail) return [{ kind, points }];
  const x = Math.min(...hanging.map(leftOf)) - gutter / 2;
  const towards = kind === 'mesh' ? -1 : 1;
  const turn = { x, y: head.y + towards * (head.card.height / 2 + gutter / 2) };
  return [
    { kind, points: [first, turn, { x, y: branchOf(tail) }] },
    ...hanging.map((place) => ({
      kind,
      points: [
        { x, y: branchOf(place) },
        { x: leftOf(place), y: branchOf(place) },
      ],
    })),
  ];
}

function leftOf({ card, x }: PlacedCard): number {
  return x - card.width / 2;
}

/** Where a branch meets a card: at its first line. */
function branchOf({ card, y }: PlacedCard): number {
  return y - card.height / 2 + sizes.margin + sizes.line / 2;
}

function pointOf({ x = 0, y = 0 }: { readonly x?: number; readonly y?: number }): Point {
  return { x, y };
}
