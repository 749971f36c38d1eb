import * as fc from 'fast-check';
import { generate } from '../../differential/grammar.ts';
import { mutate } from '../../differential/mutate.ts';
import { chanceFrom } from '../../differential/random.ts';
import { fixture, fixturesIn, rowFolders } from './fixtures.ts';

/** Every configuration of the corpus that is small enough to be changed at random. */
export const corpus: readonly Buffer[] = ['seeds', 'codes', 'found', ...rowFolders]
  .flatMap(fixturesIn)
  .map(fixture)
  .filter(({ length }) => length < 5000);

/** A configuration from the grammar, or one of the corpus with a few changes; the same for the same seed. */
export function configurationOf(seed: number): Buffer {
  const chance = chanceFrom(seed);
  const made = generate(chance);
  if (chance.percent(50)) return made;
  return mutate(chance, chance.percent(60) ? chance.pick(corpus) : made, chance.pick(corpus));
}

/** The bytes of configurations, good and bad. */
export const anyConfiguration: fc.Arbitrary<Buffer> = fc.nat({ max: 2 ** 31 - 1 }).map(configurationOf);

/** Any text at all, with characters that mean something among the others. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom(
      ...'[]=#:,.\n\r\t \0'.split(''),
      'Peer',
      'Interface',
      'PrivateKey',
      'A',
      '\ufeff',
      '家',
    ),
    maxLength: 60,
  }),
);
