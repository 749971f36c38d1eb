import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyFix, decode, diagnose, diagnosticCodes, encode, parse } from '../../../shared/config/index.ts';
import type { DiagnoseOptions, Diagnostic, DiagnosticCode } from '../../../shared/config/index.ts';
import { fixture, fixturesIn, fixtureText } from './fixtures.ts';
import { togetherCodes } from './together-codes.ts';

/** Errors that come with another one by nature: the same bytes are wrong twice. */
const companions: Partial<Record<DiagnosticCode, readonly DiagnosticCode[]>> = {
  'line-ends-cr': ['section-unrecognized', 'interface-missing'],
};

/** What is known beside the text in the cases of codes that are not about the text. */
const circumstances: Partial<Record<DiagnosticCode, DiagnoseOptions>> = {
  'interface-name-invalid': { interface: 'sixteen-letters-' },
  'interface-name-reserved': { interface: 'lo' },
  'file-world-accessible': { worldAccessible: true },
  'windows-differs': { dialects: ['windows'] },
  'apple-differs': { dialects: ['apple'] },
  'newer-tools-differ': { dialects: ['wg-2025'] },
};

function diagnosticsOf(code: DiagnosticCode): Diagnostic[] {
  const { text, encoding } = decode(fixture(`codes/${code}.conf`));
  return diagnose(parse(text), { encoding, interface: 'wg0', ...circumstances[code] });
}

/** The codes that one configuration is enough for. */
const singleCodes = diagnosticCodes.filter(({ code }) => !togetherCodes.includes(code));

describe('the catalogue of diagnostics', () => {
  it('has a configuration for each code and a code for each configuration', () => {
    const codes = singleCodes.map(({ code }) => `codes/${code}.conf`).sort();
    expect(fixturesIn('codes')).toEqual(codes);
  });

  it('has the codes that docs/diagnostics.md lists', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/diagnostics.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code);
    expect(listed).toEqual(diagnosticCodes.map(({ code }) => code));
  });

  it.each(singleCodes)(
    '$code is found in its configuration, and no other error',
    ({ code, severity, judge }) => {
      const found = diagnosticsOf(code);
      expect(found.find((diagnostic) => diagnostic.code === code)).toMatchObject({ severity, judge });
      const expected = [code, ...(companions[code] ?? [])];
      const others = found.filter((other) => other.severity === 'error' && !expected.includes(other.code));
      expect(others).toEqual([]);
    },
  );

  it.each(singleCodes)('$code points at a place that is there, in words', ({ code }) => {
    const lines = decode(fixture(`codes/${code}.conf`)).text.split('\n');
    for (const { line, column, endColumn, message, hint } of diagnosticsOf(code)) {
      const length = (lines[line - 1] ?? '').length;
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(endColumn).toBeGreaterThanOrEqual(column);
      expect(endColumn).toBeLessThanOrEqual(length + 1);
      expect(message).toMatch(/^\S.*[.]$/u);
      expect(hint).toMatch(/^\S.*[.?]$/u);
    }
  });

  it.each(singleCodes)(
    '$code is gone after its fix, if it has one, and nothing worse has come',
    ({ code }) => {
      const { text, encoding } = decode(fixture(`codes/${code}.conf`));
      const found = diagnosticsOf(code).find((diagnostic) => diagnostic.code === code);
      if (found?.fix === undefined) return;
      const fixed = applyFix(text, found.fix);
      const before = diagnose(parse(text)).filter((diagnostic) => diagnostic.code === code).length;
      const after = diagnose(parse(decode(encode(fixed, { ...encoding, bom: false })).text));
      expect(after.filter((diagnostic) => diagnostic.code === code).length).toBeLessThan(Math.max(before, 1));
      const allowed: readonly DiagnosticCode[] =
        code === 'key-is-address'
          ? ['private-key-missing']
          : code === 'value-quoted'
            ? ['own-public-key']
            : [];
      const errors = after.filter(
        ({ severity, code: other }) => severity === 'error' && !allowed.includes(other),
      );
      expect(errors).toEqual([]);
    },
  );
});

describe('places', () => {
  it('are columns of the text, from 1, and end behind the last character', () => {
    const found = diagnose(parse('[Interface]\n  ListenPort = 5182O  # port\n')).find(
      ({ code }) => code === 'port-malformed',
    );
    expect(found).toMatchObject({ line: 2, column: 16, endColumn: 21 });
  });

  it('mark the one item of a list that is wrong', () => {
    const text = '[Peer]\nAllowedIPs = 10.0.0.1, 10.0.0.256 ,10.0.0.2\n';
    const found = diagnose(parse(text)).find(({ code }) => code === 'allowed-ip-malformed');
    expect(found).toMatchObject({ line: 2, column: 24, endColumn: 34 });
    expect(text.split('\n')[1]?.slice(23, 33)).toBe('10.0.0.256');
  });

  it('count UTF-16 units, so that an editor can mark them', () => {
    const found = diagnose(parse('[Interface]\n# 家\nPostUp = echo 家 # x\n')).find(
      ({ code }) => code === 'script-hash',
    );
    expect(found).toMatchObject({ line: 3, column: 17, endColumn: 18 });
  });
});

describe('a file with very many mistakes', () => {
  it('has 200 of one kind told apart and the rest in one', () => {
    const found = diagnose(parse(`[Interface]\n${'what\n'.repeat(1000)}`));
    const unrecognized = found.filter(({ code }) => code === 'line-unrecognized');
    expect(unrecognized).toHaveLength(201);
    expect(unrecognized.at(-1)?.message).toContain('800 more places');
  });
});

describe('messages', () => {
  const secret = 'wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=';

  it.each([
    `PrivateKey = ${secret}x`,
    `PrivateKey = "${secret}"`,
    `PrivatKey = ${secret}`,
    `PrivateKey ${secret}`,
    secret,
    `[${secret}`,
    `ListenPort = ${secret}`,
    `Address = ${secret}`,
    `DNS = ${secret}`,
    `MTU = ${secret}`,
    `Table = ${secret}`,
    `SaveConfig = ${secret}`,
    `FwMark = ${secret}`,
    `${secret} = x`,
    `PrivateKey = ${secret.replaceAll('/', '_')}`,
    `PrivateKey = ${Buffer.from(secret, 'base64').toString('hex')}`,
  ])('do not quote a key that stands in the wrong place: %s', (line) => {
    const told = JSON.stringify(diagnose(parse(`[Interface]\n${line}\n`)));
    expect(told).not.toContain(secret.slice(0, 20));
    expect(told).not.toContain(Buffer.from(secret, 'base64').toString('hex').slice(0, 20));
  });
});

describe('the encoding', () => {
  it('is judged with the text, because wg reads bytes', () => {
    const { text, encoding } = decode(fixture('codes/encoding-utf16.conf'));
    expect(diagnose(parse(text), { encoding }).map(({ code }) => code)).toContain('encoding-utf16');
    expect(diagnose(parse(text)).map(({ code }) => code)).not.toContain('encoding-utf16');
  });

  it('that was mistaken once is offered for repair and not repaired', () => {
    const text = fixtureText('codes/mojibake.conf');
    const found = diagnose(parse(text)).find(({ code }) => code === 'mojibake');
    expect(found?.fix && applyFix(text, found.fix)).toContain('# 家 Home');
  });
});
