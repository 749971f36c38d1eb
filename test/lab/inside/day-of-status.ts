/**
 * A supervisor with a real engine, whose clock goes on by a second with each look. The profile's text is its standard input.
 *
 *   node --expose-gc day-of-status.ts FOLDER SECONDS    prints {"looks","changes","begin","end"} as JSON
 *
 * `begin` is measured after a quarter of them, when all that is filled once has been; `end` after the last.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Profile } from '../../../electron/backend/profiles/profile.ts';
import { Programs } from '../../../electron/helper/system/programs.ts';
import { publicKeyOf } from '../../../electron/helper/system/public-key.ts';
import { RunFolder } from '../../../electron/helper/system/run-folder.ts';
import { Supervisor } from '../../../electron/helper/tunnels/supervisor.ts';

/** What the process holds. */
export interface Held {
  /** Bytes that are still in use after a collection. */
  readonly heap: number;
  readonly descriptors: number;
  /** The helper's own, by name and bytes. */
  readonly files: readonly string[];
}

/** What is printed. */
export interface DayOfStatus {
  readonly looks: number;
  /** How many looks found something else than the one before. */
  readonly changes: number;
  readonly begin: Held;
  readonly end: Held;
}

const [root = '', seconds = ''] = process.argv.slice(2);
const looks = Number(seconds);
const tunnel = new Profile('home', readFileSync(0)).tunnel();
const folder = new RunFolder(0, root);
let ahead = 0;
const supervisor = new Supervisor({
  programs: new Programs(true),
  folder,
  owner: 0,
  clock: { now: () => performance.now() + ahead, wallTime: () => Date.now() + ahead },
  log: () => undefined,
  resolverProgram: join(import.meta.dirname, '..', '..', '..', 'dist', 'resolver.cjs'),
  publicKeyOf,
});
await supervisor.start();
await supervisor.up(tunnel, 20, { accept: [], subtract: false });
let changes = 0;
supervisor.watch(() => (changes += 1));

await look(looks / 4);
const begin = held();
await look((3 * looks) / 4);
const end = held();
await supervisor.stop(false);
process.stdout.write(`${JSON.stringify({ looks, changes, begin, end } satisfies DayOfStatus)}\n`, () =>
  process.exit(),
);

async function look(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    ahead += 1000;
    const [status] = await supervisor.status();
    if (status?.peers.length !== 1) throw new Error(`look ${time}: ${JSON.stringify(status)}`);
  }
}

function held(): Held {
  if (globalThis.gc === undefined) throw new Error('started without --expose-gc');
  globalThis.gc();
  return {
    heap: process.memoryUsage().heapUsed,
    descriptors: readdirSync('/proc/self/fd').length,
    files: folder.names().map((name) => `${name} ${folder.read(name)?.length ?? 0}`),
  };
}
