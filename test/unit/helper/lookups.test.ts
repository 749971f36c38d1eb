import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith } from '../machine.ts';

/** What test/unit/helper/inside-lookups.ts tells. */
interface Account {
  readonly asked: number;
  readonly refused: number;
  /** How many are for a route with several next hops. */
  readonly shared: number;
  readonly differences: string[];
}

describeWith(['root', 'ip', 'a network namespace'], 'the model of a host’s routing', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('says of every packet what the kernel says, host %i', (seed) => {
    const program = join(import.meta.dirname, 'inside-lookups.ts');
    const words = ['--net', process.execPath, program, String(seed), '500'];
    const { stdout, stderr, status } = spawnSync('unshare', words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const { asked, refused, shared, differences } = JSON.parse(stdout) as Account;
    expect(differences).toEqual([]);
    expect(asked).toBe(500);
    expect(refused).toBeLessThan(asked);
    if (seed === 1) expect(shared).toBeGreaterThan(0);
  });
});
