import type { ReactNode } from 'react';
import type { Finding } from '../../../shared/diagnosis/catalogue.ts';
import { placeWords } from '../../../shared/diagnosis/words/probes.ts';
import { Command } from '../../components/command.tsx';
import { Note } from '../../components/note.tsx';

const kinds = { error: 'fault', warning: 'warning', note: 'plain' } as const;

/** One thing that was found, with what to type at each end. */
export function FindingNote({ found }: { readonly found: Finding }): ReactNode {
  const { severity, commands } = found;
  const places = [...new Set(commands.map(({ where }) => where))];
  return (
    <Note
      kind={kinds[severity]}
      note={{ code: found.code, message: found.message, hint: found.hint }}
      isNews={severity === 'error'}
    >
      {places.length === 0 ? undefined : (
        <div className="finding-places">
          {places.map((place) => (
            <section key={place} aria-label={placeWords[place]}>
              <h4>{placeWords[place]}</h4>
              {commands
                .filter(({ where }) => where === place)
                .map(({ command, shows }) => (
                  <div key={command} className="finding-command">
                    <Command text={command} />
                    {shows === null ? null : <span className="muted">{shows}</span>}
                  </div>
                ))}
            </section>
          ))}
        </div>
      )}
    </Note>
  );
}
