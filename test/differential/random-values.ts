import type { Chance } from './random.ts';

/** A key of random bytes; of a hundred, a few with one character changed, which most often is still a key. */
export function randomKey(chance: Chance): string {
  const key = Buffer.from(Array.from({ length: 32 }, () => chance.below(256))).toString('base64');
  if (!chance.percent(4)) return key;
  const at = chance.below(key.length);
  return key.slice(0, at) + chance.pick(Array.from('AQgwBz09+/=-_.é')) + key.slice(at + 1);
}

/** A number within 0..`most` or near it, or near a power of two, in decimal or sometimes in another notation. */
export function randomNumber(chance: Chance, most: number): string {
  const near = chance.pick([most, 2 ** chance.below(66), 0]);
  const number = chance.percent(85)
    ? BigInt(chance.below(most + 1))
    : BigInt(near) + BigInt(chance.below(5) - 2);
  if (chance.percent(92)) return String(number);
  return chance.pick([
    `0${number}`,
    `+${number}`,
    `0x${number.toString(16)}`,
    `00000${number}`,
    `${number}.`,
  ]);
}

/** An address with or without a length, now and then with a slip in it. */
export function randomPrefix(chance: Chance): string {
  const isV4 = chance.percent(60);
  const address = isV4 ? randomIPv4(chance) : randomIPv6(chance);
  if (chance.percent(20)) return address;
  return `${address}/${chance.percent(98) ? chance.below(isV4 ? 33 : 129) : chance.below(140)}`;
}

/** A host of every kind with a port. */
export function randomEndpoint(chance: Chance): string {
  const port = randomNumber(chance, 65_535);
  switch (chance.below(5)) {
    case 0:
      return `${randomIPv4(chance)}:${port}`;
    case 1:
      return `[${randomIPv6(chance)}]:${port}`;
    case 2:
      return `${randomIPv6(chance)}:${port}`;
    case 3:
      return `${randomWord(chance, 'abcxyzABC0189-_.', 20)}:${port}`;
    default:
      return chance.percent(30)
        ? `${randomWord(chance, 'a01.-_%:[]*@/xX\\', 12)}:${port}`
        : `${randomWord(chance, '0123456789.x', 14)}:${port}`;
  }
}

function randomIPv4(chance: Chance): string {
  const bytes = Array.from({ length: 4 }, () =>
    chance.percent(99) ? String(chance.below(256)) : chance.pick(['256', '00', '08', '', '0x1', '1e1']),
  );
  return bytes.join('.');
}

/** Any text for 128 bits: `::` somewhere or nowhere, digits of either case, IPv4 at the end. */
function randomIPv6(chance: Chance): string {
  const group = (): string => {
    const digits = (chance.percent(30) ? 0 : chance.below(0x10000)).toString(16);
    const padded = chance.percent(10) ? digits.padStart(chance.percent(95) ? 4 : 5, '0') : digits;
    return chance.percent(20) ? padded.toUpperCase() : padded;
  };
  const groups = (count: number): string[] => Array.from({ length: Math.max(0, count) }, group);
  const tail = chance.percent(12) ? [randomIPv4(chance)] : [];
  const room = 8 - 2 * tail.length;
  if (chance.percent(30)) return [...groups(chance.percent(97) ? room : room - 1), ...tail].join(':');
  const before = chance.below(room);
  const after = chance.below(room - before + (chance.percent(3) ? 2 : 0));
  return `${groups(before).join(':')}::${[...groups(after), ...tail].join(':')}`;
}

function randomWord(chance: Chance, letters: string, longest: number): string {
  return Array.from({ length: 1 + chance.below(longest) }, () => chance.pick(Array.from(letters))).join('');
}
