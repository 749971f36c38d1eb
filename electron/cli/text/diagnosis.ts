import type { Diagnosis } from '../../../shared/diagnosis/diagnosis.ts';
import type { Finding } from '../../../shared/diagnosis/catalogue.ts';
import { howAsked, placeWords, targetWords, whatCame } from '../../../shared/diagnosis/words/probes.ts';
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

/** A finding in words, with the commands by where they are for. */
export function findingText({ severity, code, tunnel, message, hint, commands }: Finding): string {
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
