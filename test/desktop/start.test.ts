import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { whyNoWindow } from '../../build/host-choice.ts';
import { childrenOf } from '../lab/namespaces.ts';

const start = join(import.meta.dirname, '..', '..', 'build', 'start.ts');

describe('npm start', () => {
  test('opens a window where there can be one, and says why where not', () => {
    const linux = { platform: 'linux', uid: 1000, environment: { DISPLAY: ':0' } } as const;
    expect(whyNoWindow(linux)).toBeNull();
    expect(whyNoWindow({ ...linux, environment: { WAYLAND_DISPLAY: 'wayland-0' } })).toBeNull();
    expect(whyNoWindow({ ...linux, environment: { DISPLAY: '' } })).toBe('there is no display');
    expect(whyNoWindow({ ...linux, uid: 0 })).toBe('Electron does not run as root');
    expect(whyNoWindow({ platform: 'win32', uid: null, environment: {} })).toBeNull();
  });

  test('shows the interface in the browser where there is no display, and ends as it is told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'adit-start-'));
    const environment = {
      ...process.env,
      DISPLAY: '',
      WAYLAND_DISPLAY: '',
      ADIT_HOME: folder,
      ADIT_SOCKET: join(folder, 'none.sock'),
    };
    const program = spawn(process.execPath, [start], { env: environment });
    const said: string[] = [];
    createInterface({ input: program.stderr }).on('line', (line) => said.push(line));
    const [line] = (await once(createInterface({ input: program.stdout }), 'line')) as [string];
    expect(line).toMatch(/^Open http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    expect(said).toEqual([
      expect.stringMatching(/^Adit is shown in the browser: (there is no display|.* as root)\.$/),
    ]);
    expect((await fetch(line.replace(/^Open /, ''))).status).toBe(200);
    const children = childrenOf(program.pid ?? 0);
    expect(children).toHaveLength(1);
    program.kill('SIGTERM');
    const [code] = (await once(program, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
    await rm(folder, { recursive: true, force: true });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
