import type { Fault } from '../../shared/fault.ts';

/** Faults that a person may decide to go on in spite of, and the words for going on. */
const wordsFor: Partial<Readonly<Record<Fault['code'], string>>> = {
  'scripts-refused': 'Connect without them',
};

/** The words for going on in spite of a fault; null where that cannot be. */
export function goOnWords(fault: Fault): string | null {
  return wordsFor[fault.code] ?? null;
}
