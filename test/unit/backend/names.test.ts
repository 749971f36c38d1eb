import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interfaceNameOf, profileName } from '../../../electron/backend/profiles/name.ts';
import { interfaceName } from '../../../shared/contract/helper/messages.ts';
import { FaultError } from '../../../shared/fault.ts';

function refusal(name: string): FaultError {
  try {
    profileName(name);
  } catch (error) {
    if (error instanceof FaultError) return error;
  }
  throw new Error(`not refused: ${name}`);
}

describe('the name of a profile', () => {
  it.each(['home', '我的家', 'Büro München', 'a.b', 'x'.repeat(250), 'con', '-x', '*', 'home (2)', '🏠'])(
    'may be %j',
    (name) => {
      expect(profileName(name)).toBe(name);
    },
  );

  it('is composed, without blanks around it', () => {
    expect(profileName('  Bu\u0308ro\t')).toBe('Büro');
  });

  it.each(['', '   ', '.', '..', '.hidden', 'a/b', '../../etc/passwd', 'a\\b', 'a\nb', 'a\u0000b', '\ud800'])(
    'may not be %j',
    (name) => {
      expect(refusal(name).fault.code).toBe('profile-name-invalid');
    },
  );

  it('has at most 250 bytes, of which a Chinese character takes three', () => {
    expect(profileName('家'.repeat(83))).toHaveLength(83);
    for (const name of ['x'.repeat(251), 'x'.repeat(300), '家'.repeat(84), '家'.repeat(300)]) {
      const { fault } = refusal(name);
      expect(fault.code).toBe('profile-name-invalid');
      expect(fault.message.length).toBeLessThan(120);
    }
  });
});

const anyName = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.stringMatching(/^[a-zA-Z0-9_=+.-]{1,20}$/),
  )
  .filter(
    (name) =>
      name.normalize('NFC').trim() === name && !/[/\\\p{Cc}\p{Cs}]/u.test(name) && !name.startsWith('.'),
  );

describe('the interface of a profile', () => {
  it('is its name where that is a legal one', () => {
    for (const name of ['home', 'wg0', 'a_b=c+d.e-f', '123456789012345'])
      expect(interfaceNameOf(name)).toBe(name);
  });

  it('is what is left of the name, and some of its hash, where it is not', () => {
    expect(interfaceNameOf('my office in Köln')).toMatch(/^my-offic-[0-9a-f]{6}$/);
    expect(interfaceNameOf('我的家')).toMatch(/^adit-[0-9a-f]{6}$/);
    expect(interfaceNameOf('-x')).toMatch(/^x-[0-9a-f]{6}$/);
    expect(interfaceNameOf('家 wg0 家')).toMatch(/^wg0-[0-9a-f]{6}$/);
    expect(interfaceNameOf('1234567 90123456')).toMatch(/^1234567-[0-9a-f]{6}$/);
  });

  it('is none that the kernel keeps for itself', () => {
    for (const name of ['lo', 'all', 'default', '..']) {
      expect(interfaceNameOf(name)).not.toBe(name);
      expect(interfaceName.safeParse(interfaceNameOf(name)).success).toBe(true);
    }
  });

  it('is one that the helper takes, for any name, and always the same', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const taken = interfaceNameOf(name);
        expect(interfaceName.safeParse(taken).success, taken).toBe(true);
        expect(interfaceNameOf(name)).toBe(taken);
      }),
      { numRuns: 500 },
    );
  });

  it('is another for every name, though they begin alike', () => {
    const names = [
      '我的家',
      '你的家',
      'office in Köln',
      'office in Bonn',
      'office  in Bonn',
      'OFFICE in Bonn',
    ];
    const many = Array.from({ length: 500 }, (_, index) => `office in the town of ${index}`);
    const taken = [...names, ...many].map(interfaceNameOf);
    expect(new Set(taken).size).toBe(taken.length);
  });
});
