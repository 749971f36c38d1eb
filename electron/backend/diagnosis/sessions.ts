import { setTimeout as sleep } from 'node:timers/promises';
import { greetingsFor } from '../../../shared/diagnosis/targets.ts';
import type { PeerStatus, TunnelStatus } from '../../../shared/tunnel/status.ts';
import type { HelperConnection } from '../helper-client/connection.ts';
import { ping } from './ping.ts';

/** Milliseconds between looks. */
const step = 200;

/** Sends something to each peer that has no session, so that it shakes hands if it can. */
export function wake(peers: readonly PeerStatus[], status: TunnelStatus): void {
  for (const peer of peers.filter(({ state }) => state !== 'connected')) {
    const [greeting] = greetingsFor(peer, status);
    if (greeting !== undefined) void ping(greeting.address, { wait: 500, count: 1, hops: greeting.hops });
  }
}

/** The tunnel as soon as these peers have sessions, or when the time is over. @param patience milliseconds */
export async function awaitSessions(
  helper: HelperConnection,
  status: TunnelStatus,
  publicKeys: ReadonlySet<string>,
  patience: number,
): Promise<TunnelStatus> {
  let latest = status;
  for (let waited = 0; ; waited += step) {
    const isComplete = latest.peers.every(
      ({ publicKey, state }) => !publicKeys.has(publicKey) || state === 'connected',
    );
    if (isComplete || waited >= patience) return latest;
    await sleep(step);
    const standing = await helper.ask('status', {});
    latest = standing.find((tunnel) => tunnel.interface === status.interface) ?? latest;
  }
}
