import { readFileSync } from 'node:fs';
import { whyNoLab } from '../../lab/requirements.ts';
import { AditClient } from '../../lab/product/client.ts';
import { openTwoHosts } from '../../lab/scenarios/two-hosts.ts';
import { difference, networkSnapshot } from '../../lab/snapshot.ts';
import type { Finding, FuzzPart, Order, Outcome } from '../part.ts';
import { assault } from './assault.ts';
import type { Assault } from './assault.ts';

/** The helper's socket, with messages that no program of ours would send, while it holds a real tunnel. */
export const helperPart: FuzzPart = { defaultCount: 1_000_000, reasonNotTo: whyNoLab, run };

/**
 * The messages go in so many parts, after each of which memory is read. What it needs at most in the second half may be more than
 * what it needed at most in the first by {@link growthLimit}: a collector of garbage takes its time, a leak goes on.
 */
const parts = 10;

/** Fewer messages than this go twice: they end before the heap has its size. */
const longEnough = 100_000;

/** Bytes. */
const growthLimit = 16 * 1024 * 1024;

async function run({ count, seed, tell }: Order): Promise<Outcome> {
  await using stage = await openTwoHosts();
  await stage.client.settled();
  await using adit = await AditClient.start(stage.client, stage.lab.folder);
  await adit.import('home', stage.profile.text);
  await adit.done('up', 'home', '--wait=20');
  const before = await stateOf(adit);

  const privateKey = /^PrivateKey = (.*)$/m.exec(stage.profile.text)?.[1] ?? '';
  const passes = count < longEnough ? 2 : 1;
  const share = Math.ceil((count * passes) / parts);
  const runs: Assault[] = [];
  const resident: number[] = [];
  for (let part = 0; part < parts; part += 1) {
    const from = (part * share) % count;
    runs.push(
      await assault(adit.socket, {
        secrets: [privateKey],
        seed: seed + from,
        count: Math.min(share, count - from),
      }),
    );
    // What it still has under way is done when it answers.
    await adit.status('home');
    resident.push(residentBytes(adit));
    tell(`${part + 1} of ${parts} parts, ${mebibytes(resident.at(-1) ?? 0)}`);
  }
  const half = parts / 2;
  const grown = Math.max(...resident.slice(half)) - Math.max(...resident.slice(0, half));
  const sum = (of: (one: Assault) => number): number => runs.reduce((total, one) => total + of(one), 0);

  const offences = runs.flatMap((one) => one.offences);
  const findings = offences.map(({ seed: at, message, words }): Finding => ({
    name: `helper-${at}`,
    extension: 'bin',
    bytes: message.bytes,
    words: `${message.kind}: ${words}`,
    home: 'test/fixtures/helper',
  }));
  const whole = (name: string, words: string): void => {
    findings.push({ name, extension: 'txt', bytes: Buffer.from(words), words, home: 'test/fixtures/helper' });
  };
  if (!adit.helper.running) whole('helper-died', adit.helper.errorLines.slice(-20).join('\n'));
  if (grown > growthLimit) whole('helper-grew', `by ${grown} bytes`);
  const after = await stateOf(adit);
  const change = difference(before, after);
  if (change.gone.length + change.added.length > 0) whole('state-changed', JSON.stringify(change, null, 1));
  const failures = adit.helper.errorLines.filter((line) => line.includes('internal-error'));
  if (failures.length > 0) whole('internal-errors', failures.join('\n'));
  return {
    lines: [
      `${sum(({ sent }) => sent)} messages, ${sum(({ answers }) => answers)} answers, ${sum(({ cut }) => cut)} connections cut`,
      `memory at most ${mebibytes(Math.max(...resident))}, in the second half ${mebibytes(grown)} more than in the first`,
      `the tunnel and the network are as before: ${change.gone.length + change.added.length === 0 ? 'yes' : 'no'}`,
    ],
    findings,
  };
}

/** All that a message might change, as lines: the network, the files of the helper, and the tunnels, but for what counts. */
async function stateOf(adit: AditClient): Promise<string[]> {
  const files = await adit.host.shell(
    'cd /run/adit && find . -type f -not -name lock | sort | xargs -r sha256sum; ls -lAR /etc/wireguard /var/lib/adit 2>&1',
  );
  const { tunnels } = (await adit.done('status')) as {
    tunnels: { name: string; state: string; since: string }[];
  };
  return [
    ...(await networkSnapshot(adit.host)),
    ...files.stdout.split('\n'),
    ...tunnels.map(({ name, since }) => `${name} ${since}`),
  ];
}

function residentBytes(adit: AditClient): number {
  const status = readFileSync(`/proc/${adit.helper.pid ?? 0}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
