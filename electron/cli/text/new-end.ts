import type { Diagnostic, End, FarSide, Step } from '../../../shared/config/index.ts';

/** An end that was made, and what follows from it. */
export interface MadeEnd {
  readonly end: End;
  readonly publicKey: string;
  readonly warnings: readonly Diagnostic[];
  readonly farSide: FarSide;
  readonly ownSteps: readonly Step[];
}

/** What to do next, for a person. Commands stand on lines of their own, to be copied as they are. */
export function newEndText(made: MadeEnd, tool: 'nft' | 'iptables'): string {
  const { end, publicKey, warnings, farSide, ownSteps } = made;
  return [
    [
      `"${end.name}" is kept (interface ${end.interface}). Its public key:`,
      publicKey,
      ...warnings.map(({ message, hint }) => `${message} ${hint}`),
    ].join('\n'),
    'For the configuration of the far side:',
    farSide.peerSection.trimEnd(),
    ...(end.reachableAt === null && end.listenPort !== null
      ? [`If it is to dial this end, add "Endpoint = THIS-HOST:${end.listenPort}" there.`]
      : []),
    `Or, as root on the far side, whose interface ${farSide.interface} is up:`,
    [farSide.wgSet, ...farSide.routes].join('\n'),
    ...paragraphsOf('So that packets get through, as root there:', farSide.steps, tool),
    ...paragraphsOf('So that packets get through here, as root on this host:', ownSteps, tool),
    'What is set by commands lasts until that host starts anew.',
  ].join('\n\n');
}

function paragraphsOf(heading: string, steps: readonly Step[], tool: 'nft' | 'iptables'): string[] {
  if (steps.length === 0) return [];
  const lines = steps.flatMap((step) => [`# ${step.purpose}: ${step.reason}`, ...step[tool]]);
  return [heading, lines.join('\n')];
}
