import type { ReactNode } from 'react';
import type { ImportOutcome } from '../../../shared/contract/ui/verbs.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatCount } from '../../format/count.ts';
import { useAdit } from '../../store-context.ts';

/** What became of each file of the last import, until it is closed. */
export function ImportReport(): ReactNode {
  const report = useAdit((adit) => adit.report);
  const dismiss = useAdit((adit) => adit.dismissReport);
  if (report === null) return null;
  const { total, outcomes } = report;
  return (
    <section className="import-report" aria-label="Import report">
      <header>
        <h2 role="status">{summary(total, outcomes)}</h2>
        <IconButton icon="close" label="Close the report" onClick={dismiss} />
      </header>
      {outcomes.length === 0 ? null : (
        <ul>
          {outcomes.map((outcome, index) => (
            <OutcomeLine key={`${index} ${outcome.file}`} outcome={outcome} />
          ))}
        </ul>
      )}
    </section>
  );
}

function summary(total: number, outcomes: readonly ImportOutcome[]): string {
  if (outcomes.length < total) return `Importing ${outcomes.length} of ${formatCount(total, 'file')}`;
  const refused = outcomes.filter(({ kind }) => kind === 'refused').length;
  if (refused === 0) return `${formatCount(total, 'file')} imported`;
  return refused === total
    ? `${formatCount(total, 'file')} refused`
    : `${total - refused} imported, ${refused} refused`;
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
