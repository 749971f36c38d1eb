import { useId } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { Badge } from './badge.tsx';
import type { BadgeText } from './badge.tsx';
import './tabs.css';

/** The way to one page. */
export interface Tab<T extends string> {
  readonly key: T;
  readonly words: string;
  readonly badge?: BadgeText;
}

/** A few pages of which one is shown. The arrow keys go through them (WAI-ARIA Authoring Practices, tabs). */
export function Tabs<T extends string>(props: {
  readonly label: string;
  readonly tabs: readonly Tab<T>[];
  readonly current: T;
  readonly onChange: (tab: T) => void;
  /** What stands at the other end of the same line. */
  readonly aside: ReactNode;
  /** The page that is shown. */
  readonly children: ReactNode;
}): ReactNode {
  const { label, tabs, current, onChange, aside, children } = props;
  const id = useId();

  const walk = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const at = tabs.findIndex(({ key }) => key === current);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    onChange(next.key);
    document.getElementById(`${id}-${next.key}`)?.focus();
  };

  return (
    <>
      <div className="tab-line">
        <div className="tabs" role="tablist" aria-label={label} onKeyDown={walk}>
          {tabs.map(({ key, words, badge }) => (
            <button
              key={key}
              id={`${id}-${key}`}
              type="button"
              role="tab"
              className="tab"
              aria-selected={key === current}
              aria-controls={`${id}-page`}
              tabIndex={key === current ? 0 : -1}
              onClick={() => onChange(key)}
            >
              {words}
              {badge === undefined ? null : <Badge {...badge} />}
            </button>
          ))}
        </div>
        <div className="tab-aside">{aside}</div>
      </div>
      <div id={`${id}-page`} className="tab-page" role="tabpanel" aria-labelledby={`${id}-${current}`}>
        {children}
      </div>
    </>
  );
}
