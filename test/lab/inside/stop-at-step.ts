/**
 * Loaded into the helper before anything else (node --import): counts its steps, and stops somebody at one of them. A step is
 * each thing it does to the world: a program it starts, a file it writes or removes, a socket it connects to.
 *
 * The folder ADIT_STEPS holds what is wanted and what was seen: `armed` is JSON {id, at, when, whom}, `steps` gets a line for each
 * step since. `whom` is stopped `when` (before or after) step number `at`: the helper or the engine by SIGKILL; for the
 * caller the helper waits until the test has done that, and has written `go`.
 */
import childProcess from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { basename, join } from 'node:path';

interface Order {
  readonly id: number;
  readonly at: number;
  readonly when: 'before' | 'after';
  readonly whom: 'helper' | 'engine' | 'caller';
}

/** Any function of a module of Node's, to be called as it was. */
type AnyFunction = (...args: unknown[]) => unknown;

const folder = process.env['ADIT_STEPS'] ?? '';
const real = { ...fs };
let id: number | null = null;
let count = 0;
/** Node's own functions call each other: what is called from within a step is none. */
let isInside = false;

function order(): Order | null {
  try {
    return JSON.parse(real.readFileSync(join(folder, 'armed'), 'utf8')) as Order;
  } catch {
    return null;
  }
}

/** Counts a step. @returns what is to be called when it is done */
function step(words: string): () => void {
  if (isInside) return () => undefined;
  isInside = true;
  try {
    return taken(words);
  } finally {
    isInside = false;
  }
}

function taken(words: string): () => void {
  const wanted = order();
  if (wanted === null) return () => undefined;
  if (wanted.id !== id) {
    id = wanted.id;
    count = 0;
  }
  count += 1;
  const number = count;
  real.appendFileSync(join(folder, 'steps'), `${number} ${words}\n`);
  const at = (when: Order['when']): void => {
    if (wanted.at === number && wanted.when === when && order()?.id === wanted.id) stop(wanted.whom);
  };
  at('before');
  return () => at('after');
}

function stop(whom: Order['whom']): void {
  real.writeFileSync(join(folder, 'stopped'), whom);
  if (whom === 'helper') process.kill(process.pid, 'SIGKILL');
  if (whom === 'engine') for (const pid of engines()) process.kill(pid, 'SIGKILL');
  if (whom !== 'caller') return;
  const until = Date.now() + 3000;
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (!real.existsSync(join(folder, 'go')) && Date.now() < until) Atomics.wait(never, 0, 0, 5);
}

/** The engines of this host: other hosts of the lab have theirs. */
function engines(): number[] {
  const here = real.readlinkSync('/proc/self/ns/net');
  return real
    .readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        const name = real.readFileSync(`/proc/${entry}/comm`, 'utf8').trim();
        return name === 'wireguard-go' && real.readlinkSync(`/proc/${entry}/ns/net`) === here;
      } catch {
        return false;
      }
    })
    .map(Number);
}

const { spawn } = childProcess;
childProcess.spawn = ((file: string, args: readonly string[], options: SpawnOptions): ChildProcess => {
  const done = step(`start ${basename(file)} ${args.join(' ')}`);
  const child = spawn(file, args, options);
  child.once('exit', done);
  return child;
}) as typeof spawn;

const connect = net.connect as AnyFunction;
net.connect = (...args: unknown[]) => {
  const done = step(`connect ${JSON.stringify(args[0])}`);
  const socket = connect(...args) as net.Socket;
  socket.once('connect', done);
  return socket;
};

const syncNames = [
  ...(['writeFileSync', 'renameSync', 'rmSync', 'rmdirSync', 'mkdirSync'] as const),
  ...(['unlinkSync', 'symlinkSync', 'chownSync'] as const),
];
for (const name of syncNames) {
  const work = real[name] as AnyFunction;
  fs[name] = ((...args: unknown[]) => {
    const done = step(`${name} ${String(args[0])}`);
    const result = work(...args);
    done();
    return result;
  }) as never;
}

for (const name of [
  'writeFile',
  'rename',
  'rm',
  'mkdir',
  'unlink',
  'symlink',
  'chown',
  'copyFile',
] as const) {
  const work = fs.promises[name] as (...args: unknown[]) => Promise<unknown>;
  fs.promises[name] = (async (...args: unknown[]) => {
    const done = step(`${name} ${String(args[0])}`);
    const result = await work(...args);
    done();
    return result;
  }) as never;
}
