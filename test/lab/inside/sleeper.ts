/**
 * A helper without a socket, on a clock that a test can set ahead, as a machine's that has slept: the tunnel of the profile in the
 * file is up when it says so; `sleep SECONDS` lets so much time have passed; the end of its input takes the tunnel down.
 *
 *   node sleeper.ts NAME FILE RESOLVER
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Profile } from '../../../electron/backend/profiles/profile.ts';
import { systemClock } from '../../../electron/helper/system/clock.ts';
import { logToStderr } from '../../../electron/helper/system/log.ts';
import { Programs } from '../../../electron/helper/system/programs.ts';
import { publicKeyOf } from '../../../electron/helper/system/public-key.ts';
import { RunFolder } from '../../../electron/helper/system/run-folder.ts';
import { Supervisor } from '../../../electron/helper/tunnels/supervisor.ts';

const [name = '', file = '', resolverProgram = ''] = process.argv.slice(2);
let slept = 0;

const supervisor = new Supervisor({
  programs: new Programs(true),
  folder: new RunFolder(0),
  owner: 0,
  clock: { now: () => systemClock.now() + slept, wallTime: () => systemClock.wallTime() + slept },
  log: logToStderr,
  resolverProgram,
  publicKeyOf,
});
await supervisor.start();
const tunnel = new Profile(name, readFileSync(file)).tunnel();
await supervisor.up(tunnel, 20, { accept: [], subtract: false });
console.log('up');
for await (const line of createInterface({ input: process.stdin })) {
  slept += Number(line.replace('sleep ', '')) * 1_000;
  console.log('slept');
}
await supervisor.stop(false);
process.exit();
