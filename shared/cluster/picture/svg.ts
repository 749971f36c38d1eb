import type { MeshGraph } from '../graph.ts';
import { sizes } from './cards.ts';
import type { Line } from './cards.ts';
import { layOut } from './layout.ts';
import type { PlacedCard, PlacedLink } from './layout.ts';
import { columnsOf, onePicture, xmlText } from './text.ts';

/** Colours for light and dark: whoever shows the picture says which. Programs that know no media queries take the first. */
const style = `
  .paper { fill: #ffffff }
  text { font: 12px "DejaVu Sans Mono", ui-monospace, Menlo, Consolas, monospace; fill: #1f2328 }
  .title { font-weight: bold; fill: #57606a }
  .name { font-weight: bold }
  .card rect { fill: #f6f8fa; stroke: #8c959f; stroke-width: 1 }
  .laptop rect { fill: #ddf4ff; stroke: #0969da; stroke-width: 2 }
  .mesh rect { fill: #dafbe1; stroke: #1a7f37; stroke-width: 2 }
  .peer rect { stroke-dasharray: 5 3 }
  .link { fill: none; stroke: #1a7f37; stroke-width: 1.5 }
  .link.peer { stroke: #57606a; stroke-dasharray: 5 3 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 }
    text { fill: #e6edf3 }
    .title { fill: #9da7b3 }
    .card rect { fill: #161b22; stroke: #6e7681 }
    .laptop rect { fill: #0c2d6b; stroke: #58a6ff }
    .mesh rect { fill: #0f2d1b; stroke: #3fb950 }
    .link { stroke: #3fb950 }
    .link.peer { stroke: #9da7b3 }
  }`;

/**
 * A mesh as a picture in SVG, for light and dark. It holds no script and asks for nothing; names are text in it, whatever is in them.
 *
 * @param laptop the name of the Peer that is this machine; null where none is
 */
export function svgOf(mesh: MeshGraph, laptop: string | null): string {
  const { width, height, cards, links } = layOut(mesh, laptop);
  const nodes = mesh.groups.reduce((sum, group) => sum + group.nodes.length, 0);
  const about = `Kilo’s mesh ${mesh.subnet}: ${nodes} nodes in ${mesh.groups.length} groups, ${mesh.peers.length} Peers`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${xmlText(onePicture(about))}</title>`,
    `<style>${style}\n</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...links.map(linkOf),
    ...cards.map(cardOf),
    '</svg>',
    '',
  ].join('\n');
}

function linkOf({ kind, points }: PlacedLink): string {
  const path = points.map(({ x, y }) => `${number(x)},${number(y)}`).join(' ');
  return `<polyline class="link ${kind}" points="${path}"/>`;
}

function cardOf({ card, x, y }: PlacedCard): string {
  const { kind, lines, cells, columns, cellWidth, width, height } = card;
  const [left, top] = [x - width / 2, y - height / 2];
  const at = (column: number, row: number): string => {
    const across = column * (cellWidth * sizes.character + 2 * sizes.gap);
    const down = row * sizes.line + (row < lines.length ? 0 : sizes.gap);
    return `x="${number(left + sizes.margin + across)}" y="${number(top + sizes.margin + down + 12)}"`;
  };
  const rows = columns === 0 ? 0 : Math.ceil(cells.length / columns);
  return [
    `<g class="card ${kind}">`,
    `<rect x="${number(left)}" y="${number(top)}" width="${width}" height="${height}" rx="8"/>`,
    ...lines.map((line, row) => textOf(line, at(0, row))),
    ...cells.map((line, index) => textOf(line, at(Math.floor(index / rows), lines.length + (index % rows)))),
    '</g>',
  ].join('\n');
}

function textOf({ text, whole, style: look }: Line, at: string): string {
  const hint = text.startsWith(whole) ? '' : `<title>${xmlText(whole)}</title>`;
  const isLatin = columnsOf(text) === text.length;
  // Whatever font there is, a line is as long as its card was made for.
  const length = isLatin && text !== '' ? ` textLength="${number(text.length * 7.22)}"` : '';
  const looks = look === 'plain' ? '' : ` class="${look}"`;
  return `<text ${at}${looks}${length} xml:space="preserve">${xmlText(text)}${hint}</text>`;
}

/** A coordinate, to a tenth of a pixel. */
function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}
