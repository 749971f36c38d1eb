import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../lab/host.ts';
import { AditClient } from '../lab/product/client.ts';
import { PingStream } from '../lab/ping-stream.ts';
import { openFullTunnel } from '../lab/scenarios/full-tunnel.ts';
import type { FullTunnel } from '../lab/scenarios/full-tunnel.ts';
import { lowerByQuick, raiseByQuick } from '../lab/wireguard.ts';
import { spread } from './figures.ts';

const web = '198.51.100.80';
/** Milliseconds between pings: what the figures are exact to. */
const intervalMs = 20;
/** Milliseconds after which traffic counts as gone. */
const deadlineMs = 40_000;

/** What is done to a network, and undone again the next time. */
const moves: Readonly<Record<string, (stage: FullTunnel, there: boolean) => Promise<void>>> = {
  'another network': (stage, there) => (there ? stage.moveToOtherRouter('eth0') : stage.moveHome()),
  'another interface': (stage, there) => (there ? stage.moveToOtherRouter('eth1') : stage.moveHome()),
  // As long as it takes both ends to miss each other: then both call, and their calls cross.
  'a cable that was out for 15 s': async ({ lab, client }) => {
    await lab.cable(client, 'eth0', 'out');
    await sleep(15_000);
    await lab.cable(client, 'eth0', 'in');
  },
};

/**
 * Seconds from a move of this machine until traffic is back, by Adit; and some times by the same wireguard-go alone, as wg-quick
 * brings it up.
 *
 * @param rounds moves of each kind
 */
export async function benchRoam(rounds: number): Promise<string[]> {
  const lines: string[] = [];
  for (const [what, move] of Object.entries(moves)) {
    await using stage = await openFullTunnel();
    await using adit = await AditClient.start(stage.client, stage.lab.folder);
    await adit.import('home', stage.profile.text);
    await adit.done('up', 'home', '--wait=20');
    const times = await outages(stage, rounds, move);
    lines.push(
      `roam, ${what}: traffic back after ${spread(times)} s, worst limit 2.00, ${rounds} times; once in ${intervalMs} ms`,
    );
  }
  await using stage = await openFullTunnel();
  await raiseByQuick(stage.client, 'home', withLiteralDefault(stage.profile.text));
  const alone = await outages(stage, 3, (each, there) =>
    there ? each.moveToOtherRouter('eth0') : each.moveHome(),
  );
  await lowerByQuick(stage.client, 'home');
  return [...lines, `roam, another network, wg-quick and wireguard-go alone: ${spread(alone)} s, 3 times`];
}

/** With the seed's own halves nothing comes back by stock wg-quick. */
function withLiteralDefault(text: string): string {
  return text.replace(/^AllowedIPs = .*$/m, 'AllowedIPs = 0.0.0.0/0');
}

/** Seconds without traffic after each move, there and back in turn. */
async function outages(
  stage: FullTunnel,
  rounds: number,
  move: (stage: FullTunnel, there: boolean) => Promise<void>,
): Promise<number[]> {
  const times: number[] = [];
  await using stream = new PingStream(stage.client, web, { intervalMs });
  await steady(stream, stage.client);
  for (let round = 0; round < rounds; round += 1) {
    await move(stage, round % 2 === 0);
    // The network is back when the move is done: what it takes by itself is not the tunnel's.
    const back = performance.now();
    const { backAfterMs } = await stream.outageSince(back, { deadlineMs, steadyMs: 1_000 });
    times.push(backAfterMs / 1_000);
  }
  return times;
}

async function steady(stream: PingStream, client: Host): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (stream.replies.length < 50) {
    if (performance.now() > deadline) throw new Error(`${client.name}: no traffic to begin with`);
    await sleep(50);
  }
}
