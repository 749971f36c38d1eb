import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { tunnelMessage, tunnelToMessage } from '../../../shared/contract/helper/messages.ts';
import {
  applyFix,
  decode,
  diagnose,
  encode,
  formatConf,
  hideKeys,
  parse,
  print,
  restoreKeys,
  setField,
  stripConf,
  summarise,
  toTunnel,
} from '../../../shared/config/index.ts';
import { toBase64 } from '../../../shared/config/keys/base64.ts';
import { deviceOf } from '../../../shared/config/meaning/device.ts';
import type { Device } from '../../../shared/config/meaning/device.ts';
import { sectionAt, sectionsOf, settingsOf, valueText } from '../../../shared/config/syntax/conf-file.ts';
import { factsOf, fields } from '../../../shared/config/syntax/vocabulary.ts';
import { formatHost } from '../../../shared/config/values/endpoint.ts';
import { anyConfiguration, anyText } from './arbitrary.ts';

const identity = { name: 'Any', interface: 'any0' };
const manyRuns = { numRuns: 500 };
vi.setConfig({ testTimeout: 60_000 });

/** The device of a text, the spelling of its endpoints and the places of its sections left out. */
function stateOf(text: string): unknown {
  const device: Device = deviceOf(parse(text));
  const peers = device.peers.map(
    ({ publicKey, presharedKey, endpoint, allowedIps, persistentKeepalive }) => ({
      publicKey,
      presharedKey,
      endpoint:
        endpoint === null ? null : { host: formatHost(endpoint.host) ?? endpoint.host, port: endpoint.port },
      allowedIps,
      persistentKeepalive,
    }),
  );
  return { ...device, peers };
}

describe('any bytes', () => {
  it('come back from decode and encode', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), anyConfiguration), (bytes) => {
        const { text, encoding } = decode(bytes);
        expect(Buffer.from(encode(text, encoding)).equals(Buffer.from(bytes))).toBe(true);
      }),
      manyRuns,
    );
  });

  it('come back in each encoding', () => {
    const charsets = fc.constantFrom('utf-8', 'utf-16le', 'utf-16be' as const);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), charsets, fc.boolean(), (text, charset, bom) => {
        const bytes = encode(text, { charset, bom });
        const decoded = decode(bytes);
        expect(Buffer.from(encode(decoded.text, decoded.encoding)).equals(Buffer.from(bytes))).toBe(true);
        if (bom) expect(decoded).toEqual({ text, encoding: { charset, bom } });
      }),
    );
  });
});

describe('any text', () => {
  it('is printed as it was parsed', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(print(parse(text))).toBe(text);
      }),
      manyRuns,
    );
  });

  it('is taken by every function without a throw', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const file = parse(text);
        for (const { fix } of diagnose(file)) if (fix !== undefined) applyFix(text, fix);
        toTunnel(file, identity);
        summarise(file);
        stripConf(file);
        restoreKeys(hideKeys(text), text);
      }),
      manyRuns,
    );
  });

  it('is formatted the same the second time', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = formatConf(parse(text));
        expect(formatConf(parse(once))).toBe(once);
      }),
      manyRuns,
    );
  });
});

describe('any configuration', () => {
  it('is formatted the same the second time, and means the same', () => {
    fc.assert(
      fc.property(anyConfiguration, (bytes) => {
        const { text } = decode(bytes);
        const once = formatConf(parse(text));
        expect(formatConf(parse(once))).toBe(once);
        expect(stateOf(once)).toEqual(stateOf(text));
        const before = toTunnel(parse(text), identity);
        if ('tunnel' in before) expect(toTunnel(parse(once), identity)).toEqual(before);
      }),
      manyRuns,
    );
  });

  it('is a tunnel that the helper takes, or has an error', () => {
    fc.assert(
      fc.property(anyConfiguration, (bytes) => {
        const file = parse(decode(bytes).text);
        const errors = diagnose(file).filter(({ severity }) => severity === 'error');
        const result = toTunnel(file, identity);
        if ('problems' in result) expect(result.problems).toEqual(errors);
        else {
          expect(errors).toEqual([]);
          expect(tunnelMessage.safeParse(tunnelToMessage(result.tunnel)).error).toBeUndefined();
        }
      }),
      manyRuns,
    );
  });

  it('has diagnostics in order, at places that are there, with fixes that take effect', () => {
    fc.assert(
      fc.property(anyConfiguration, (bytes) => {
        const { text } = decode(bytes);
        const lines = text.split('\n');
        const found = diagnose(parse(text));
        const counts = (code: string, of = found): number => of.filter((other) => other.code === code).length;
        for (const [index, { line, column, endColumn, fix, code }] of found.entries()) {
          expect(line).toBeGreaterThanOrEqual(found[index - 1]?.line ?? 1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(endColumn).toBeGreaterThanOrEqual(column);
          expect(endColumn).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
          // A text that was damaged twice has to be repaired twice.
          if (fix !== undefined && code !== 'mojibake')
            expect(counts(code, diagnose(parse(applyFix(text, fix))))).toBeLessThan(counts(code));
        }
      }),
      manyRuns,
    );
  });

  it('has one line changed, or one more, where a key is set', () => {
    fc.assert(
      fc.property(anyConfiguration, fc.constantFrom(...fields), fc.nat(), (bytes, field, which) => {
        const { text } = decode(bytes);
        const file = parse(text);
        const homes = [...sectionsOf(file)].filter(({ kind }) => kind === factsOf(field).section);
        const home = homes[which % homes.length];
        fc.pre(home !== undefined);
        const changed = parse(print(setField(file, home.index, field, 'new')));
        const [before, after] = [text.split('\n'), changed.text.split('\n')];
        let same = 0;
        while (same < before.length && before[same] === after[same]) same += 1;
        const rest = after.length - before.length;
        // A last line that had no end has got one.
        const gotEnd = same === before.length - 1 && after[same] === `${before[same] ?? ''}\r`;
        expect([0, 1]).toContain(rest);
        if (gotEnd) expect(after.length).toBe(same + 2);
        else expect(after.slice(same + 1)).toEqual(before.slice(same + 1 - rest));
        const settings = [...settingsOf(changed, sectionAt(changed, home.index))];
        const last = settings.filter((setting) => setting.field === field).at(-1);
        expect(last && valueText(changed, last)).toBe('new');
      }),
      manyRuns,
    );
  });

  it('comes back from hideKeys and restoreKeys', () => {
    fc.assert(
      fc.property(anyConfiguration, (bytes) => {
        const { text } = decode(bytes);
        expect(restoreKeys(hideKeys(text), text)).toBe(text);
        expect(hideKeys(hideKeys(text))).toBe(hideKeys(text));
      }),
      manyRuns,
    );
  });
});

describe('hideKeys', () => {
  const blank = fc.constantFrom('', '', '', ' ', '\t', '\r', '\v', '\f', '\0');
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toBase64);

  /** A text with blanks strewn in and the case of its letters changed, as `wg` would still take it. */
  const respelled = (text: string): fc.Arbitrary<string> =>
    fc
      .array(fc.tuple(blank, fc.boolean()), { minLength: text.length, maxLength: text.length })
      .map((changes) =>
        changes
          .map(([gap, upper], at) => gap + (upper ? text.charAt(at).toUpperCase() : text.charAt(at)))
          .join(''),
      );

  const scattered = (text: string): fc.Arbitrary<string> =>
    fc
      .array(blank, { minLength: text.length, maxLength: text.length })
      .map((gaps) => gaps.map((gap, at) => text.charAt(at) + gap).join(''));

  it('leaves no eight characters of a key in any spelling that wg accepts', () => {
    const named = fc.constantFrom('PrivateKey', 'PresharedKey').chain(respelled);
    const spelled = key.chain((secret) => fc.tuple(fc.constant(secret), scattered(secret)));
    const before = fc.constantFrom('', '#', '# ', '  ', '## ');
    const behind = fc.constantFrom('', ' # note', '\t# PublicKey', '\r');
    fc.assert(
      fc.property(
        before,
        named,
        spelled,
        behind,
        anyConfiguration,
        (start, name, [secret, value], end, bytes) => {
          const { text } = decode(bytes);
          const shown = hideKeys(`${text}\n${start}${name}=${value}${end}\n${text}`).replace(/[\0\s]/g, '');
          for (let at = 0; at + 8 <= 43; at += 1) expect(shown).not.toContain(secret.slice(at, at + 8));
        },
      ),
      manyRuns,
    );
  });

  it('leaves no key that a device would have', () => {
    fc.assert(
      fc.property(anyConfiguration, (bytes) => {
        const { text } = decode(bytes);
        // A key never goes over the end of a line: what does is another's broken key, which may be made up of the same letters.
        const shown = hideKeys(text).replace(/[\0\t\v\f\r ]/g, '');
        const { privateKey, peers } = deviceOf(parse(text));
        // What is made up takes its keys from a few: one may be secret in one place and a peer's public key in another.
        const told = new Set(peers.map(({ publicKey }) => publicKey));
        for (const secret of [privateKey, ...peers.map(({ presharedKey }) => presharedKey)]) {
          if (secret !== null && !told.has(secret)) expect(shown).not.toContain(secret);
        }
      }),
      manyRuns,
    );
  });
});
