import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { unpacked } from '../packages.ts';

/** What a real API server takes: its own program, and the database behind it. */
export interface KubePrograms {
  readonly apiServer: string;
  readonly etcd: string;
}

const source = join(import.meta.dirname, 'apiserver');

/** Where it has been tried before, and why it failed: nobody waits for that twice. */
export const noKube = 'ADIT_NO_KUBE';

/** Milliseconds for the API server to be built: 3 minutes on two cores, and its source has to be fetched. */
const BUILD_PATIENCE_MS = 1_500_000;

/**
 * The programs of an API server. It is built from its source (`apiserver/go.mod`) where that has not been done before, by one process
 * however many want it, and kept outside the repository; etcd is Debian's.
 *
 * @returns a text says why they cannot be had here
 */
export async function kubePrograms(): Promise<KubePrograms | string> {
  const known = process.env[noKube];
  if (known !== undefined) return known;
  for (const [program, ...words] of [
    ['go', 'version'],
    ['openssl', 'version'],
    ['flock', '--version'],
  ] as const)
    if (spawnSync(program, words).status !== 0) return `needs ${program}`;
  const etcd = await unpacked('etcd-server');
  if (etcd === null) return 'the package etcd-server cannot be fetched';
  const sums = await readFile(join(source, 'go.sum'));
  const hash = createHash('sha256').update(sums).digest('hex').slice(0, 16);
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'adit', `kube-${hash}`);
  const apiServer = join(folder, 'kube-apiserver');
  if (!existsSync(apiServer)) {
    await mkdir(folder, { recursive: true });
    const complaint = await build(folder, apiServer);
    if (complaint !== null) return `kube-apiserver cannot be built: ${complaint}`;
  }
  return { apiServer, etcd: join(etcd, 'usr', 'bin', 'etcd') };
}

/** Null where it stands at `target` now; else the last of what Go has said. */
function build(folder: string, target: string): Promise<string | null> {
  const script = 'test -e "$1" || { go build -trimpath -ldflags="-s -w" -o "$1.new" . && mv "$1.new" "$1"; }';
  const lock = ['flock', join(folder, 'lock'), 'sh', '-c', script, 'sh', target];
  return new Promise((resolve) => {
    const child = spawn('nice', lock, {
      cwd: source,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: BUILD_PATIENCE_MS,
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-300)));
    child.on('error', ({ message }) => resolve(message));
    child.on('close', (code) => {
      const last = said.trim().split('\n').at(-1) ?? '';
      resolve(code === 0 ? null : `${last} (exit ${code ?? 'by a signal'})`);
    });
  });
}
