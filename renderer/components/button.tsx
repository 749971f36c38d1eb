import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { Icon } from './icon.tsx';
import type { IconName } from './icon.tsx';
import './button.css';

/** How much a button asks for: the one thing to do, an ordinary thing, a thing in passing, a thing that destroys. */
export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger';

/** A button with words, and maybe an icon before them. */
export function Button({
  kind = 'plain',
  icon,
  children,
  className = '',
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
}): ReactNode {
  return (
    <button type="button" className={`button is-${kind} ${className}`} {...rest}>
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that is an icon alone; `label` is what it says to those who listen, and to the pointer that rests on it. */
export function IconButton({
  icon,
  label,
  className = '',
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { readonly icon: IconName; readonly label: string }): ReactNode {
  return (
    <button type="button" className={`icon-button ${className}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}
