import { describe, expect, it } from 'vitest';
import { WireGuardGo } from '../../../electron/helper/engine/wireguard-go.ts';
import { hexOfBase64 } from '../../../electron/helper/engine/uapi-reading.ts';
import { LiveTunnel } from '../../../electron/helper/tunnels/live-tunnel.ts';
import type { Clock } from '../../../electron/helper/system/clock.ts';
import { foldChange } from '../../../shared/tunnel/change.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import { keys, peerOf, tunnelOf } from '../contract/tunnels.ts';
import { engineThat } from './engine-server.ts';
import { preparedOf } from './prepared-tunnels.ts';

/** A clock that a test moves; the wall clock may be moved alone. */
class TestClock implements Clock {
  seconds = 10_000;
  wallSeconds = 1_700_000_000;

  now(): number {
    return this.seconds * 1000;
  }

  wallTime(): number {
    return this.wallSeconds * 1000;
  }

  pass(seconds: number): void {
    this.seconds += seconds;
    this.wallSeconds += seconds;
  }
}

interface Counts {
  readonly handshake?: number;
  readonly rx?: number;
  readonly tx?: number;
}

/** An engine on a real socket, with these peers; what it counts is for the test to change. */
async function engineWith(peers: Map<string, Counts>): Promise<{ engine: WireGuardGo; end: () => void }> {
  const { connection, client } = await engineThat((_, socket) => {
    const blocks = [...peers].map(
      ([key, { handshake = 0, rx = 0, tx = 0 }]) =>
        `public_key=${hexOfBase64(key)}\nlast_handshake_time_sec=${handshake}\nlast_handshake_time_nsec=0\n` +
        `tx_bytes=${tx}\nrx_bytes=${rx}\npersistent_keepalive_interval=0\nallowed_ip=10.42.0.0/16\n`,
    );
    socket.write(`private_key=00\nlisten_port=51820\nfwmark=8365\n${blocks.join('')}errno=0\n\n`);
  });
  return { engine: new WireGuardGo(connection), end: () => client().destroy() };
}

const twoPeers = tunnelOf({ peers: [peerOf({ name: 'Ali_Server' }), peerOf({ publicKey: keys.other })] });

async function liveTunnel(
  parts: Partial<Tunnel> = {},
  peers = new Map<string, Counts>([
    [keys.other, {}],
    [keys.peer, {}],
  ]),
): Promise<{
  live: LiveTunnel;
  clock: TestClock;
  peers: Map<string, Counts>;
  end: () => void;
}> {
  const clock = new TestClock();
  const live = new LiveTunnel(preparedOf({ tunnel: { ...twoPeers, ...parts } }), keys.public, clock);
  const { engine, end } = await engineWith(peers);
  live.attach(engine, 'v1');
  live.phase = { kind: 'up' };
  return { live, clock, peers, end };
}

function states({ peers }: TunnelStatus): string[] {
  return peers.map(({ state }) => state);
}

describe('a tunnel as it lives', () => {
  it('is connecting, without peers, before there is an engine', () => {
    const live = new LiveTunnel(preparedOf({ tunnel: twoPeers }), keys.public, new TestClock());
    expect(live.status()).toMatchObject({
      state: 'connecting',
      engine: null,
      peers: [],
      publicKey: keys.public,
    });
  });

  it('tells of a peer that is only called otherwise, though its engine has nothing new to say', async () => {
    const { live } = await liveTunnel();
    await live.look();
    const before = live.status();
    const peers = [peerOf({ name: 'Ali_Server (stale)' }), peerOf({ publicKey: keys.other })];
    live.prepared = preparedOf({ tunnel: { ...twoPeers, peers } });
    const change = await live.look();
    expect(change?.peers?.map(({ publicKey, name }) => [publicKey, name])).toEqual([
      [keys.peer, 'Ali_Server (stale)'],
    ]);
    expect(live.status().peers.map(({ name }) => name)).toEqual(['Ali_Server (stale)', null]);
    if (change === null) throw new Error('nothing is told');
    expect(foldChange([before], change)).toEqual([live.status()]);
  });

  it('has the names and the order of its profile, and what its engine says of port and mark', async () => {
    const { live } = await liveTunnel();
    await live.look();
    const status = live.status();
    expect(status).toMatchObject({
      name: 'home',
      state: 'idle',
      engine: 'wireguard-go',
      engineVersion: 'v1',
      listenPort: 51_820,
      fwMark: 8365,
      addresses: ['10.200.200.11/24'],
    });
    expect(status.peers.map(({ publicKey, name }) => [publicKey, name])).toEqual([
      [keys.peer, 'Ali_Server'],
      [keys.other, null],
    ]);
  });

  it('tells of a change once, and of nothing where nothing changes', async () => {
    const { live, peers } = await liveTunnel();
    expect((await live.look())?.peers).toHaveLength(2);
    expect(await live.look()).toBeNull();
    peers.set(keys.other, { rx: 5 });
    const change = await live.look();
    expect(change?.head).toBeUndefined();
    expect(change?.peers?.map(({ publicKey, rxBytes }) => [publicKey, rxBytes])).toEqual([[keys.other, 5]]);
    expect(await live.look()).toBeNull();
  });

  it('has a kill switch that is on while a peer answers and blocks while none does, also without an engine', async () => {
    const { live, peers } = await liveTunnel({ killSwitch: { allowLan: false } });
    live.isGuarded = true;
    await live.look();
    expect([live.status().killSwitch, live.isBlocking]).toEqual(['blocking', true]);
    peers.set(keys.peer, { tx: 148, rx: 92, handshake: 1_700_000_000 });
    expect((await live.look())?.head?.killSwitch).toBe('on');
    live.detach();
    expect((await live.look())?.head?.killSwitch).toBe('blocking');
  });

  it('does not claim a kill switch that does not stand, and says until when it is open', async () => {
    const { live } = await liveTunnel({ killSwitch: { allowLan: false } });
    await live.look();
    const told = (): unknown[] => {
      const { killSwitch, warnings } = live.status();
      return [killSwitch, ...warnings.map(({ code, message }) => `${code} ${message}`)];
    };
    expect(told()).toEqual(['off', expect.stringContaining('kill-switch-missing')]);
    live.isGuarded = true;
    expect(told()).toEqual(['blocking']);
    live.uplinkClosesAt = '2026-01-01T00:05:00.000Z';
    expect(told()).toEqual(['blocking', expect.stringMatching(/uplink-open .* 2026-01-01T00:05:00/)]);
  });

  it('has no kill switch where its profile wants none, though another tunnel’s stands', async () => {
    const { live } = await liveTunnel();
    live.isGuarded = true;
    live.uplinkClosesAt = '2026-01-01T00:05:00.000Z';
    expect([live.status().killSwitch, live.status().warnings]).toEqual(['off', []]);
  });

  it('has the state of its best peer', async () => {
    const { live, peers } = await liveTunnel();
    await live.look();
    peers.set(keys.peer, { tx: 148 });
    await live.look();
    expect([live.status().state, states(live.status()), live.isConnected]).toEqual([
      'handshaking',
      ['handshaking', 'idle'],
      false,
    ]);
    peers.set(keys.other, { tx: 148, rx: 92, handshake: 1_700_000_000 });
    await live.look();
    expect([live.status().state, states(live.status()), live.isConnected]).toEqual([
      'connected',
      ['handshaking', 'connected'],
      true,
    ]);
    expect(live.status().peers[1]?.latestHandshake).toBe('2023-11-14T22:13:20.000Z');
  });

  it('ages though its engine says the same, and tells of it', async () => {
    const { live, clock } = await liveTunnel({}, new Map([[keys.peer, { handshake: 1_700_000_000, rx: 1 }]]));
    await live.look();
    expect(live.status().state).toBe('connected');
    clock.pass(180);
    const change = await live.look();
    expect([change?.head?.state, change?.peers?.map(({ state }) => state)]).toEqual(['idle', ['idle']]);
  });

  it('does not age when the wall clock is set', async () => {
    const { live, clock } = await liveTunnel({}, new Map([[keys.peer, { handshake: 1_700_000_000, rx: 1 }]]));
    await live.look();
    clock.wallSeconds += 86_400;
    expect(await live.look()).toBeNull();
    expect(live.status().state).toBe('connected');
  });

  it('tells of peers that went', async () => {
    const { live, peers } = await liveTunnel();
    await live.look();
    peers.delete(keys.peer);
    expect((await live.look())?.removedPeers).toEqual([keys.peer]);
    expect(live.status().peers.map(({ publicKey }) => publicKey)).toEqual([keys.other]);
  });

  it('starts anew with a new engine: the session of the dead one is none', async () => {
    const { live } = await liveTunnel({}, new Map([[keys.peer, { handshake: 1_700_000_000, rx: 9, tx: 9 }]]));
    await live.look();
    expect(live.isConnected).toBe(true);
    const { engine } = await engineWith(new Map([[keys.peer, {}]]));
    live.attach(engine, 'v1');
    await live.look();
    expect(live.status().peers).toMatchObject([{ state: 'idle', rxBytes: 0, latestHandshake: null }]);
  });

  it('keeps its peers, idle, until a new engine has said what it has', async () => {
    const { live } = await liveTunnel({}, new Map([[keys.peer, { handshake: 1_700_000_000 }]]));
    await live.look();
    const { engine, end } = await engineWith(new Map([[keys.other, {}]]));
    live.attach(engine, 'v1');
    expect(live.status().peers).toMatchObject([{ publicKey: keys.peer, state: 'idle' }]);
    expect(await live.look()).toMatchObject({
      peers: [{ publicKey: keys.other }],
      removedPeers: [keys.peer],
    });
    end();
    live.detach();
    expect(live.status().peers).toMatchObject([{ publicKey: keys.other, state: 'idle' }]);
  });

  it('is not troubled by an engine that has gone, and goes on to age', async () => {
    const { live, clock, end } = await liveTunnel(
      {},
      new Map([[keys.peer, { handshake: 1_700_000_000, rx: 1 }]]),
    );
    await live.look();
    end();
    expect(await live.look()).toBeNull();
    clock.pass(200);
    await live.look();
    expect(live.status().state).toBe('idle');
    live.detach();
    expect(live.status().engine).toBeNull();
  });

  it('says why it failed, and no longer when it is up again', async () => {
    const { live } = await liveTunnel();
    live.phase = { kind: 'failed', fault: { code: 'link-failed', message: 'm', hint: 'h', command: 'c' } };
    const change = await live.look();
    expect(change?.head).toMatchObject({
      state: 'failed',
      failure: { code: 'link-failed', message: 'm', hint: 'h' },
    });
    live.phase = { kind: 'up' };
    expect((await live.look())?.head).toMatchObject({ state: 'idle', failure: null });
  });

  it('warns of what cannot be put right, as long as it cannot', async () => {
    const { live } = await liveTunnel();
    await live.look();
    live.trouble = { code: 'network-change-refused', message: 'no rule', hint: 'h' };
    expect((await live.look())?.head?.warnings).toMatchObject([
      { code: 'network-change-refused', message: expect.stringContaining('no rule') as string, hint: 'h' },
    ]);
    live.trouble = null;
    expect((await live.look())?.head?.warnings).toEqual([]);
  });

  it('is idle with no peer at all', async () => {
    const { live } = await liveTunnel({}, new Map());
    await live.look();
    expect(live.status().state).toBe('idle');
  });

  it('can be followed by its changes alone', async () => {
    const { live, clock, peers } = await liveTunnel();
    let followed: readonly TunnelStatus[] = [];
    const steps: (() => void)[] = [
      () => undefined,
      () => peers.set(keys.peer, { tx: 148 }),
      () => clock.pass(90),
      () => peers.set(keys.other, { tx: 1, rx: 1, handshake: 1_700_000_090 }),
      () => peers.delete(keys.peer),
      () => clock.pass(200),
      () => (live.phase = { kind: 'disconnecting' }),
    ];
    for (const step of steps) {
      step();
      const change = await live.look();
      if (change !== null) followed = foldChange(followed, change);
      const byKey = ({ peers: list, ...head }: TunnelStatus): unknown => [
        head,
        new Map(list.map((peer) => [peer.publicKey, peer])),
      ];
      expect(followed.map(byKey)).toEqual([byKey(live.status())]);
    }
  });

  it('greets the peers it talks to: those with a session, and those that are kept alive', async () => {
    const { live, clock, peers } = await liveTunnel();
    peers.set(keys.peer, { handshake: 1_700_000_000, rx: 1 });
    await live.look();
    expect(live.readingsInUse.map(({ publicKey }) => publicKey)).toEqual([keys.peer]);
    clock.pass(180);
    expect(live.readingsInUse).toEqual([]);
    expect(live.readings).toHaveLength(2);
  });
});
