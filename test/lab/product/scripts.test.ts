import { chmod, chown, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HelperConnection } from '../../../electron/backend/helper-client/connection.ts';
import { tunnelToMessage } from '../../../shared/contract/helper/messages.ts';
import { parse, toTunnel } from '../../../shared/config/index.ts';
import type { Host } from '../host.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';

const nothing = { gone: [], added: [] };
const anotherUser = 4321;

interface Stage extends FullTunnel {
  readonly adit: AditClient;
  /** Root's, where scripts leave what they did. */
  readonly folder: string;
}

async function opened(work: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'adit-scripts-'));
  try {
    await using stage = await openFullTunnel();
    await stage.client.settled();
    await using adit = await AditClient.start(stage.client, stage.lab.folder);
    await work(Object.assign(stage, { adit, folder }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes /etc/adit/policy.json of the host, whose /etc is its own. */
async function writePolicy(client: Host, text: string, ...spoil: string[]): Promise<void> {
  await client.run(
    [
      'bash',
      '-euc',
      [
        'mkdir -p -m 755 /etc/adit',
        'cat > /etc/adit/policy.json',
        'chmod 644 /etc/adit/policy.json',
        ...spoil,
      ].join('\n'),
    ],
    {
      input: text,
    },
  );
}

const allowRoot = '{"scripts": {"users": ["root"]}}';

/** The scenario's profile with lines in its [Interface]. */
function profileWith({ profile }: FullTunnel, ...lines: string[]): string {
  return profile.text.replace('[Interface]\n', `[Interface]\n${lines.join('\n')}\n`);
}

/** A line that says into a file when it ran, as whom, of which interface, and what stood then. */
function witness(key: string, word: string, file: string): string {
  const link = '$(ip link show dev %i >/dev/null 2>&1 && echo link || echo no link)';
  const rules = '$(ip rule | grep -c fwmark || true)';
  return `${key} = echo "${word} %i $(id -u) ${link} ${rules}" >> ${file}`;
}

async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

describeInLab('scripts that root’s policy allows', () => {
  test('run as root, in wg-quick’s order, and not again when the engine or the helper is killed', async () => {
    await opened(async (stage) => {
      const { client, adit, folder } = stage;
      await writePolicy(client, allowRoot);
      const file = join(folder, 'ran');
      const before = await networkSnapshot(client);
      await adit.import(
        'home',
        profileWith(
          stage,
          witness('PostDown', 'post-down', file),
          witness('PostUp', 'post-up-1', file),
          witness('PreUp', 'pre-up', file),
          witness('PostUp', 'post-up-2', file),
          witness('PreDown', 'pre-down', file),
        ),
      );
      await adit.done('up', 'home', '--wait=20');
      const coming = await linesOf(file);
      expect(coming.map((line) => line.replace(/ \d+$/, ''))).toEqual([
        'pre-up home 0 no link',
        'post-up-1 home 0 link',
        'post-up-2 home 0 link',
      ]);
      expect(coming[0]).toMatch(/ 0$/);
      expect(coming[1]).not.toMatch(/ 0$/);
      expect((await adit.status('home')).scripts).toBe('ran');
      expect((await adit.run('status', 'home')).stdout).toContain('Scripts of the profile ran as root.');

      await adit.done('up', 'home');
      for (const { pid } of client.processes('wireguard-go')) process.kill(pid, 'SIGKILL');
      await expect.poll(async () => (await adit.status('home')).state, { timeout: 20_000 }).toBe('connected');
      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      await adit.restartHelper();
      expect(await adit.status('home')).toMatchObject({ state: 'connected', scripts: 'ran' });
      expect(await linesOf(file)).toEqual(coming);

      await adit.done('down', 'home');
      expect((await linesOf(file)).slice(3).map((line) => line.replace(/ \d+$/, ''))).toEqual([
        'pre-down home 0 link',
        'post-down home 0 no link',
      ]);
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
    });
  });

  test('that fail undo the tunnel, and neither PreDown nor PostDown runs', async () => {
    await opened(async (stage) => {
      const { client, adit, folder } = stage;
      await writePolicy(client, allowRoot);
      const file = join(folder, 'ran');
      const before = await networkSnapshot(client);
      const going = [witness('PreDown', 'pre-down', file), witness('PostDown', 'post-down', file)];
      await adit.import(
        'home',
        profileWith(
          stage,
          witness('PostUp', 'one', file),
          'PostUp = echo no such thing >&2; exit 3',
          witness('PostUp', 'three', file),
          ...going,
        ),
      );
      const { value } = await adit.json('up', 'home');
      expect(value).toMatchObject({ error: { code: 'script-failed' } });
      expect((value as { error: { message: string } }).error.message).toBe(
        'Command 2 of PostUp of home failed with exit code 3: no such thing',
      );
      expect((await linesOf(file)).map((line) => line.split(' ')[0])).toEqual(['one']);
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
      expect((await adit.status('home')).state).toBe('down');

      await adit.import('early', profileWith(stage, 'PreUp = false', witness('PostUp', 'late', file)));
      expect(await adit.fault('up', 'early')).toBe('script-failed');
      expect(await linesOf(file)).toHaveLength(1);
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
    });
  });

  test('that fail while a tunnel goes down do not keep it', async () => {
    await opened(async (stage) => {
      const { client, adit, folder } = stage;
      await writePolicy(client, allowRoot);
      const file = join(folder, 'ran');
      const before = await networkSnapshot(client);
      await adit.import('home', profileWith(stage, 'PreDown = exit 9', witness('PreDown', 'second', file)));
      await adit.done('up', 'home');
      await adit.done('down', 'home');
      expect(await linesOf(file)).toHaveLength(1);
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
      expect(
        adit.helper.errorLines.filter((line) => /script-failed.*key="PreDown".*exit=9/.test(line)),
      ).toHaveLength(1);
    });
  });

  test('do not run any more when the policy is withdrawn, and recover runs none', async () => {
    await opened(async (stage) => {
      const { client, adit, folder } = stage;
      await writePolicy(client, allowRoot);
      const file = join(folder, 'ran');
      const going = [witness('PreDown', 'pre-down', file), witness('PostDown', 'post-down', file)];
      await adit.import('home', profileWith(stage, ...going));
      await adit.done('up', 'home');
      await client.shell('rm /etc/adit/policy.json');
      await adit.done('down', 'home');
      expect(await linesOf(file)).toEqual([]);

      await writePolicy(client, allowRoot);
      await adit.done('up', 'home');
      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      await adit.runInside('recover');
      expect(client.processes('wireguard-go')).toEqual([]);
      expect(await linesOf(file)).toEqual([]);
    });
  });
});

describeInLab('scripts that root’s policy does not allow', () => {
  test(
    'are not run: without a policy, with another user’s, with one that somebody could have written, with a damaged one',
    { timeout: 300_000 },
    async () => {
      await opened(async (stage) => {
        const { client, adit, folder } = stage;
        const file = join(folder, 'ran');
        const lines = ['PreUp', 'PostUp', 'PreDown', 'PostDown'].map((key) => witness(key, key, file));
        await adit.import('home', profileWith(stage, ...lines));
        const before = await networkSnapshot(client);

        const situations: [string, (() => Promise<unknown>) | null, string[]][] = [
          ['no policy', null, []],
          ['another user', () => writePolicy(client, `{"scripts": {"users": [${anotherUser}]}}`), []],
          [
            'writable by others',
            () => writePolicy(client, allowRoot, 'chmod 666 /etc/adit/policy.json'),
            ['policy-untrusted'],
          ],
          [
            'a user’s',
            () => writePolicy(client, allowRoot, `chown ${anotherUser} /etc/adit/policy.json`),
            ['policy-untrusted'],
          ],
          [
            'in a folder of a user’s',
            () =>
              writePolicy(
                client,
                allowRoot,
                'chown 0 /etc/adit/policy.json',
                `chown ${anotherUser} /etc/adit`,
              ),
            ['policy-untrusted'],
          ],
          [
            'a symbolic link',
            () =>
              writePolicy(
                client,
                allowRoot,
                'chown 0 /etc/adit',
                'mv /etc/adit/policy.json /etc/adit/real.json',
                'ln -s real.json /etc/adit/policy.json',
              ),
            ['policy-untrusted'],
          ],
          [
            'damaged',
            () => client.shell('rm /etc/adit/policy.json; echo "{" > /etc/adit/policy.json'),
            ['policy-invalid'],
          ],
          [
            'with a key it does not know',
            () => writePolicy(client, '{"scripts": {"users": [0], "all": true}}'),
            ['policy-invalid'],
          ],
        ];
        for (const [name, arrange, trouble] of situations) {
          await arrange?.();
          const { code, value } = await adit.json('up', 'home');
          expect({ code, value }, name).toMatchObject({
            code: 1,
            value: { error: { code: 'scripts-refused' } },
          });
          const { hint } = (value as { error: { hint: string } }).error;
          expect(hint, name).toContain('/etc/adit/policy.json');
          if (name === 'no policy') expect(hint).toContain('{"scripts":{"users":[0]}}');
          expect(difference(before, await networkSnapshot(client)), name).toEqual(nothing);

          await adit.done('up', 'home', '--accept', 'scripts-refused');
          const { scripts, warnings } = await adit.status('home');
          expect(scripts, name).toBe('refused');
          const codes = warnings.map(({ code: word }) => word);
          expect(codes, name).toEqual(expect.arrayContaining(['scripts-refused', ...trouble]));
          expect(
            codes.filter((word) => word.startsWith('policy-')),
            name,
          ).toEqual(trouble);
          const promised = await client.shell('cat /run/adit/0/net-*/tunnel-*.json');
          expect(promised.stdout, name).not.toContain(file);
          await adit.done('down', 'home');
          for (const word of trouble)
            expect(
              adit.helper.errorLines.some((line) => line.includes(` ${word} `)),
              name,
            ).toBe(true);
        }
        expect(await linesOf(file)).toEqual([]);
        expect(await readdir(folder)).toEqual([]);
      });
    },
  );

  test('are not run whatever a message says', async () => {
    await opened(async (stage) => {
      const { client, adit, folder } = stage;
      const file = join(folder, 'owned');
      const command = `touch ${file}`;
      // A policy of the caller's own making, where only root looks.
      await writeFile(join(adit.home, 'policy.json'), allowRoot);
      await chmod(join(adit.home, 'policy.json'), 0o644);
      await chown(adit.home, 0, 0);
      const result = toTunnel(parse(stage.profile.text), { name: 'home', interface: 'home' });
      if (!('tunnel' in result)) throw new Error('the scenario’s profile is a tunnel');
      const scripts = { PreUp: [command], PostUp: [command], PreDown: [command], PostDown: [command] };
      const tunnel = { ...tunnelToMessage(result.tunnel), scripts };
      const helper = await HelperConnection.open(adit.socket);
      try {
        const questions = [
          { tunnel, wait: null },
          { tunnel, wait: null, accept: ['scripts-allowed', 'policy-untrusted', 'script-failed'] },
          { tunnel, wait: null, policy: { scripts: { users: [0] } } },
          { tunnel, wait: null, accept: ['scripts-refused'], allowScripts: true },
          { tunnel: { ...tunnel, leftOut: [] }, wait: null, accept: ['scripts-refused'] },
          {
            tunnel: { ...tunnel, scripts: { ...scripts, allowed: true } },
            wait: null,
            accept: ['scripts-refused'],
          },
          { tunnel: { ...tunnel, scripts: 'ran' }, wait: null, accept: ['scripts-refused'] },
          { tunnel: { ...tunnel, name: `home\n${command}` }, wait: null, accept: ['scripts-refused'] },
        ];
        const codes: string[] = [];
        for (const question of questions) {
          const outcome = await helper.ask('up', question as never).then(
            () => 'done',
            (error: unknown) => (error as { fault: { code: string } }).fault.code,
          );
          codes.push(outcome);
        }
        expect(codes).toEqual([
          'scripts-refused',
          'scripts-refused',
          ...Array<string>(6).fill('request-invalid'),
        ]);
        await helper.ask('plan', { tunnel });
        const status = await helper.ask('up', { tunnel, wait: null, accept: ['scripts-refused'] });
        expect(status.scripts).toBe('refused');
        await helper.ask('down', { interface: 'home' });
      } finally {
        helper.close();
      }
      expect(await readdir(folder)).toEqual([]);
      expect(client.processes('wireguard-go')).toEqual([]);
    });
  });
});
