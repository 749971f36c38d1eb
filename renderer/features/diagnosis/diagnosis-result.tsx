import type { ReactNode } from 'react';
import type { Diagnosis } from '../../../shared/diagnosis/diagnosis.ts';
import { howAsked, targetWords, whatCame } from '../../../shared/diagnosis/words/probes.ts';
import { FindingNote } from './finding-note.tsx';

/** What was found, and who was asked to find it. */
export function DiagnosisResult({ diagnosis }: { readonly diagnosis: Diagnosis }): ReactNode {
  const { address, findings, probes } = diagnosis;
  const isWrong = findings.some(({ severity }) => severity !== 'note');
  return (
    <>
      {isWrong ? null : (
        <p className="diagnosis-well">
          Nothing was found to be wrong with it{address === null ? '' : `, nor with the way to ${address}`}.
        </p>
      )}
      {findings.map((found) => (
        <FindingNote key={found.code + found.message} found={found} />
      ))}
      {probes.length === 0 ? null : (
        <section className="probes" aria-label="Who was asked">
          <table aria-label="Who was asked">
            <thead>
              <tr>
                <th scope="col">Who</th>
                <th scope="col">Address</th>
                <th scope="col">Asked by</th>
                <th scope="col">Result</th>
              </tr>
            </thead>
            <tbody>
              {probes.map((probe, index) => (
                <tr key={index}>
                  <td>{targetWords[probe.target]}</td>
                  <td className="mono">{probe.address}</td>
                  <td>{howAsked(probe)}</td>
                  <td>{whatCame(probe)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}
