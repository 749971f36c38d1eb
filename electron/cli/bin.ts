/**
 * What `adit` starts: written for any Node, it finds one that can run the rest, and hands over. The helper is a program of
 * its own, which shares nothing with the command line but this door.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The oldest Node that the bundles load in: [major, minor]. */
const oldest = [16, 17] as const;

/** The Node that came with `npm ci`. */
const ownNode = join(__dirname, '..', 'node_modules', '.bin', 'node');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- one CommonJS bundle loads another beside it
  require(join(__dirname, startsHelper(process.argv.slice(2)) ? 'helper.cjs' : 'cli.cjs'));
} else if (existsSync(ownNode)) {
  handOver(ownNode);
} else {
  process.stderr.write(
    `adit: this is Node ${process.versions.node}; Adit needs ${oldest.join('.')} or newer.\n` +
      'Install a newer Node, or run "npm ci" in the checkout: it brings one.\n',
  );
  process.exitCode = 1;
}

function startsHelper(words: readonly string[]): boolean {
  return words[0] === 'helper' && !words.some((word) => word === '--help');
}

/** Runs this very command on another Node, and ends as it ends. By the name of `adit`: another has put its words in already. */
function handOver(node: string): void {
  const words = [join(__dirname, 'bin.cjs'), ...process.argv.slice(2)];
  const child = spawn(node, words, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
