import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { helperPart } from '../../fuzz/helper/helper-part.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';

describeInLab('a helper whose caller is hostile', () => {
  test(
    'stands 20,000 messages that are none, and nothing is changed by them',
    { timeout: 300_000 },
    async () => {
      const { findings } = await helperPart.run({ count: 20_000, seed: 20_261_121, tell: () => undefined });
      expect(findings.map(({ name, words }) => `${name}: ${words}`)).toEqual([]);
    },
  );
});

describeInLab('secret keys', () => {
  test('are in no log, no answer and no command line, whatever happens to the tunnel', async () => {
    await using stage = await openFullTunnel();
    const { client } = stage;
    await client.settled();
    await using adit = await AditClient.start(client, stage.lab.folder);
    const presharedKey = 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=';
    const text = stage.profile.text;
    await adit.import('home', text);
    await adit.import('psk', text.replace('[Peer]\n', `[Peer]\nPresharedKey = ${presharedKey}\n`));
    const privateKey = /^PrivateKey = (\S+)$/m.exec(text)?.[1] ?? '';
    expect(privateKey).toHaveLength(44);

    const said: string[] = [];
    const commandLines = new Set<string>();
    const watching = setInterval(() => {
      for (const { pid } of client.processes()) {
        commandLines.add(commandLineOf(pid));
      }
    }, 5);
    try {
      const steps = [
        ...[
          ['list'],
          ['show', 'psk'],
          ['plan', 'home'],
          ['up', 'home', '--wait=20'],
          ['status'],
          ['explain', '1.1.1.1'],
        ],
        ...[
          ['up', 'psk', '--accept', 'full-tunnel-twice', '--wait=1'],
          ['down', '--all'],
          ['down', 'home'],
          ['recover'],
        ],
      ];
      for (const words of steps) {
        for (const form of [[], ['--json']]) {
          const { stdout, stderr } = await adit.run(...words, ...form);
          said.push(`${words.join(' ')}: ${stdout}${stderr}`);
        }
      }
      await adit.done('up', 'home', '--wait=20');
      for (const { pid } of client.processes('wireguard-go')) process.kill(pid, 'SIGKILL');
      await expect.poll(async () => (await adit.status('home')).state, { timeout: 20_000 }).toBe('connected');
    } finally {
      clearInterval(watching);
    }
    said.push(...adit.helper.lines, ...adit.helper.errorLines, ...commandLines);
    expect(said.length).toBeGreaterThan(30);
    for (const key of [privateKey, presharedKey]) {
      const hex = Buffer.from(key, 'base64').toString('hex');
      for (const form of [key, hex, hex.toUpperCase()])
        expect(said.filter((line) => line.includes(form))).toEqual([]);
    }
  });
});

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
