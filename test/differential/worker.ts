/**
 * Judges configurations with the real programs. Runs as root inside namespaces of its own (`judge.ts` starts it), where it
 * makes one network for each lane with a wireguard-go in it, and a name server that all lanes reach.
 *
 *   node worker.ts FOLDER program|shared     with NAME.conf files in FOLDER; lane.sh says what the word means
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveEveryName } from './name-server.ts';

const [, , folder = '', way = 'program'] = process.argv;
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.conf'))
  .map((file) => file.slice(0, -'.conf'.length));
const laneCount = Math.max(1, Math.min(4, availableParallelism(), names.length));

prepareFiles();
const lanes: ChildProcess[] = [];
for (let lane = 0; lane < laneCount; lane += 1) lanes.push(await openLane(lane));
await Promise.all(
  lanes.map((process_, lane) =>
    run(
      process_,
      names.filter((_, index) => index % laneCount === lane),
    ),
  ),
);
process.exit(0);

/** The files of the machine that the programs would look at, replaced for these namespaces only. */
function prepareFiles(): void {
  mkdirSync('/run/wireguard', { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run/wireguard']);
  const files = {
    'resolv.conf': 'nameserver 10.199.0.1\noptions timeout:2 attempts:1\n',
    hosts: '127.0.0.1 localhost\n',
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    execFileSync('mount', ['--bind', join(folder, name), `/etc/${name}`]);
  }
  execFileSync('ip', ['link', 'set', 'dev', 'lo', 'up']);
  // One address for all lanes: each reaches it over its own pair of interfaces.
  execFileSync('ip', ['address', 'add', '10.199.0.1/32', 'dev', 'lo']);
}

async function openLane(lane: number): Promise<ChildProcess> {
  if (lane === 0) await serveEveryName('10.199.0.1');
  const script = [
    'read -r _',
    'ip link set dev lo up',
    `ip link set dev in${lane} up`,
    `ip address add 10.199.${lane + 1}.2/24 dev in${lane}`,
    `ip route add default via 10.199.${lane + 1}.1`,
    `LOG_LEVEL=silent wireguard-go wg${lane}`,
    `exec "${join(import.meta.dirname, 'lane.sh')}" wg${lane} ${way}`,
  ].join(' && ');
  const child = spawn('unshare', ['--net', 'bash', '-c', script], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await ownNetwork(child);
  const ip = (...args: string[]): void => void execFileSync('ip', args);
  ip('link', 'add', `out${lane}`, 'type', 'veth', 'peer', 'name', `in${lane}`, 'netns', String(child.pid));
  ip('link', 'set', 'dev', `out${lane}`, 'up');
  ip('address', 'add', `10.199.${lane + 1}.1/24`, 'dev', `out${lane}`);
  child.stdin.write('go\n');
  await until(() => existsSync(`/run/wireguard/wg${lane}.sock`), 'wireguard-go did not start');
  return child;
}

/** Waits until a child has left our network namespace. */
async function ownNetwork(child: ChildProcess): Promise<void> {
  const namespaceOf = (pid: number | string): string =>
    execFileSync('readlink', [`/proc/${pid}/ns/net`]).toString();
  const ours = namespaceOf('self');
  await until(() => child.pid !== undefined && namespaceOf(child.pid) !== ours, 'unshare did not start');
}

async function until(ready: () => boolean, failure: string): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (ready()) return;
    await sleep(10);
  }
  throw new Error(failure);
}

async function run(lane: ChildProcess, files: readonly string[]): Promise<void> {
  lane.stdin?.end(files.map((file) => `${file}\n`).join(''));
  await once(lane, 'exit');
}
