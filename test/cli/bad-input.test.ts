import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { helperProtocol } from '../../shared/contract/helper/verbs.ts';
import { FaultError } from '../../shared/fault.ts';
import { framed, helperAt, strangerAt } from '../unit/backend/helpers.ts';
import { homeConf } from '../unit/backend/profiles.ts';
import { fixturesIn } from '../unit/config/fixtures.ts';
import { keys } from '../unit/contract/tunnels.ts';
import { describeWith, temporaryFolder } from '../unit/machine.ts';
import { tunnelStatus } from '../unit/tunnel/statuses.ts';
import { Adit, aditProgram, buildIfMissing, twoAtATime } from './adit.ts';

beforeAll(buildIfMissing);

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'conf');

/** What is kept, whatever it is. */
function keptBy(adit: Adit): string[] {
  const folder = join(adit.home, 'profiles');
  return existsSync(folder) ? readdirSync(folder) : [];
}

describe('a file that cannot be a profile', () => {
  it('is refused by name, and nothing of it is kept', async () => {
    const adit = new Adit();
    const folder = temporaryFolder();
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('empty.conf'), '');
    writeFileSync(at('blank.conf'), '\n\n');
    writeFileSync(at('huge.conf'), '');
    truncateSync(at('huge.conf'), 1024 ** 3);
    mkdirSync(at('folder'));
    mkdirSync(at('deep'));
    mkdirSync(join(at('deep'), 'folder.conf'));
    spawnSync('mkfifo', [at('pipe.conf')]);
    symlinkSync('loop.conf', at('loop.conf'));
    writeFileSync(at(`${'x'.repeat(245)}.conf`), homeConf);
    const expected: Readonly<Record<string, string>> = {
      'empty.conf': 'file-empty',
      'blank.conf': 'file-empty',
      'huge.conf': 'file-too-large',
      folder: 'no-conf-files',
      deep: 'file-not-regular',
      'pipe.conf': 'file-not-regular',
      'loop.conf': 'file-not-found',
      'none.conf': 'file-not-found',
      [`${'x'.repeat(300)}.conf`]: 'file-not-found',
    };
    await twoAtATime(Object.entries(expected), async ([name, code]) => {
      expect([name, (await adit.fault(['import', at(name)])).code]).toEqual([name, code]);
    });
    expect(keptBy(adit)).toEqual([]);
    expect(await adit.json('import', at(`${'x'.repeat(245)}.conf`))).toMatchObject({
      files: [{ kind: 'imported' }],
    });
  });

  it('is refused alike by check and format', async () => {
    const adit = new Adit();
    const folder = temporaryFolder();
    spawnSync('mkfifo', [join(folder, 'pipe.conf')]);
    for (const command of ['check', 'format']) {
      expect((await adit.fault([command, folder])).code).toBe('file-not-regular');
      expect((await adit.fault([command, join(folder, 'pipe.conf')])).code).toBe('file-not-regular');
      expect((await adit.fault([command, join(folder, 'none.conf')])).code).toBe('file-not-found');
    }
  });

  it('of every malformed kind there is a fixture for is refused with the code of its fault', async () => {
    const adit = new Adit();
    const { code, stdout } = await adit.run(['import', join(fixtures, 'codes'), '--json']);
    const { files } = JSON.parse(stdout) as {
      files: { kind: string; file: string; name?: string; error?: { code: string; hint: string } }[];
    };
    expect([code, files.length]).toEqual([1, fixturesIn('codes').length]);
    for (const { kind, error } of files) {
      if (kind === 'refused') expect([error?.code, error?.hint.length]).not.toEqual(['internal-error', 0]);
    }
    expect(files.filter(({ error }) => error !== undefined).length).toBeGreaterThan(40);
    expect(keptBy(adit).sort()).toEqual(
      files.flatMap(({ name }) => (name === undefined ? [] : [`${name}.conf`])).sort(),
    );
    expect(stdout).not.toMatch(/wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8/);
  });

  it('tells no secret in what it says', async () => {
    const path = join(temporaryFolder(), 'home.conf');
    writeFileSync(path, homeConf.replace(keys.private, `${keys.private.slice(0, 42)}p=`));
    const { stdout, stderr } = await new Adit().run(['import', path]);
    expect(stdout).toContain('refused');
    expect(stdout + stderr).not.toContain(keys.private.slice(0, 42));
  });
});

describe('a name', () => {
  it('that is taken is kept for the first file', async () => {
    const adit = new Adit();
    const [one, other] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(one, 'home.conf'), homeConf);
    writeFileSync(join(other, 'home.conf'), `${homeConf}# another\n`);
    await adit.json('import', one);
    expect((await adit.fault(['import', join(other, 'home.conf')])).code).toBe('profile-exists');
    const { stdout } = await adit.run(['import', one, other, '--json']);
    const { files } = JSON.parse(stdout) as { files: { error: { code: string } }[] };
    expect(files.map(({ error }) => error.code)).toEqual(['profile-exists', 'profile-exists']);
    expect(readFileSync(join(adit.home, 'profiles', 'home.conf'), 'utf8')).toBe(homeConf);
  });

  it('may be Chinese, and is the interface’s as far as it can be', async () => {
    const adit = new Adit();
    const path = join(temporaryFolder(), '办公室 北京.conf');
    writeFileSync(path, homeConf);
    expect(await adit.json('import', path)).toMatchObject({
      files: [{ name: '办公室 北京', interface: expect.stringMatching(/^adit-[0-9a-f]{6}$/) as string }],
    });
    expect((await adit.run(['show', '办公室 北京'])).code).toBe(0);
  });
});

describe('a state folder', () => {
  it('that is a file is told of by every command that needs it', async () => {
    const adit = new Adit();
    writeFileSync(adit.home, '');
    const path = join(temporaryFolder(), 'home.conf');
    writeFileSync(path, homeConf);
    for (const words of [['list'], ['show', 'x'], ['import', path], ['up', 'x'], ['serve']]) {
      expect([words, (await adit.fault(words)).code]).toEqual([words, 'home-unusable']);
    }
  });
});

describeWith(['root'], 'a file or a folder of another user', () => {
  it('is refused by name', () => {
    const folder = temporaryFolder();
    const program = join(folder, 'bin.cjs');
    // The checkout may be where no other user can read.
    const node = join(folder, 'node');
    const programs = readdirSync(dirname(aditProgram)).filter((name) => name.startsWith('cli'));
    for (const [from, to] of [
      [process.execPath, node],
      [aditProgram, program],
      ...programs.map((name) => [join(dirname(aditProgram), name), join(folder, name)] as const),
    ] as const) {
      writeFileSync(to, readFileSync(from), { mode: 0o755 });
    }
    chmodSync(folder, 0o755);
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    writeFileSync(join(folder, 'root.conf'), homeConf, { mode: 0o600 });
    const home = join(folder, 'home');
    const asNobody = (words: string[], environment: Record<string, string> = {}): string => {
      const { stdout } = spawnSync(
        'setpriv',
        ['--reuid', '65534', '--clear-groups', node, program, ...words, '--json'],
        {
          encoding: 'utf8',
          env: { ADIT_HOME: home, ADIT_SOCKET: '/nonexistent/x.sock', ...environment },
        },
      );
      return (JSON.parse(stdout) as { error: { code: string } }).error.code;
    };
    expect(asNobody(['import', join(folder, 'root.conf')])).toBe('file-unreadable');
    expect(asNobody(['import', closed])).toBe('file-unreadable');
    expect(asNobody(['check', join(folder, 'root.conf')])).toBe('file-unreadable');
    expect(asNobody(['format', join(closed, 'x.conf')])).toBe('file-unreadable');
    expect(asNobody(['list'], { ADIT_HOME: closed })).toBe('home-unusable');
    expect(asNobody(['recover'])).toBe('needs-root');
    expect(existsSync(home)).toBe(false);
    expect(asNobody(['status'], { ADIT_SOCKET: join(closed, 'helper.sock') })).toBe('helper-not-ours');
  });
});

describe('a helper that does not run', () => {
  it('is told of by every command that needs it, with the command that starts it', async () => {
    const adit = new Adit(join(temporaryFolder(), 'helper.sock'));
    const path = join(temporaryFolder(), 'home.conf');
    writeFileSync(path, homeConf);
    await adit.json('import', path);
    for (const words of [
      ['up', 'home'],
      ['down', 'home'],
      ['down', '--all'],
      ['status'],
      ['status', 'home', '--watch'],
    ]) {
      const { code, command } = await adit.fault(words);
      expect([words, code]).toEqual([words, 'helper-not-running']);
      expect(command).toContain('adit helper');
    }
  });
});

/** The command line with the profile `home`, and a socket on which somebody may listen. */
async function withProfile(): Promise<Adit> {
  const adit = new Adit(join(temporaryFolder(), 'helper.sock'));
  const path = join(temporaryFolder(), 'home.conf');
  writeFileSync(path, homeConf);
  await adit.json('import', path);
  return adit;
}

const hello = { protocol: helperProtocol, version: '1.2.3', owner: 0, pid: 1 };

describeWith(['root'], 'a helper', () => {
  it('that is too old or too new is told of', async () => {
    for (const [protocol, code] of [
      [0, 'helper-too-old'],
      [99, 'helper-too-new'],
    ] as const) {
      const adit = await withProfile();
      await helperAt(adit.socket, {
        hello: (_, session) => {
          session.introduce();
          return Promise.resolve({ ...hello, protocol });
        },
      });
      expect((await adit.fault(['up', 'home'])).code).toBe(code);
      expect((await adit.fault(['status'])).code).toBe(code);
    }
  });

  it('that goes in the middle of up, or of watching, is lost', async () => {
    const adit = await withProfile();
    await strangerAt(adit.socket, {
      heard: ({ id, ...message }, socket) => {
        const { method } = message as { method?: string };
        if (method === 'hello') socket.write(framed({ jsonrpc: '2.0', id, result: hello }));
        else if (method === 'watch') socket.end(framed({ jsonrpc: '2.0', id, result: [] }));
        else socket.destroy();
      },
    });
    const { code, hint } = await adit.fault(['up', 'home']);
    expect(code).toBe('helper-lost');
    expect(hint).not.toBe('');
    const watching = await adit.run(['status', '--watch', '--json']);
    const lines = watching.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { error?: { code: string } });
    expect([watching.code, lines.at(-1)?.error?.code]).toEqual([1, 'helper-lost']);
  });

  it('that is none, or somebody else’s, is not ours', async () => {
    const garbage = await withProfile();
    await strangerAt(garbage.socket, { met: (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n') });
    expect((await garbage.fault(['up', 'home'])).code).toBe('helper-not-ours');

    const theirs = await withProfile();
    await helperAt(theirs.socket);
    chownSync(theirs.socket, 1000, 1000);
    expect((await theirs.fault(['up', 'home'])).code).toBe('helper-not-ours');

    const open = await withProfile();
    await helperAt(open.socket);
    chmodSync(join(open.socket, '..'), 0o777);
    expect((await open.fault(['up', 'home'])).code).toBe('helper-not-ours');
  });

  it('that refuses is told of in its own words', async () => {
    const adit = await withProfile();
    const fault = {
      code: 'link-failed',
      message: 'It failed.',
      hint: 'Try again.',
      command: 'try again',
    } as const;
    await helperAt(adit.socket, { up: () => Promise.reject(new FaultError(fault)) });
    expect(await adit.fault(['up', 'home'])).toEqual(fault);
  });

  it('that holds tunnels is told of by status, those that are down too', async () => {
    const adit = await withProfile();
    await helperAt(adit.socket, {
      status: () => Promise.resolve([tunnelStatus({ name: 'gone', interface: 'gone' })]),
    });
    const { tunnels } = (await adit.json('status')) as { tunnels: { name: string; state: string }[] };
    expect(tunnels.map(({ name, state }) => [name, state])).toEqual([
      ['home', 'down'],
      ['gone', 'idle'],
    ]);
    expect(await adit.json('status', 'gone')).toMatchObject({ tunnels: [{ name: 'gone' }] });
    expect((await adit.fault(['status', 'nobody'])).code).toBe('profile-not-found');
    expect((await adit.fault(['remove', 'none'])).code).toBe('profile-not-found');
  });
});
