import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Fault } from '../../../shared/fault.ts';
import type { ImportOutcome } from '../../../shared/contract/ui/verbs.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatCount } from '../../format/count.ts';
import { useAdit } from '../../store-context.ts';
import type { ImportReport as Report } from '../../store.ts';

/** What became of each file of the last import, until it is closed. */
export function ImportReport(): ReactNode {
  const report = useAdit((adit) => adit.report);
  const dismiss = useAdit((adit) => adit.dismissReport);
  if (report === null) return null;
  return (
    <section className="import-report" aria-label="Import report">
      <header>
        <h2 role="status">{summary(report)}</h2>
        <IconButton icon="close" label="Close the report" onClick={dismiss} />
      </header>
      {report.outcomes.length === 0 ? null : (
        <ul>
          {report.outcomes.map((outcome, index) => (
            <OutcomeLine key={`${index} ${outcome.file}`} outcome={outcome} />
          ))}
        </ul>
      )}
    </section>
  );
}

function summary({ total: chosen, done, outcomes }: Report): string {
  if (done < chosen) return `Importing ${done} of ${formatCount(chosen, 'file')}`;
  const total = outcomes.length;
  const refused = outcomes.filter(({ kind }) => kind === 'refused').length;
  if (refused === 0) return `${formatCount(total, 'file')} imported`;
  return refused === total
    ? `${formatCount(total, 'file')} refused`
    : `${total - refused} imported, ${refused} refused`;
}

/** Accepts the repair that the warning before it offers. */
function RestoreButton({ name }: { readonly name: string }): ReactNode {
  const restoreText = useAdit((adit) => adit.restoreText);
  const [fault, setFault] = useState<Fault | null>(null);
  return (
    <>
      {' '}
      <Button kind="quiet" className="is-link" onClick={() => void restoreText(name).then(setFault)}>
        Restore the text
      </Button>
      {fault === null ? null : (
        <span role="alert">
          {' '}
          {fault.message} {fault.hint}
        </span>
      )}
    </>
  );
}

function OutcomeLine({ outcome }: { readonly outcome: ImportOutcome }): ReactNode {
  const select = useAdit((adit) => adit.select);
  switch (outcome.kind) {
    case 'imported':
      return (
        <li className="outcome is-imported">
          <Icon name="check" />
          <div>
            <p className="outcome-file">{outcome.file}</p>
            <p className="outcome-text">
              Imported as{' '}
              <Button kind="quiet" className="is-link" onClick={() => select(outcome.name)}>
                {outcome.name}
              </Button>
              , interface <code>{outcome.interface}</code>
            </p>
            {outcome.warnings.map((warning) => (
              <p key={warning.code + warning.message} className="outcome-text">
                {warning.message} {warning.hint} <code className="outcome-code">{warning.code}</code>
                {warning.code === 'mojibake' ? <RestoreButton name={outcome.name} /> : null}
              </p>
            ))}
          </div>
        </li>
      );
    case 'refused':
      return (
        <li className="outcome is-refused" role="alert">
          <Icon name="close" />
          <div>
            <p className="outcome-file">{outcome.file}</p>
            <p>{outcome.error.message}</p>
            <p className="outcome-text">{outcome.error.hint}</p>
            <code className="outcome-code">{outcome.error.code}</code>
          </div>
        </li>
      );
  }
}
