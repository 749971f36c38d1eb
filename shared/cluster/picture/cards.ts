import type { GraphGroup, GraphNode, GraphPeer, MeshGraph } from '../graph.ts';
import { clipped, columnsOf, onePicture } from './text.ts';

/** Something that stands in the picture: a location or a node that stands alone, a Peer, this laptop, or the mesh between them. */
export interface Card {
  readonly kind: 'group' | 'peer' | 'laptop' | 'mesh';
  readonly lines: readonly Line[];
  /** The nodes of a location that do not lead it, column by column. */
  readonly cells: readonly Line[];
  readonly columns: number;
  /** Characters of a column. */
  readonly cellWidth: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** A line of text, and what is told to whoever points at it: what was clipped, as a whole. */
export interface Line {
  readonly text: string;
  readonly whole: string;
  readonly style: 'title' | 'name' | 'plain';
}

/** Pixels; a character of 12 px of a font whose characters are all as wide. */
export const sizes = { character: 7.3, line: 17, margin: 12, gap: 10 } as const;

/** The longest line, in characters. */
const longest = 44;

/** The longest name of a node among others. */
const longestName = 32;

/** The most lines of what a card carries. */
const mostCarried = 6;

/** The mesh that everybody is part of. */
export function meshCard({ subnet, groups, peers }: MeshGraph): Card {
  const several = groups.length > 1;
  return cardOf('mesh', [
    title(`mesh ${subnet}`),
    plain(
      several
        ? `${groups.length} leaders, each linked with every other`
        : 'one leader, which nobody else is linked with',
    ),
    ...(peers.length === 0
      ? []
      : [
          plain(
            `${count(peers.length, 'Peer')}, each linked with ${several ? 'every leader' : 'the leader'}`,
          ),
        ]),
  ]);
}

/** A location with its nodes, or a node that stands alone. */
export function groupCard({ key, leader, nodes, locationIps }: GraphGroup): Card {
  const first = nodes.find(({ name }) => name === leader);
  const others = nodes.filter(({ name }) => name !== leader);
  const isAlone = key.startsWith('node:');
  const place = key.slice(key.indexOf(':') + 1);
  return cardOf(
    'group',
    [
      title(isAlone ? 'alone' : place === '' ? 'no location' : `location ${place}`),
      name(isAlone ? leader : `${leader}, leader`),
      ...(first === undefined ? [] : leaderLines(first)),
      ...carried('near', locationIps),
      ...(others.length === 0 ? [] : [plain(count(others.length, 'other node'))]),
    ],
    cellsOf(others),
  );
}

/** A Peer. @param isLaptop whether it is this machine */
export function peerCard(peer: GraphPeer, isLaptop: boolean): Card {
  return cardOf(isLaptop ? 'laptop' : 'peer', [
    title(isLaptop ? 'this laptop' : 'Peer'),
    name(peer.name),
    plain(peer.endpoint === null ? 'no endpoint: it calls' : `at ${peer.endpoint}`),
    ...carried('carries', peer.allowedIps),
  ]);
}

function leaderLines({ address, endpoint, podCidr, internalIp }: GraphNode): Line[] {
  return [
    ...(endpoint === null ? [] : [plain(`at ${endpoint}`)]),
    ...(address === null ? [] : [plain(`mesh ${address}`)]),
    plain(`Pods ${podCidr}`),
    ...(internalIp === null ? [] : [plain(`own  ${internalIp}`)]),
  ];
}

/** The parts of each stand below those of the one before. */
function cellsOf(nodes: readonly GraphNode[]): Line[] {
  const rows = nodes.map(({ name: node, podCidr, internalIp }) => [
    clipped(onePicture(node), longestName),
    podCidr,
    internalIp ?? '',
  ]);
  const wide = [0, 1].map((part) => Math.max(0, ...rows.map((row) => columnsOf(row[part] ?? ''))));
  return rows.map((row, index) => {
    const text = row
      .map((part, at) => part + ' '.repeat(Math.max(0, (wide[at] ?? 0) - columnsOf(part))))
      .join('  ')
      .trimEnd();
    return { text, whole: onePicture(nodes[index]?.name ?? ''), style: 'plain' };
  });
}

function carried(word: string, cidrs: readonly string[]): Line[] {
  const shown = cidrs.slice(0, mostCarried).map((cidr) => plain(`${word} ${cidr}`));
  const rest = cidrs.length - mostCarried;
  return rest > 0 ? [...shown, plain(`${word} ${rest} more`)] : shown;
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}

function title(text: string): Line {
  return line(text, 'title');
}

function name(text: string): Line {
  return line(text, 'name');
}

function plain(text: string): Line {
  return line(text, 'plain');
}

function line(text: string, style: Line['style']): Line {
  const whole = onePicture(text);
  return { text: clipped(whole, longest), whole, style };
}

function cardOf(kind: Card['kind'], lines: readonly Line[], cells: readonly Line[] = []): Card {
  const cellWidth = Math.max(0, ...widths(cells));
  const columns = cells.length === 0 ? 0 : columnsFor(cells.length, cellWidth);
  const rows = columns === 0 ? 0 : Math.ceil(cells.length / columns);
  const inside = Math.max(
    Math.max(...widths(lines)) * sizes.character,
    columns * cellWidth * sizes.character + Math.max(0, columns - 1) * 2 * sizes.gap,
  );
  return {
    kind,
    lines,
    cells,
    columns,
    cellWidth,
    width: Math.ceil(inside) + 2 * sizes.margin,
    height: (lines.length + rows) * sizes.line + 2 * sizes.margin + (rows === 0 ? 0 : sizes.gap),
  };
}

function widths(lines: readonly Line[]): number[] {
  return lines.map(({ text }) => columnsOf(text));
}

/** As many columns as make a card half as wide again as it is high. */
function columnsFor(cells: number, width: number): number {
  const across = width * sizes.character + 2 * sizes.gap;
  return Math.max(1, Math.round(Math.sqrt((cells * sizes.line * 1.5) / across)));
}
