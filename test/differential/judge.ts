import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What the real programs made of a configuration. */
export interface Verdict {
  /** Whether `wg-quick strip` and then `wg setconf` accepted it; null where it did not come to that. */
  readonly strip: boolean;
  readonly wg: boolean | null;
  /** What `wg-quick strip` printed. */
  readonly stripped: Buffer;
  /** What `wg show INTERFACE dump` printed afterwards; empty where `wg` refused. */
  readonly dump: string;
  /** What the programs said. */
  readonly words: string;
}

/** Why the real programs cannot be asked here; null where they can. */
export function reasonNotToJudge(): string | null {
  if (process.getuid?.() !== 0) return 'needs root for its own network namespaces';
  for (const program of ['wg', 'wg-quick', 'wireguard-go', 'unshare', 'ip']) {
    try {
      execFileSync('which', [program], { stdio: 'ignore' });
    } catch {
      return `${program} is not installed`;
    }
  }
  return null;
}

/**
 * Asks `wg-quick strip` and `wg setconf` about each configuration, in namespaces of their own: the machine's network is
 * neither seen nor touched, and everything ends with the worker.
 *
 * @param way `program` starts wg-quick for each; `shared` runs its text without a process, in less than half the time
 */
export async function judge(
  configurations: readonly Uint8Array[],
  way: 'program' | 'shared' = 'program',
): Promise<Verdict[]> {
  const folder = mkdtempSync(join(tmpdir(), 'adit-judge-'));
  try {
    for (const [index, bytes] of configurations.entries())
      writeFileSync(join(folder, `${nameOf(index)}.conf`), bytes);
    const isolated = [
      '--pid',
      '--fork',
      '--kill-child',
      '--mount',
      '--net',
      '--mount-proc',
      '--propagation',
      'private',
    ];
    const worker = [process.execPath, join(import.meta.dirname, 'worker.ts'), folder, way];
    await promisify(execFile)('unshare', [...isolated, ...worker]);
    return configurations.map((_, index) => readVerdict(join(folder, nameOf(index))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function nameOf(index: number): string {
  return `f${index}`;
}

function readVerdict(base: string): Verdict {
  const [codes = '', ...words] = readFileSync(`${base}.verdict`, 'utf8').split('\n');
  const [strip, wg] = codes.split(' ');
  return {
    strip: strip === '0',
    wg: wg === '-' ? null : wg === '0',
    stripped: readFileSync(`${base}.stripped`),
    dump: wg === '0' ? readFileSync(`${base}.dump`, 'utf8') : '',
    words: words.join('\n').trim(),
  };
}
