import { setTimeout as sleep } from 'node:timers/promises';
import { HelperConnection } from '../../electron/backend/helper-client/connection.ts';
import { Profile } from '../../electron/backend/profiles/profile.ts';
import { tunnelToMessage } from '../../shared/contract/helper/messages.ts';
import type { Tunnel } from '../../shared/tunnel/tunnel.ts';
import { newKeyPair } from '../lab/keys.ts';
import { AditClient } from '../lab/product/client.ts';
import { openTwoHosts } from '../lab/scenarios/two-hosts.ts';
import { median, spread } from './figures.ts';

const peers = 1000;

/** Milliseconds. */
const limit = 100;

/** Milliseconds between two changes. */
const pause = 1500;

/** One peer of a running tunnel of a thousand gets another endpoint and another prefix, as when a node of a cluster changes: the helper's answer. */
export async function benchChange(rounds: number): Promise<string[]> {
  await using stage = await openTwoHosts();
  await using adit = await AditClient.start(stage.client, stage.lab.folder);
  const keys = Array.from({ length: peers }, () => newKeyPair().publicKey);
  const own = newKeyPair().privateKey;
  const tunnelOf = (turn: number): Tunnel =>
    new Profile(
      'many',
      Buffer.from(
        [
          `[Interface]\nPrivateKey = ${own}\nAddress = 10.5.0.1/32\n`,
          ...keys.map((key, index) => {
            const at = index === 0 ? turn % 200 : index % 200;
            return `[Peer]\nPublicKey = ${key}\nAllowedIPs = 10.${64 + (index >> 8)}.${index & 255}.0/24${index === 0 ? `, 10.99.${turn % 200}.0/24` : ''}\nEndpoint = 203.0.113.${at + 1}:51820\n`;
          }),
        ].join('\n'),
      ),
    ).tunnel();
  const helper = await HelperConnection.open(adit.socket);
  const times: number[] = [];
  for (let turn = 0; turn <= rounds; turn++) {
    const tunnel = tunnelToMessage(tunnelOf(turn));
    // One change, and not one on the heels of another, whose look at the network would be waited for.
    await sleep(pause);
    const began = performance.now();
    await helper.ask('up', { tunnel, wait: null, accept: [], subtract: false }, 60_000);
    // The first makes it.
    if (turn > 0) times.push(performance.now() - began);
  }
  await helper.ask('down', { interface: 'many' });
  helper.close();
  return [
    `one peer of ${peers} changed: median ${median(times).toFixed(0)} ms (${spread(times)}; meant: under ${limit})`,
  ];
}
