import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { HelperLink } from '../../../electron/backend/helper-client/link.ts';
import { faultOf } from '../../../shared/fault.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import { describeWith, temporaryFolder } from '../machine.ts';
import { peerStatus, tunnelStatus } from '../tunnel/statuses.ts';
import { framed, helperAt, strangerAt } from './helpers.ts';

afterEach(() => {
  vi.useRealTimers();
});

const home = tunnelStatus({ peers: [peerStatus('a')] });

/** A link, and everything that it tells, in words. */
function linkTo(path: string): { link: HelperLink; told: string[]; tunnels: () => readonly TunnelStatus[] } {
  const told: string[] = [];
  const link = new HelperLink(path, {
    helperChanged: (state) => told.push(state.kind === 'unavailable' ? state.fault.code : state.kind),
    tunnelsRead: (tunnels) => told.push(`tunnels ${tunnels.map(({ name }) => name).join(' ')}`.trim()),
    tunnelChanged: (change) => told.push(`change ${change.interface}`),
  });
  onTestFinished(() => link.stop());
  return { link, told, tunnels: () => link.tunnels };
}

/** Lets sockets bring over what was written, while time stands still. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
}

function stopTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}

describeWith(['root'], 'the lasting link to the helper', () => {
  it('has the tunnels at hand as they change', async () => {
    const path = join(temporaryFolder(), 'helper.sock');
    const helper = await helperAt(path, { watch: () => Promise.resolve([home]) });
    const { link, told, tunnels } = linkTo(path);
    expect(link.state).toEqual({ kind: 'connecting' });
    await link.start();
    expect(link.state).toEqual({ kind: 'connected', version: '1.2.3' });
    expect(tunnels()).toEqual([home]);
    helper.tell({ interface: 'home', peers: [peerStatus('a', { state: 'connected' })] });
    await expect.poll(() => told).toEqual(['connected', 'tunnels home', 'change home']);
    expect(tunnels()[0]?.peers[0]?.state).toBe('connected');
    expect(link.connection().version).toBe('1.2.3');
  });

  it('says why the helper cannot be reached, once, and asks again every second', async () => {
    stopTime();
    const path = join(temporaryFolder(), 'helper.sock');
    const { link, told } = linkTo(path);
    await link.start();
    for (let second = 0; second < 3; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      await settled();
    }
    expect(told).toEqual(['helper-not-running']);
    expect(faultIn(() => link.connection())).toBe('helper-not-running');
    await helperAt(path, { watch: () => Promise.resolve([home]) });
    await vi.advanceTimersByTimeAsync(1_000);
    await settled();
    expect(told).toEqual(['helper-not-running', 'connected', 'tunnels home']);
  });

  it('tells that the tunnels are out of sight when the helper is lost, and finds the next one', async () => {
    stopTime();
    const path = join(temporaryFolder(), 'helper.sock');
    const helper = await helperAt(path, { watch: () => Promise.resolve([home]) });
    const { link, told, tunnels } = linkTo(path);
    await link.start();
    await helper.end();
    await settled();
    expect(told).toEqual(['connected', 'tunnels home', 'helper-lost', 'tunnels']);
    expect([tunnels(), faultIn(() => link.connection())]).toEqual([[], 'helper-lost']);
    await helperAt(path, { watch: () => Promise.resolve([]) });
    await vi.advanceTimersByTimeAsync(1_000);
    await settled();
    expect(told.slice(4)).toEqual(['connected', 'tunnels']);
  });

  it('asks no further when it is ended', async () => {
    stopTime();
    const path = join(temporaryFolder(), 'helper.sock');
    const { link, told } = linkTo(path);
    await link.start();
    link.stop();
    await helperAt(path);
    await vi.advanceTimersByTimeAsync(5_000);
    await settled();
    expect(told).toEqual(['helper-not-running']);
  });

  it('keeps no connection that it has not finished to make when it is ended', async () => {
    const path = join(temporaryFolder(), 'helper.sock');
    const ends: string[] = [];
    const helper = await helperAt(path, {
      watch: (_, session) => {
        session.watching(() => ends.push('end'));
        return Promise.resolve([home]);
      },
    });
    const { link, told } = linkTo(path);
    const started = link.start();
    link.stop();
    await started;
    helper.tell({ interface: 'home', head: null });
    await settled();
    expect(told).toEqual([]);
    expect(faultIn(() => link.connection())).toBe('helper-not-running');
  });

  it('leaves no connection behind that came to nothing', async () => {
    stopTime();
    const path = join(temporaryFolder(), 'helper.sock');
    let open = 0;
    await strangerAt(path, {
      met: (socket) => {
        open += 1;
        socket.on('close', () => (open -= 1));
      },
      // It says hello, and then takes every other question for an error of ours.
      heard: ({ id, ...message }, socket) => {
        const isHello = (message as { method?: string }).method === 'hello';
        const answer = isHello
          ? { result: { protocol: 1, version: '1.2.3', owner: 0, pid: 1 } }
          : { error: { code: -32_603, message: 'no' } };
        socket.write(framed({ jsonrpc: '2.0', id, ...answer }));
      },
    });
    const { link, told } = linkTo(path);
    await link.start();
    for (let second = 0; second < 3; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      await settled();
    }
    expect(told).toEqual(['request-invalid']);
    expect(open).toBe(0);
  });
});

function faultIn(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return faultOf(error).code;
  }
  return 'none';
}
