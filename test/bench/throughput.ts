import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPackages, isDebian } from '../../build/debian.ts';
import type { Host } from '../lab/host.ts';
import { AditClient } from '../lab/product/client.ts';
import { Installation, ownEngine, systemEngine, whyNoOwnEngine } from '../lab/product/installation.ts';
import type { TwoHosts } from '../lab/scenarios/two-hosts.ts';
import { openTwoHosts } from '../lab/scenarios/two-hosts.ts';
import { lowerByQuick, raiseByQuick } from '../lab/wireguard.ts';
import { benchPackages } from '../needed-packages.ts';
import { median, spread } from './figures.ts';

const farAddress = '10.0.0.2';
const port = 5201;

/** Seconds that are measured, after one that is not: TCP is still finding its pace. */
const measured = 4;

/** The least that is to come out. */
const limits = { againstWgQuick: 0.95, againstSystem: 3 } as const;

/** A way to have the tunnel up, and what it carries, in Mbit/s, a figure a round. */
interface Way {
  readonly client: Host;
  up(): Promise<unknown>;
  down(): Promise<unknown>;
  readonly figures: number[];
}

/**
 * TCP between two hosts, in turn: through Adit, through `wg-quick` with the same engine, and through Adit with the system's engine, both
 * ends always with the same one. What counts is the median of the ratios of each round.
 */
export async function benchThroughput(rounds: number): Promise<string[]> {
  prepare();
  await using installed = await Installation.copy(null);
  await using own = await openTwoHosts({ engine: ownEngine });
  await using system = await openTwoHosts({ engine: systemEngine });
  await using servers = new AsyncDisposableStack();
  for (const stage of [own, system]) servers.use(await serve(stage));
  await using ownAdit = await AditClient.start(own.client, own.lab.folder);
  await using systemAdit = await AditClient.start(system.client, system.lab.folder, {
    program: installed.program,
  });
  const ways = {
    adit: await throughAdit(own, ownAdit),
    wgQuick: throughWgQuick(own),
    system: await throughAdit(system, systemAdit),
  };
  const inTurn = Object.values(ways);
  // The first round warms all up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const way of round % 2 === 0 ? inTurn : inTurn.toReversed()) {
      await way.up();
      const figure = await measure(way.client);
      await way.down();
      if (round > 0) way.figures.push(figure);
    }
  }
  const { adit, wgQuick, system: other } = ways;
  return [
    line('through Adit', adit, 'wg-quick with the same engine', wgQuick, limits.againstWgQuick),
    line('with Adit’s engine', adit, 'with the system’s', other, limits.againstSystem),
  ];
}

/** @throws Error where the engine or a tool cannot be had here */
function prepare(): void {
  spawnSync(process.execPath, [join(import.meta.dirname, '..', '..', 'build', 'engine.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const reason = whyNoOwnEngine();
  if (reason !== null) throw new Error(reason);
  const isThere = (): boolean => spawnSync('iperf3', ['--version'], { stdio: 'ignore' }).status === 0;
  if (isThere() || (isDebian() && installPackages(benchPackages) && isThere())) return;
  throw new Error(`missing Debian packages: ${benchPackages.join(' ')}`);
}

function line(what: string, ours: Way, other: string, theirs: Way, limit: number): string {
  const ratios = ours.figures.map((figure, round) => figure / (theirs.figures[round] ?? Number.NaN));
  return `throughput: ${what} ${spread(ours.figures)} Mbit/s, ${other} ${spread(theirs.figures)} Mbit/s, ratio ${median(ratios).toFixed(2)} (at least ${limit}), ${ratios.length} rounds`;
}

async function throughAdit({ client, profile }: TwoHosts, adit: AditClient): Promise<Way> {
  await adit.import(profile.name, profile.text);
  return {
    client,
    up: () => adit.done('up', profile.name, '--wait=20'),
    down: () => adit.done('down', profile.name),
    figures: [],
  };
}

function throughWgQuick({ client, profile }: TwoHosts): Way {
  return {
    client,
    up: () => raiseByQuick(client, profile.name, profile.text, ownEngine),
    down: () => lowerByQuick(client, profile.name),
    figures: [],
  };
}

async function serve({ b }: TwoHosts): Promise<AsyncDisposable> {
  const server = b.start([
    'iperf3',
    '--server',
    '--bind',
    farAddress,
    '--port',
    String(port),
    '--forceflush',
  ]);
  await server.line(/listening/, 20_000);
  return server;
}

/** What arrives at the far end, in Mbit/s. */
async function measure(client: Host): Promise<number> {
  const argv = ['iperf3', '--client', farAddress, '--port', String(port), '--json'];
  const { stdout } = await client.run([...argv, '--omit', '1', '--time', String(measured)], {
    timeoutMs: 30_000,
  });
  const { end } = JSON.parse(stdout) as { end: { sum_received: { bits_per_second: number } } };
  return end.sum_received.bits_per_second / 1e6;
}
