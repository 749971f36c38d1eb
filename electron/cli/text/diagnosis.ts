import type { Diagnosis, TunnelProbe } from '../../../shared/diagnosis/diagnosis.ts';
import type { Finding } from '../../../shared/diagnosis/catalogue.ts';
import type { Place } from '../../../shared/diagnosis/finding.ts';
import type { ProbeTarget } from '../../../shared/diagnosis/probe.ts';
import { table } from './table.ts';

/** A diagnosis in words: who was asked and what came of it, then what that means and what to look at where. */
export function diagnosisText({ tunnel, address, probes, findings }: Diagnosis): string {
  const rows = probes.map((probe) => [
    ...(tunnel === null ? [probe.tunnel ?? ''] : []),
    targetWords[probe.target],
    probe.address,
    howAsked(probe),
    whatCame(probe),
  ]);
  const headings = [...(tunnel === null ? ['tunnel'] : []), 'who', 'address', 'asked by', 'result'];
  const isWrong = findings.some(({ severity }) => severity !== 'note');
  const subject = [tunnel === null ? 'the tunnels that are up' : `"${tunnel}"`, address].filter(
    (word) => word !== null,
  );
  return [
    ...(rows.length === 0 ? [] : [table(headings, rows)]),
    ...(isWrong ? [] : [`Nothing was found to be wrong with ${subject.join(' and the way to ')}.`]),
    ...findings.map(findingText),
  ].join('\n\n');
}

const targetWords: Readonly<Record<ProbeTarget, string>> = {
  endpoint: 'endpoint, outside',
  peer: 'peer',
  member: 'others in the tunnel',
  address: 'the address',
  neighbour: 'others beside it',
  'name-server': 'name server',
};

const placeWords: Readonly<Record<Place, string>> = {
  here: 'Here',
  relay: 'On the relay',
  gateway: 'On the gateway',
  peer: 'On the peer',
  target: 'On the address itself',
};

function howAsked({ method, port, hops, bytes }: TunnelProbe): string {
  const parts = [
    method,
    port === null ? '' : `port ${port}`,
    bytes === null ? '' : `of ${bytes} bytes`,
    hops === null ? '' : `to end after ${hops === 1 ? '1 hop' : `${hops} hops`}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function whatCame({ address, outcome, by, milliseconds, detail }: TunnelProbe): string {
  const parts = [
    outcome.replace('-', ' '),
    by === null || by === address ? '' : `by ${by}`,
    milliseconds === null ? '' : `${milliseconds} ms`,
    detail === null || by !== null ? '' : `(${detail})`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function findingText({ severity, code, tunnel, message, hint, commands }: Finding): string {
  const places = [...new Set(commands.map(({ where }) => where))];
  return [
    `${severity} [${code}]${tunnel === null ? '' : ` ${tunnel}:`} ${message}`,
    `    ${hint}`,
    ...places.flatMap((place) => [
      `    ${placeWords[place]}:`,
      ...commands
        .filter(({ where }) => where === place)
        .map(({ command, shows }) => `      ${command}${shows === null ? '' : `   # ${shows}`}`),
    ]),
  ].join('\n');
}
