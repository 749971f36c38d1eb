import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Shell } from './command.ts';
import { machine } from './command.ts';
import { Lab } from './lab.ts';
import type { Obstacle } from './requirements.ts';
import { missingTools, obstacles } from './requirements.ts';
import { describeInLab } from './testing.ts';

/** The obstacles that a node started by `how` finds. */
async function obstaclesOf(where: Shell, how: readonly string[] = []): Promise<Obstacle[]> {
  const file = join(import.meta.dirname, 'requirements.ts');
  const program = `import(${JSON.stringify(file)}).then((all) => console.log(JSON.stringify(all.obstacles())))`;
  const { stdout } = await where.run([...how, process.execPath, '-e', program]);
  return JSON.parse(stdout) as Obstacle[];
}

describeInLab('requirements', () => {
  test('are met where the lab works', () => {
    expect(missingTools()).toEqual([]);
    expect(obstacles()).toEqual([]);
  });

  test('say that root is needed', async () => {
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];
    expect(await obstaclesOf(machine, nobody)).toEqual([
      { code: 'not-root', message: 'the lab makes network namespaces, which takes root', command: 'sudo -i' },
    ]);
  });

  test('name the packages to install, and the device that is missing', async () => {
    await using lab = await Lab.open('bare');
    await lab.parent.shell('mount --bind /dev/null "$(command -v wg)"; mount -t tmpfs none /dev/net');
    expect(await obstaclesOf(lab.parent)).toEqual([
      {
        code: 'tools-missing',
        message: 'missing Debian packages: wireguard-tools',
        command: 'apt-get install -y --no-install-recommends wireguard-tools',
      },
      {
        code: 'no-tun',
        message: expect.stringMatching(/^wireguard-go needs \/dev\/net\/tun: ENOENT/) as string,
        command: 'mkdir -p /dev/net && mknod /dev/net/tun c 10 200',
      },
    ]);
  });
});
