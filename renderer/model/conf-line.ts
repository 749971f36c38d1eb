import { hiddenKey } from '../../shared/contract/ui/verbs.ts';

/** A piece of a line of a .conf, for the eye alone: the language itself is read in `shared/config`. */
export interface ConfToken {
  readonly kind: 'section' | 'key' | 'mark' | 'value' | 'hidden' | 'comment';
  readonly text: string;
}

/** The pieces of one line; together they are the line. */
export function tokensOf(line: string): readonly ConfToken[] {
  const at = line.indexOf('#');
  const code = at < 0 ? line : line.slice(0, at);
  const comment: ConfToken[] = at < 0 ? [] : [{ kind: 'comment', text: line.slice(at) }];
  return [...codeTokens(code), ...comment].filter(({ text }) => text !== '');
}

function codeTokens(code: string): ConfToken[] {
  if (/^\s*\[/.test(code)) return [{ kind: 'section', text: code }];
  const equals = code.indexOf('=');
  if (equals < 0) return [{ kind: 'value', text: code }];
  const value = code.slice(equals + 1);
  const hidden = value.indexOf(hiddenKey);
  const head: ConfToken[] = [
    { kind: 'key', text: code.slice(0, equals) },
    { kind: 'mark', text: '=' },
  ];
  if (hidden < 0) return [...head, { kind: 'value', text: value }];
  return [
    ...head,
    { kind: 'value', text: value.slice(0, hidden) },
    { kind: 'hidden', text: hiddenKey },
    { kind: 'value', text: value.slice(hidden + hiddenKey.length) },
  ];
}
