import type { Option } from './command.ts';

/** What a person may decide ahead about what stands in a tunnel's way. */
export const conflictOptions: Readonly<Record<'accept' | 'subtract', Option>> = {
  accept: {
    kind: 'value',
    placeholder: 'CODE',
    repeats: true,
    summary: 'Go on in spite of a fault or conflict with this code',
  },
  subtract: {
    kind: 'flag',
    summary: 'Leave what is in conflict with a network here out of the tunnel',
  },
};
