import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readInterfaceAddress } from '../../shared/config/values/interface-address.ts';
import { readMtu } from '../../shared/config/values/mtu.ts';
import { readTable } from '../../shared/config/values/table.ts';
import { reasonNotToJudge } from './judge.ts';
import { chanceFrom } from './random.ts';
import { randomNumber, randomPrefix } from './random-values.ts';

const count = Number(process.env['ADIT_FUZZ_COUNT'] ?? 2000) / 20;
const seed = Number(process.env['ADIT_FUZZ_SEED'] ?? 1);
const reason = reasonNotToJudge();

const addresses =
  `10.0.0.1 10.0.0.1/0 10.0.0.1/33 10.0.0.1/ 10.0.0.1/a 10.0.0.1/255.255.255.0 10.0.0.1/255.0.255.0 10.0.0/24 10/8
  10.1 0x0a.1.1.1 010.0.0.1/24 10.0.0.1/024 10.0.0.1/0x18 10.0.0.1/+24 10.0.0.1/-1 256.0.0.1 1.2.3.4.5 default any all 0.0.0.0/0
  127.0.0.1/8 224.0.0.1 fd00::1/64 fd00::1 fd00::1/129 fd00::1/ fd00::1/ffff:: :: ::1 ff02::1 fe80::1%lo/64 ::ffff:1.2.3.4/128
  ::1.2.3.4 1:2:3:4:5:6:7:: FD00::A/64 fd00::1/064 fd00::g a -4 "10.0.0.1" 10.0.0.1/24/24 10.0.0.1/33333333333`.split(
    /\s+/,
  );
const mtus = `67 68 1279 65535 65536 abc 0x500 02400 +1500 -1 1500. 1e3 99999999999 0`.split(' ');
const tables =
  `1 255 main default local unspec Main 4294967295 4294967296 0 -1 0x10 010 +5 abc Off 1a 1.0`.split(' ');

/** Whether a value is one that `ip` takes on some machine, whatever Adit thinks of it. */
function isTakenByUs(field: 'Address' | 'MTU' | 'Table', word: string): boolean {
  const { kind } = (field === 'Address' ? readInterfaceAddress : field === 'MTU' ? readMtu : readTable)(word);
  return kind === 'read' || kind === 'ambiguous';
}

describe.skipIf(reason !== null)(`ip agrees with us${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('on Address, MTU and Table', { timeout: 60_000 + count * 200 }, () => {
    const chance = chanceFrom(seed);
    const more = <T>(make: () => T): T[] => Array.from({ length: count }, make);
    const questions = [
      ...[...addresses, ...more(() => randomPrefix(chance))].map((word) => ['Address', word] as const),
      ...[...mtus, ...more(() => randomNumber(chance, 65_535))].map((word) => ['MTU', word] as const),
      ...[...tables, ...more(() => randomNumber(chance, 0xffff_ffff))].map(
        (word) => ['Table', word] as const,
      ),
    ];
    const worker = ['--net', process.execPath, join(import.meta.dirname, 'ip-worker.ts')];
    const taken = JSON.parse(
      execFileSync('unshare', worker, { input: JSON.stringify(questions) }).toString(),
    ) as boolean[];
    const answers = questions.map(([field, word], index) => `${field} ${word}: ${String(taken[index])}`);
    expect(answers).toEqual(
      questions.map(([field, word]) => `${field} ${word}: ${isTakenByUs(field, word)}`),
    );
  });
});
