import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith, temporaryFolder } from '../machine.ts';

const source = join(import.meta.dirname, '../../../electron/helper/names/etc-file.ts');

/** Fills a disk but for a page of 4 KiB, which the file has, and writes it short, too long, and back; tells what stood there each time. */
const onFullDisk = `
import { readFileSync, writeFileSync } from 'node:fs';
import { EtcFile } from '${source}';
const [path, filling] = process.argv.slice(2);
try { writeFileSync(filling, 'x'.repeat(1024 * 1024)); } catch {}
const file = new EtcFile(path);
const before = file.read();
const seen = [file.isMounted];
const attempt = (act) => {
  let code = 'done';
  try { act(); } catch (error) { code = error.fault?.code ?? String(error); }
  seen.push([code, readFileSync(path, 'utf8').slice(0, 40)]);
};
attempt(() => file.write('y'.repeat(10_000)));
attempt(() => file.write('short'));
attempt(() => file.write('y'.repeat(10_000)));
attempt(() => file.restore(before));
console.log(JSON.stringify(seen));
`;

describeWith(['root', 'a mount namespace'], 'a file in /etc that is mounted over, on a full disk', () => {
  it('stays as it was where a longer text does not fit, and takes one that does', () => {
    const [disk, folder] = [temporaryFolder(), temporaryFolder()];
    const [program, mounted] = [join(folder, 'full.ts'), join(folder, 'resolv.conf')];
    writeFileSync(program, onFullDisk);
    writeFileSync(mounted, '');
    const shell = [
      `mount -t tmpfs -o size=64k none ${disk}`,
      `echo 'nameserver 192.0.2.1' > ${disk}/resolv.conf`,
      `mount --bind ${disk}/resolv.conf ${mounted}`,
      `exec ${process.execPath} ${program} ${mounted} ${disk}/filling`,
    ];
    const { stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-e', '-c', shell.join('\n')], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([
      true,
      ['names-file-unusable', 'nameserver 192.0.2.1\n'],
      ['done', 'short'],
      ['names-file-unusable', 'short'],
      ['done', 'nameserver 192.0.2.1\n'],
    ]);
  });
});
