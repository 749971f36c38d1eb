import { beforeAll, describe, expect, it } from 'vitest';
import { Adit, buildIfMissing, twoAtATime } from './adit.ts';

const commands = [
  ...['new', 'import', 'list', 'show', 'export', 'set', 'rename', 'remove', 'check', 'format'],
  ...[
    'up',
    'down',
    'status',
    'unblock',
    'plan',
    'explain',
    'diagnose',
    'allowed-ips',
    'cluster inspect',
    'cluster profile',
    'cluster import',
    'cluster connect',
    'cluster sync',
    'cluster gateway',
    'cluster overlaps',
    'cluster graph',
    'cluster peer apply',
    'cluster peer remove',
    'cluster peer list',
    'cluster request',
    'cluster expose',
    'cluster manifest',
    'cluster names',
    'serve',
    'helper',
    'recover',
  ],
];

beforeAll(buildIfMissing);

describe('the help', () => {
  it('lists every command of this version, and no other', async () => {
    const adit = new Adit();
    const { code, stdout, stderr } = await adit.run(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    const listed = [...stdout.matchAll(/^ {2}((?:cluster )?(?:peer )?[a-z][a-z-]*)\b/gm)].map(
      ([, name]) => name,
    );
    expect(listed).toEqual(commands);
    expect((await adit.run(['help'])).stdout).toBe(stdout);
    expect((await adit.run(['-h'])).stdout).toBe(stdout);
  });

  it('is there for every command, whatever else is said, and does nothing', async () => {
    const adit = new Adit();
    await twoAtATime(commands, async (name) => {
      const { code, stdout, stderr } = await adit.run([...name.split(' '), '--help']);
      expect([name, code, stderr]).toEqual([name, 0, '']);
      expect(stdout).toMatch(new RegExp(`^adit ${name}\\b.*\\[--json\\]\\n`));
      expect(stdout).toContain('--help');
    });
    expect((await adit.run(['up', 'a', 'b', 'c', '--help', '--json'])).code).toBe(0);
  });

  it('is what is said where nothing is asked, as wrong usage', async () => {
    const adit = new Adit();
    const { code, stdout } = await adit.run([]);
    expect(code).toBe(2);
    expect(stdout).toContain('Commands:');
  });

  it('goes without saying for the version', async () => {
    const { code, stdout } = await new Adit().run(['--version']);
    expect([code, /^\d+\.\d+\.\d+\n$/.test(stdout)]).toEqual([0, true]);
  });
});

describe('wrong usage', () => {
  const wrong: readonly (readonly string[])[] = [
    ['frobnicate'],
    ['--frobnicate'],
    ['new'],
    ['import'],
    ['show'],
    ['show', 'a', 'b'],
    ['show', 'a', '--revael'],
    ['list', 'extra'],
    ['export'],
    ['rename', 'a'],
    ['rename', 'a', 'b', 'c'],
    ['remove'],
    ['check'],
    ['check', __filename, '--judge', 'nobody'],
    ['check', __filename, '--judge'],
    ['format'],
    ['up'],
    ['up', 'a', '--accept'],
    ['down'],
    ['down', 'a', '--all'],
    ['status', 'a', 'b'],
    ['status', '--watch=1'],
    ['serve', '--port', '70000'],
    ['serve', '--port', '-1'],
    ['serve', '--port', 'x'],
    ['serve', 'x'],
    ['allowed-ips'],
    ['allowed-ips', '--exclude', '10.0.0.0/8'],
    ['allowed-ips', '--include'],
    ['allowed-ips', '--include', ''],
    ['allowed-ips', '--include', '0.0.0.0/0', '--exclude', ' , '],
    ['allowed-ips', '--include', '0.0.0.0/0', '10.0.0.0/8'],
    ['plan'],
    ['explain'],
    ['explain', '10.0.0.1', '--mark', 'x'],
    ['explain', '10.0.0.1', '--mark', '0x100000000'],
    ['diagnose', 'a', 'b', 'c'],
    ['diagnose', 'a', '10.0.0.1:0'],
    ['diagnose', 'a', 'not an address'],
    ['recover', 'x'],
    ['unblock'],
    ['unblock', 'a', '--minutes', '16'],
    ['unblock', 'a', '--minutes', 'x'],
  ];

  it('ends with 2, and says in JSON what is wrong and how it is right', async () => {
    const adit = new Adit();
    await twoAtATime(wrong, async (words) => {
      const { code, hint } = await adit.fault(words);
      expect([words, code]).toEqual([words, 'wrong-usage']);
      expect(hint).not.toBe('');
    });
  });

  it('of up --wait is told before anybody is asked', async () => {
    const adit = new Adit();
    await adit.run(['import', `${import.meta.dirname}/../fixtures/conf/seeds/002-azure-server.conf`]);
    for (const wait of ['-1', 'x', '601']) {
      expect((await adit.fault(['up', '002-azure-server', `--wait=${wait}`])).code).toBe('wrong-usage');
    }
  });

  it('of the helper is told by the helper', async () => {
    const adit = new Adit();
    for (const words of [
      ['helper', '--owner', 'me'],
      ['helper', 'now'],
      ['helper', '--frobnicate'],
    ]) {
      const { code, stdout } = await adit.run(words);
      expect([words, code, (JSON.parse(stdout) as { error: { code: string } }).error.code]).toEqual([
        words,
        2,
        'wrong-usage',
      ]);
    }
  });
});
