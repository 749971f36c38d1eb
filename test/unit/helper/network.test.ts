import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../machine.ts';

/** What test/unit/helper/inside-network.ts tells. */
interface Account {
  readonly missingAfterMaking: string[];
  readonly ways: string[][];
  readonly mtus: number[];
  readonly damage: string[];
  readonly missingAfterRepair: string[];
  readonly gone: string[];
  readonly added: string[];
  readonly again: string;
  readonly refused: string;
}

describeWith(['root', 'ip', 'nft', 'a network namespace'], 'the helper’s steps, on a real network', () => {
  let account: Account;

  beforeAll(() => {
    const words = ['--net', process.execPath, join(import.meta.dirname, 'inside-network.ts')];
    const { stdout, stderr, status } = spawnSync('unshare', words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    account = JSON.parse(stdout) as Account;
  });

  it('make all that the plan wants, and find it again', () => {
    expect(account.missingAfterMaking).toEqual([]);
  });

  it('lead every packet into the tunnel, but not those with the mark of its own', () => {
    expect(account.ways).toEqual([
      ['203.0.113.2 by home', '198.51.100.9 by eth0', '2001:db8::2 by home'],
      ['203.0.113.2 by eth0', '198.51.100.9 by eth0'],
    ]);
  });

  it('find the MTU of the ways to the peers', () => {
    expect(account.mtus).toEqual([1500, 1300]);
  });

  it('see what somebody else has removed, and make just that again', () => {
    expect(account.damage).toEqual([
      'make address 10.4.0.9/32 on office',
      'make firewall table',
      'make route 10.42.1.7/32 by home in table 548208672 metric 1',
      // The kernel takes the routes of an interface along with its last address.
      'make route 0.0.0.0/0 by office in table 548208640 metric 2',
      'make IPv4 rule 30254: main table beyond /1, unless marked 8365',
    ]);
    expect(account.missingAfterRepair).toEqual([]);
  });

  it('remove all of it, and nothing of a stranger’s', () => {
    expect([account.gone, account.added]).toEqual([[], []]);
  });

  it('do not mind that what they remove is gone', () => {
    expect(account.again).toBe('no failure');
  });

  it('say by name that the system refuses a change', () => {
    expect(account.refused).toBe('network-change-refused');
  });
});
