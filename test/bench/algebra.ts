import { excludeCidr } from 'cidr-tools';
import { addressBits } from '../../shared/network/address.ts';
import type { Family } from '../../shared/network/address.ts';
import { formatPrefix, networkOf, parsePrefix } from '../../shared/network/prefix.ts';
import type { Prefix } from '../../shared/network/prefix.ts';
import { PrefixSet } from '../../shared/network/prefix-set.ts';
import { chanceFrom } from '../differential/random.ts';
import type { Chance } from '../differential/random.ts';
import { median, spread } from './figures.ts';

/** The shortest prefix to exclude. A thousand that may be shorter leave nothing. */
const shortest: Readonly<Record<Family, number>> = { 4: 8, 6: 16 };

/** How often a round does each task: a task alone would now and then have the other's garbage collected in its time. */
const timesInRound: Readonly<Record<Family, number>> = { 4: 50, 6: 5 };

/**
 * 1,000 random prefixes out of `0.0.0.0/0`, out of `::/0`, and of both families out of both: from texts to texts, by us and by the
 * fastest on npm (docs/decisions/address-algebra.md), in turn.
 *
 * @throws where the two do not leave the same
 */
export function benchAlgebra(rounds: number): Promise<string[]> {
  const cases: readonly (readonly Family[])[] = [[4], [6], [4, 6]];
  return Promise.resolve(cases.map((families) => compare(families, rounds)));
}

function compare(families: readonly Family[], rounds: number): string {
  const chance = chanceFrom(1);
  const include = families.map((family) => (family === 4 ? '0.0.0.0/0' : '::/0'));
  const exclude = Array.from({ length: 1000 }, () => randomPrefix(chance, chance.pick(families)));
  const ours = (): string[] => setOf(include).without(setOf(exclude)).texts();
  const theirs = (): string[] => excludeCidr(include, exclude);
  const left = ours();
  if (left.join() !== canonical(theirs())) throw new Error('the two leave different prefixes');

  const times = Math.min(...families.map((family) => timesInRound[family]));
  const [own, other]: [number[], number[]] = [[], []];
  for (let round = -3; round < rounds; round += 1) {
    const [first, second] = [timeOf(ours, times), timeOf(theirs, times)];
    // The rounds before the first warm both up.
    if (round < 0) continue;
    own.push(first);
    other.push(second);
  }
  const ratios = own.map((time, round) => time / (other[round] ?? Number.NaN));
  return (
    `algebra, 1,000 prefixes out of ${include.join(' and ')}, ${left.length.toLocaleString('en')} left: ` +
    `Adit ${spread(own)} ms, cidr-tools ${spread(other)} ms, ratio ${median(ratios).toFixed(2)} (limit 1), ${rounds} rounds of ${times}`
  );
}

function setOf(texts: readonly string[]): PrefixSet {
  return PrefixSet.of(texts.map(read));
}

function read(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === null) throw new Error(`no prefix: ${text}`);
  return prefix;
}

/** Their prefixes one by one, nothing put together, each as `wg` prints it. */
function canonical(texts: readonly string[]): string {
  return texts.map((text) => formatPrefix(read(text))).join();
}

function randomPrefix(chance: Chance, family: Family): string {
  const words = Array.from({ length: addressBits[family] / 32 }, () => chance.below(2 ** 32));
  const length = shortest[family] + chance.below(addressBits[family] - shortest[family] + 1);
  return formatPrefix(networkOf({ address: { family, words }, length }));
}

/** Milliseconds for doing a task once, in the mean of so many times. */
function timeOf(task: () => unknown, times: number): number {
  const began = performance.now();
  for (let time = 0; time < times; time += 1) task();
  return (performance.now() - began) / times;
}
