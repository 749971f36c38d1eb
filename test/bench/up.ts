import { join } from 'node:path';
import { HelperConnection } from '../../electron/backend/helper-client/connection.ts';
import { Profile } from '../../electron/backend/profiles/profile.ts';
import { tunnelToMessage } from '../../shared/contract/helper/messages.ts';
import type { Tunnel } from '../../shared/tunnel/tunnel.ts';
import type { Host } from '../lab/host.ts';
import { AditClient } from '../lab/product/client.ts';
import type { Running } from '../lab/running.ts';
import { openFullTunnel } from '../lab/scenarios/full-tunnel.ts';
import type { Scenario } from '../lab/scenarios/scenario.ts';
import { openTwoHosts } from '../lab/scenarios/two-hosts.ts';
import { median, spread } from './figures.ts';

const echoPort = 7007;

/** A tunnel to measure, and somebody at its far end. */
interface Case {
  readonly what: string;
  readonly stage: Scenario;
  readonly text: string;
  readonly far: Host;
  readonly farAddress: string;
  /** The highest ratio that is meant. */
  readonly limit: number;
  /** What Adit is to do beside, where there is anything. */
  readonly beside?: Partial<Tunnel>;
}

/**
 * `up`, from the request at the helper's socket to the first reply through the tunnel, against `wg-quick up` of the same file to the
 * same reply, in turn.
 */
export async function benchUp(rounds: number): Promise<string[]> {
  await using twoHosts = await openTwoHosts();
  await using fullTunnel = await openFullTunnel();
  const full = {
    stage: fullTunnel,
    // The seed's own halves cannot be compared: with stock wg-quick nothing comes back.
    text: fullTunnel.profile.text.replace(/^AllowedIPs = .*$/m, 'AllowedIPs = 0.0.0.0/0'),
    far: fullTunnel.relay,
    farAddress: '10.200.200.2',
  };
  const cases: Case[] = [
    {
      what: 'split tunnel (two-hosts)',
      stage: twoHosts,
      text: twoHosts.profile.text,
      far: twoHosts.b,
      farAddress: '10.0.0.2',
      limit: 1.15,
    },
    {
      ...full,
      what: 'full tunnel (0.0.0.0/0)',
      limit: 1.15,
    },
    {
      ...full,
      what: 'full tunnel with kill switch and name servers, against one without',
      limit: 1.5,
      beside: {
        killSwitch: { allowLan: false },
        dns: { servers: [full.farAddress], searchDomains: [], domains: [] },
      },
    },
  ];
  const lines: string[] = [];
  for (const one of cases) lines.push(await compare(one, rounds));
  return lines;
}

async function compare(one: Case, rounds: number): Promise<string> {
  const { what, stage, text, far, farAddress, limit, beside = {} } = one;
  const { client, lab, profile } = stage;
  const node = process.execPath;
  const inside = join(import.meta.dirname, 'inside');
  await using echo = far.start([node, join(inside, 'echo.ts'), String(echoPort)]);
  await echo.line(/ready/);
  await using prober = client.start([node, join(inside, 'prober.ts')]);
  await using adit = await AditClient.start(client, lab.folder);
  const conf = `/etc/wireguard/${profile.name}.conf`;
  await client.write(conf, text, 0o600);
  const tunnel = tunnelToMessage({ ...new Profile(profile.name, Buffer.from(text)).tunnel(), ...beside });
  const helper = await HelperConnection.open(adit.socket);

  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds + 1; round += 1) {
    const reply = ask(prober, { probe: { address: farAddress, port: echoPort } });
    const asked = process.hrtime.bigint();
    await helper.ask('up', { tunnel, wait: null });
    const ownTime = since(asked, (await reply)['replied']);
    await helper.ask('down', { interface: null });

    const otherReply = ask(prober, { probe: { address: farAddress, port: echoPort } });
    const quick = await ask(prober, { run: ['/usr/bin/wg-quick', 'up', conf] }, 'started');
    const theirTime = since(BigInt(String(quick['started'])), (await otherReply)['replied']);
    await client.run(['wg-quick', 'down', conf]);
    // The first round warms both up.
    if (round > 0) {
      ours.push(ownTime);
      theirs.push(theirTime);
    }
  }
  helper.close();
  const ratios = ours.map((time, round) => time / (theirs[round] ?? Number.NaN));
  return `up, ${what}: Adit ${spread(ours)} ms, wg-quick ${spread(theirs)} ms, ratio ${median(ratios).toFixed(2)} (limit ${limit}), ${rounds} rounds`;
}

/** The next answer of the prober that has `key`. */
async function ask(prober: Running, command: object, key = 'replied'): Promise<Record<string, unknown>> {
  const answer = new Promise<Record<string, unknown>>((resolve) => {
    const forget = prober.onLine((line) => {
      const value = JSON.parse(line) as Record<string, unknown>;
      if (!(key in value)) return;
      forget();
      resolve(value);
    });
  });
  prober.write(`${JSON.stringify(command)}\n`);
  return answer;
}

/** Milliseconds between two points of the monotonic clock. @throws where there was no reply */
function since(start: bigint, replied: unknown): number {
  if (typeof replied !== 'string') throw new Error('nothing came back through the tunnel');
  return Number(BigInt(replied) - start) / 1e6;
}
