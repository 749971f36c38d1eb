import type { OverlapChoice } from '../../../shared/cluster/overlaps/choices.ts';
import type { Overlap } from '../../../shared/cluster/overlaps/overlaps.ts';

/** The most of anything that one line lists. */
const mostListed = 8;

/** Pairs of profiles that collide, in words. @param compared how many profiles there were */
export function overlapsText(pairs: readonly Overlap[], compared: number): string {
  if (pairs.length > 0) return pairs.map(pairText).join('\n\n');
  if (compared < 2) return 'There are no two profiles to compare.';
  return `None of ${compared} profiles leads where another does.`;
}

function pairText({ a, b, kind, ranges, addresses, choices }: Overlap): string {
  const both = `"${a}" and "${b}"`;
  return [
    ...(ranges.length === 0
      ? []
      : [
          kind === 'equal'
            ? `${both} exclude each other: both lead to ${listed(ranges)}.`
            : `${both} overlap: both lead to ${listed(ranges)}, and the narrower range gets it.`,
        ]),
    ...(addresses.length === 0
      ? []
      : [`${both} have the same address in their tunnels: ${listed(addresses)}.`]),
    ...choices.flatMap(choiceLines),
  ].join('\n');
}

function choiceLines({ kind, profile, nodes, allowedIps, command }: OverlapChoice): string[] {
  switch (kind) {
    case 'switch':
      return [`  "${profile}" instead of the other:`, `    ${command}`];
    case 'nodes':
      return [
        `  "${profile}" beside it, with ${listed(allowedIps)}${nodes.length === 0 ? '' : `; whole: ${listed(nodes)}`}:`,
        `    ${command}`,
      ];
    case 'services':
      return [`  "${profile}" beside it, with Services only, ${listed(allowedIps)}:`, `    ${command}`];
  }
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, mostListed).join(', ');
  return items.length > mostListed ? `${shown} and ${items.length - mostListed} more` : shown;
}
