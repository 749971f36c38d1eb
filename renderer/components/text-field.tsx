import type { ComponentProps, ReactNode } from 'react';
import './text-field.css';

/** A line that somebody types a name or an address into: nothing that is spelled or filled in for him. */
export function TextField({ className = '', ...rest }: ComponentProps<'input'>): ReactNode {
  return <input {...rest} className={`text-field ${className}`} spellCheck={false} autoComplete="off" />;
}
