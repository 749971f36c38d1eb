import { describe, expect, it } from 'vitest';
import {
  demandingSince,
  meetPeer,
  observePeer,
  peerState,
} from '../../../electron/helper/tunnels/peer-state.ts';
import type { PeerCounters, PeerMemory } from '../../../electron/helper/tunnels/peer-state.ts';
import type { PeerState } from '../../../shared/tunnel/status.ts';

/** What an engine counts more at a moment; `handshake` is seen to change. */
interface Event {
  readonly tx?: number;
  readonly rx?: number;
  readonly handshake?: true;
}

/** A peer over time, looked at as often as a test says; all times in seconds. */
class PeerOverTime {
  #now = 1_000_000;
  #counters: PeerCounters;
  #memory: PeerMemory;

  constructor(met: Partial<PeerCounters> = {}, handshakeAge = 0, keepalive: number | null = null) {
    this.#counters = { latestHandshake: 0, rxBytes: 0, txBytes: 0, ...met };
    this.#memory = meetPeer(this.#counters, this.#now, handshakeAge * 1000, keepalive);
  }

  get state(): PeerState {
    return peerState(this.#memory, this.#now);
  }

  /** For how long it has owed an answer, in seconds; null where it owes none. */
  get owesFor(): number | null {
    const since = demandingSince(this.#memory, this.#now);
    return since === null ? null : (this.#now - since) / 1000;
  }

  /** Lets time pass and looks once, at the end of it. */
  after(seconds: number, { tx = 0, rx = 0, handshake }: Event = {}): PeerState {
    this.#now += seconds * 1000;
    const { latestHandshake, rxBytes, txBytes } = this.#counters;
    this.#counters = {
      latestHandshake: handshake === true ? latestHandshake + 1 : latestHandshake,
      rxBytes: rxBytes + rx,
      txBytes: txBytes + tx,
    };
    this.#memory = observePeer(this.#memory, this.#counters, this.#now);
    return this.state;
  }

  /** The states at looks every 5 s, with the same event each time. */
  every5s(seconds: number, event: Event = {}): PeerState[] {
    return Array.from({ length: seconds / 5 }, () => this.after(5, event));
  }
}

/** States without their repetitions. */
function course(states: readonly PeerState[]): PeerState[] {
  return states.filter((state, index) => state !== states[index - 1]);
}

const initiation = { tx: 148 };
const answered = { tx: 148, rx: 92, handshake: true } as const;

describe('a peer', () => {
  it('is idle while nothing was ever sent to it', () => {
    const peer = new PeerOverTime();
    expect(peer.state).toBe('idle');
    expect(course(peer.every5s(600))).toEqual(['idle']);
  });

  it('is being shaken hands with as soon as something is sent', () => {
    expect(new PeerOverTime().after(5, initiation)).toBe('handshaking');
  });

  it('is being shaken hands with where something was sent before it was first looked at', () => {
    expect(new PeerOverTime({ txBytes: 148 }).state).toBe('handshaking');
  });

  it('is stale when it has been tried for 90 s', () => {
    const peer = new PeerOverTime();
    peer.after(5, initiation);
    expect(course(peer.every5s(85, initiation))).toEqual(['handshaking']);
    expect(peer.after(4.9, initiation)).toBe('handshaking');
    expect(peer.after(0.1, initiation)).toBe('stale');
    expect(course(peer.every5s(300, initiation))).toEqual(['stale']);
  });

  it('is connected as soon as a handshake is seen, from whatever state', () => {
    const states = [new PeerOverTime(), new PeerOverTime({ txBytes: 148 }), new PeerOverTime()];
    states[2]?.every5s(120, initiation);
    expect(states.map(({ state }) => state)).toEqual(['idle', 'handshaking', 'stale']);
    expect(states.map((peer) => peer.after(1, answered))).toEqual(['connected', 'connected', 'connected']);
  });

  it('is connected by a handshake that it began itself', () => {
    expect(new PeerOverTime().after(5, { rx: 148, handshake: true })).toBe('connected');
  });

  it('is connected until the handshake is 180 s old, and then idle if it is left alone', () => {
    const peer = new PeerOverTime();
    peer.after(1, answered);
    expect(peer.after(179.9)).toBe('connected');
    expect(peer.after(0.1)).toBe('idle');
  });

  it('stays connected while handshakes follow each other, whatever is sent and lost between them', () => {
    const peer = new PeerOverTime();
    for (let round = 0; round < 5; round += 1) {
      expect(peer.after(1, answered)).toBe('connected');
      expect(course(peer.every5s(120, { tx: 1000 }))).toEqual(['connected']);
    }
  });

  it('is stale, and never idle, when the other side goes while we send', () => {
    const peer = new PeerOverTime();
    peer.after(1, answered);
    expect(course(peer.every5s(300, initiation))).toEqual(['connected', 'stale']);
  });

  it('is being shaken hands with for 90 s when something is sent again after a long rest', () => {
    const peer = new PeerOverTime();
    peer.after(1, answered);
    peer.every5s(600);
    expect(course(peer.every5s(120, initiation))).toEqual(['handshaking', 'stale']);
  });

  it('is idle when an attempt has ended without an answer', () => {
    const peer = new PeerOverTime();
    peer.every5s(95, initiation);
    expect(peer.after(15)).toBe('stale');
    expect(peer.after(0.1)).toBe('idle');
    expect(peer.after(5, initiation)).toBe('handshaking');
  });

  it('is not counted as silent while it answers, though no handshake is young', () => {
    const peer = new PeerOverTime();
    peer.every5s(60, initiation);
    expect(peer.after(5, { tx: 32, rx: 32 })).toBe('idle');
    expect(peer.after(5, initiation)).toBe('handshaking');
  });

  it('does not become connected by bytes alone', () => {
    expect(new PeerOverTime().after(5, { rx: 10_000, tx: 10_000 })).toBe('idle');
  });
});

describe('a peer that is kept alive', () => {
  it('stays stale between two keepalives that nobody answers', () => {
    const peer = new PeerOverTime({}, 0, 25);
    peer.after(5, initiation);
    const states: PeerState[] = [];
    for (let keepalive = 0; keepalive < 12; keepalive += 1) {
      states.push(...peer.every5s(20), peer.after(5, initiation));
    }
    expect(course(states)).toEqual(['handshaking', 'stale']);
  });

  it('stays connected while its keepalives go unanswered, as keepalives do', () => {
    const peer = new PeerOverTime({}, 0, 25);
    peer.after(1, answered);
    for (let keepalive = 0; keepalive < 6; keepalive += 1) {
      expect(course([...peer.every5s(20), peer.after(5, { tx: 32 })])).toEqual(['connected']);
    }
  });
});

describe('a peer, after this machine has slept', () => {
  it('is idle if nothing was sent before', () => {
    const peer = new PeerOverTime();
    peer.after(1, answered);
    expect(peer.after(3600)).toBe('idle');
  });

  it('is idle if the last thing sent before was not answered', () => {
    const peer = new PeerOverTime();
    peer.after(1, answered);
    peer.after(5, { tx: 32 });
    expect(peer.after(3600)).toBe('idle');
  });

  it('is being shaken hands with, not stale: the time asleep was no attempt', () => {
    const peer = new PeerOverTime();
    peer.after(1, answered);
    peer.after(5, { tx: 32 });
    expect(peer.after(3600, initiation)).toBe('handshaking');
    expect(course(peer.every5s(120, initiation))).toEqual(['handshaking', 'stale']);
  });

  it('is connected as soon as it answers', () => {
    const peer = new PeerOverTime();
    peer.after(1, answered);
    expect(peer.after(3600, answered)).toBe('connected');
  });
});

describe('a peer that is met in the middle of its life', () => {
  it('has the age of its handshake by the wall clock, once', () => {
    const met = (age: number): PeerOverTime =>
      new PeerOverTime({ latestHandshake: 77, txBytes: 1, rxBytes: 1 }, age);
    expect([0, 179, 180, 5000].map((age) => met(age).state)).toEqual([
      'connected',
      'connected',
      'idle',
      'idle',
    ]);
    expect(met(100).after(79)).toBe('connected');
    expect(met(100).after(80)).toBe('idle');
  });

  it('is connected where its handshake lies in the future: the wall clock was set back', () => {
    const peer = new PeerOverTime({ latestHandshake: 77 }, -86_400);
    expect(peer.state).toBe('connected');
    expect(peer.after(180)).toBe('idle');
  });

  it('is connected by a handshake that is dated before the last one', () => {
    const peer = new PeerOverTime({ latestHandshake: 77 }, 5000);
    expect(peer.after(5, { handshake: true })).toBe('connected');
  });
});

describe('what a peer owes', () => {
  it('is an answer to a handshake, and to data, from when it was sent', () => {
    for (const tx of [148, 96, 128]) {
      const peer = new PeerOverTime();
      peer.after(5, { tx });
      expect(peer.owesFor).toBe(0);
      peer.after(5, { tx });
      peer.after(5, { tx: 32 });
      expect(peer.owesFor).toBe(10);
    }
  });

  it('is nothing for keepalives, which nobody answers', () => {
    const peer = new PeerOverTime({ latestHandshake: 1 }, 0, 25);
    for (const tx of [32, 0, 0, 0, 0, 32, 64]) {
      peer.after(5, { tx });
      expect(peer.owesFor).toBeNull();
    }
  });

  it('is paid by anything that comes', () => {
    const peer = new PeerOverTime();
    peer.after(5, { tx: 148 });
    peer.after(5, { rx: 32 });
    expect(peer.owesFor).toBeNull();
    peer.after(5, { tx: 96 });
    expect(peer.owesFor).toBe(0);
  });

  it('is forgotten when nothing is asked of it any more', () => {
    const peer = new PeerOverTime();
    peer.after(5, { tx: 148 });
    peer.every5s(20);
    expect(peer.owesFor).toBeNull();
    peer.after(5, { tx: 148 });
    expect(peer.owesFor).toBe(0);
  });
});
