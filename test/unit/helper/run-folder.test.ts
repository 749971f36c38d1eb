import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunFolder, thisPlace } from '../../../electron/helper/system/run-folder.ts';
import { HoldingsRecord } from '../../../electron/helper/tunnels/record.ts';
import type { HeldResource } from '../../../electron/helper/tunnels/record.ts';
import { faultOf } from '../../../shared/fault.ts';
import { tunnelOf } from '../contract/tunnels.ts';
import { describeWith, temporaryFolder } from '../machine.ts';
import { planned } from '../plan/tunnels.ts';
import { preparedOf } from './prepared-tunnels.ts';

/** The module under test, for programs that import it elsewhere. */
const source = join(import.meta.dirname, '../../../electron/helper/system/run-folder.ts');

function faultCode(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return faultOf(error).code;
  }
  return 'none';
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

describe('the helper’s folder', () => {
  it('is root’s, in one of the user’s, with files that only root can read', () => {
    const folder = new RunFolder(1000, join(temporaryFolder(), 'adit'));
    folder.write('home.conf', 'secret');
    expect(folder.path).toMatch(/\/adit\/1000\/net-\d+$/);
    expect([modeOf(dirname(folder.path)), modeOf(folder.path)]).toEqual([0o755, 0o700]);
    expect(modeOf(join(folder.path, 'home.conf'))).toBe(0o600);
  });

  it('replaces a file whole, and has nothing else in it afterwards', () => {
    const folder = new RunFolder(0, temporaryFolder());
    folder.write('a', 'a longer text');
    folder.write('a', 'short');
    expect(folder.read('a')).toBe('short');
    expect(folder.names()).toEqual(['a']);
    folder.remove('a');
    folder.remove('a');
    expect([folder.read('a'), folder.names()]).toEqual([null, []]);
  });

  it('goes when nothing is in it, and its user’s with it', () => {
    const root = join(temporaryFolder(), 'adit');
    const [folder, other] = [new RunFolder(0, root), new RunFolder(1000, root)];
    folder.write('lock', '');
    folder.leave();
    expect(existsSync(folder.path)).toBe(true);
    folder.remove('lock');
    folder.leave();
    expect([existsSync(dirname(folder.path)), existsSync(other.path)]).toEqual([false, true]);
    other.leave();
    expect(readdirSync(root)).toEqual([]);
  });

  it('says so where it cannot be made', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(faultCode(() => new RunFolder(0, file))).toBe('run-folder-unusable');
  });

  it('says so where a file cannot be written, and leaves nothing of it', () => {
    const folder = new RunFolder(0, temporaryFolder());
    mkdirSync(join(folder.path, 'taken'));
    expect(faultCode(() => folder.write('taken', 'x'))).toBe('run-folder-unusable');
    expect(folder.names()).toEqual(['taken']);
  });
});

describeWith(['root', 'a mount namespace'], 'the helper’s folder, in another network', () => {
  it('is another one, so that each helper has a lock and a record of its own', () => {
    const root = temporaryFolder();
    const program = join(temporaryFolder(), 'path.ts');
    writeFileSync(
      program,
      `import { RunFolder } from '${source}';\nconsole.log(new RunFolder(0, '${root}').path);\n`,
    );
    const { stdout, stderr } = spawnSync('unshare', ['--net', process.execPath, program], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const [here, there] = [new RunFolder(0, root).path, stdout.trim()];
    expect(dirname(there)).toBe(dirname(here));
    expect(there).not.toBe(here);
  });
});

/** Fills a small file system, and then writes a record on it that is there already. */
const onFullDisk = `
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { RunFolder } from '${source}';
const folder = new RunFolder(0, process.argv[2]);
folder.write('record', 'as before');
writeFileSync(folder.path + '/spare', 'x'.repeat(8192));
try { writeFileSync(folder.path + '/filling', 'x'.repeat(1024 * 1024)); } catch {}
rmSync(folder.path + '/spare');
let code = 'none';
try { folder.write('record', 'y'.repeat(100_000)); } catch (error) { code = error.fault?.code ?? String(error); }
console.log(JSON.stringify([code, readFileSync(folder.path + '/record', 'utf8'), readdirSync(folder.path).sort()]));
`;

describeWith(['root', 'a mount namespace'], 'the helper’s folder, on a full disk', () => {
  it('keeps the old text whole, says so, and leaves no part of the new', () => {
    const folder = temporaryFolder();
    const program = join(temporaryFolder(), 'full.ts');
    writeFileSync(program, onFullDisk);
    const { stdout, stderr } = spawnSync(
      'unshare',
      [
        '--mount',
        'sh',
        '-c',
        `mount -t tmpfs -o size=64k none ${folder} && exec ${process.execPath} ${program} ${folder}`,
      ],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(['run-folder-unusable', 'as before', ['filling', 'record']]);
  });
});

const held: HeldResource[] = [
  { resource: { kind: 'link', interface: 'home' }, index: 7 },
  { resource: { kind: 'sysctl', key: 'net.ipv4.conf.all.src_valid_mark', value: '1' }, before: '0' },
];

/** @param log takes what is logged: event and file */
function recordIn(folder: RunFolder, log: string[] = []): HoldingsRecord {
  return new HoldingsRecord(folder, (event, facts) => log.push(`${event} ${String(facts?.['file'])}`));
}

describe('the record', () => {
  it('gives the next helper what is held, and forgets it with the last', () => {
    const folder = new RunFolder(0, temporaryFolder());
    recordIn(folder).hold(held);
    expect(recordIn(folder).held()).toEqual(held);
    recordIn(folder).hold([]);
    expect([recordIn(folder).held(), folder.names()]).toEqual([[], []]);
  });

  it('gives back the promised tunnels in their turns, each until it is released', () => {
    const folder = new RunFolder(0, temporaryFolder());
    const record = recordIn(folder);
    const home = preparedOf({ order: 9 });
    const office = preparedOf({ order: 2, tunnel: tunnelOf({ name: '办公室', interface: 'office' }) });
    record.promise(home);
    record.promise(office);
    expect(recordIn(folder).promised()).toEqual([office, home]);
    record.release('office');
    record.release('office');
    expect(recordIn(folder).promised()).toEqual([home]);
  });

  it('holds only what was made here, in this boot and this network', () => {
    const folder = new RunFolder(0, temporaryFolder());
    const record = recordIn(folder);
    record.hold(held);
    record.promise(preparedOf());
    for (const [key, value] of [
      ['boot', 'another'],
      ['namespace', 'net:[1]'],
      ['version', 99],
    ] as const) {
      for (const name of folder.names()) {
        const document = JSON.parse(folder.read(name) ?? '') as Record<string, unknown>;
        expect(document).toMatchObject(thisPlace());
        writeFileSync(join(folder.path, name), JSON.stringify({ ...document, [key]: value }));
      }
      expect([record.held(), record.promised()], key).toEqual([[], []]);
      record.hold(held);
      record.promise(preparedOf());
    }
  });

  it.each(['', '{', 'null', '[]', '\0\0\0\0', '{"version":1}', '{"held":[{}],"prepared":{}}'])(
    'that is damaged (%j) is put aside and logged, and what is readable holds',
    (damage) => {
      const folder = new RunFolder(0, temporaryFolder());
      const [home, office] = ['home', 'office'].map((name) =>
        preparedOf({ tunnel: tunnelOf({ name, interface: name }) }),
      );
      const record = recordIn(folder);
      if (home === undefined || office === undefined) throw new Error('no tunnels');
      record.hold(held);
      record.promise(home);
      record.promise(office);
      const files = ['holdings.json', 'tunnel-home.json'];
      for (const file of files) {
        const whole = JSON.parse(folder.read(file) ?? '') as object;
        const isObject = damage.startsWith('{"held');
        const text = isObject ? JSON.stringify({ ...whole, ...(JSON.parse(damage) as object) }) : damage;
        writeFileSync(join(folder.path, file), text);
      }
      const log: string[] = [];
      const next = recordIn(folder, log);
      expect([next.held(), next.promised()]).toEqual([[], [office]]);
      expect(log).toEqual(files.map((file) => `record-damaged ${join(folder.path, file)}`));
      expect(folder.names().sort()).toEqual([
        'holdings.json.damaged',
        'settings.json',
        'tunnel-home.json.damaged',
        'tunnel-office.json',
      ]);
      expect([next.held(), next.promised(), log.length]).toEqual([[], [office], files.length]);
    },
  );

  it('that is damaged is made up of the tunnels that others were told of, but for links that are not there', () => {
    const folder = new RunFolder(0, temporaryFolder());
    const told = planned({
      interface: 'adit-none',
      prefixes: ['10.42.0.0/16'],
      killSwitch: { allowLan: false },
    });
    folder.write('planned.json', JSON.stringify([told]));
    writeFileSync(join(folder.path, 'holdings.json'), '{');
    const kinds = recordIn(folder)
      .held()
      .map(({ resource }) => resource.kind);
    expect([...new Set(kinds)].sort()).toEqual([
      'firewall',
      'kill-switch',
      'past-rule',
      'resolver-rule',
      'rule',
    ]);
  });

  it('that is damaged says what a kernel setting was before, which stands in a file of its own while it is changed', () => {
    const folder = new RunFolder(0, temporaryFolder());
    const record = recordIn(folder);
    record.hold(held);
    const told = planned({ prefixes: ['0.0.0.0/0'], endpoints: ['203.0.113.10'] });
    folder.write('planned.json', JSON.stringify([told]));
    const sysctls = () =>
      recordIn(folder)
        .held()
        .filter(({ resource }) => resource.kind === 'sysctl');
    writeFileSync(join(folder.path, 'holdings.json'), '{');
    expect(sysctls()).toEqual(held.slice(1));
    for (const name of ['holdings.json', 'settings.json']) writeFileSync(join(folder.path, name), '{');
    expect(sysctls()).toEqual(held.slice(1).map(({ resource }) => ({ resource })));

    recordIn(folder).hold(held);
    expect(folder.names()).toContain('settings.json');
    // The next helper knows of no file, and removes it all the same.
    recordIn(folder).hold([]);
    expect(folder.names()).not.toContain('settings.json');
  });

  it('does not take other files in its folder for tunnels', () => {
    const folder = new RunFolder(0, temporaryFolder());
    folder.write('tunnel-x.json.new', '{');
    folder.write('home.conf', '[Interface]');
    expect(recordIn(folder).promised()).toEqual([]);
  });

  it('keeps private keys to root', () => {
    const folder = new RunFolder(0, temporaryFolder());
    recordIn(folder).promise(preparedOf());
    const [file = ''] = readdirSync(folder.path);
    expect(readFileSync(join(folder.path, file), 'utf8')).toContain(tunnelOf().privateKey);
    expect(modeOf(join(folder.path, file))).toBe(0o600);
    expect(dirname(folder.path)).not.toBe('/run/adit');
  });
});
