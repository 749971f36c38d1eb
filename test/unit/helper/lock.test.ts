import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { becomeOnlyHelper } from '../../../electron/helper/system/lock.ts';
import { Programs } from '../../../electron/helper/system/programs.ts';
import { RunFolder } from '../../../electron/helper/system/run-folder.ts';
import { faultOf } from '../../../shared/fault.ts';
import { describeWith, temporaryFolder } from '../machine.ts';

const programs = new Programs(true);
const source = join(import.meta.dirname, '../../../electron/helper/system');

/** Whether this process can become the helper of a folder now; gives it up again at once. */
async function attempt(folder: RunFolder): Promise<string> {
  try {
    const leave = await becomeOnlyHelper(folder, programs);
    leave();
    return 'only';
  } catch (error) {
    return faultOf(error).code;
  }
}

describeWith(['ip'], 'the helper of a user', () => {
  it('is the only one until it leaves', async () => {
    const folder = new RunFolder(0, temporaryFolder());
    const leave = await becomeOnlyHelper(folder, programs);
    expect(await attempt(folder)).toBe('helper-already-running');
    expect(await attempt(folder)).toBe('helper-already-running');
    leave();
    expect(await attempt(folder)).toBe('only');
  });

  it('is no other user’s', async () => {
    const root = temporaryFolder();
    const leave = await becomeOnlyHelper(new RunFolder(0, root), programs);
    onTestFinished(leave);
    expect(await attempt(new RunFolder(1000, root))).toBe('only');
  });

  it('leaves its place free when it is killed', async () => {
    const root = temporaryFolder();
    const program = join(temporaryFolder(), 'helper.ts');
    writeFileSync(
      program,
      `import { becomeOnlyHelper } from '${source}/lock.ts';
       import { Programs } from '${source}/programs.ts';
       import { RunFolder } from '${source}/run-folder.ts';
       await becomeOnlyHelper(new RunFolder(0, '${root}'), new Programs(true));
       console.log('only');
       setInterval(() => undefined, 1000);`,
    );
    const helper = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(helper.stdout, 'data');
    const folder = new RunFolder(0, root);
    expect(await attempt(folder)).toBe('helper-already-running');
    helper.kill('SIGKILL');
    await once(helper, 'exit');
    await expect.poll(() => attempt(folder), { timeout: 2_000 }).toBe('only');
  });
});
