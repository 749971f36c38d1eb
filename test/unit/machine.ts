import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';

/** Something that a test cannot do without, as the title of a skipped one names it. */
export type Need =
  'root' | 'python3' | 'nft' | 'wg-quick' | 'ip' | 'a network namespace' | 'a mount namespace';

/** Whether this machine has what some tests need. */
const present: Readonly<Record<Need, () => boolean>> = {
  root: () => process.getuid?.() === 0,
  python3: () => works('python3', '-c', 'import socket'),
  nft: () => works('nft', '--version'),
  'wg-quick': () => works('bash', '-c', 'command -v wg-quick wg'),
  ip: () => works('ip', '-V'),
  'a network namespace': () => works('unshare', '--net', 'true'),
  'a mount namespace': () => works('unshare', '--mount', 'true'),
};

/** A `describe` whose tests need something of the machine; where it is missing they are skipped, and the title says why. */
export function describeWith(needs: readonly Need[], name: string, body: () => void): void {
  const missing = needs.filter((need) => !present[need]());
  if (missing.length === 0) describe(name, body);
  else describe.skip(`${name} [skipped: needs ${missing.join(' and ')}]`, body);
}

/** A new folder that is gone after the test: root's, mode 0700, where the tests run as root. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'adit-unit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function works(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
