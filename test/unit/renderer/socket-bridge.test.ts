import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { backoff } from '../../../renderer/bridge/backoff.ts';
import { electronBridge } from '../../../renderer/bridge/electron-bridge.ts';
import { SocketBridge } from '../../../renderer/bridge/socket-bridge.ts';
import type { UiChange } from '../../../shared/contract/ui/verbs.ts';
import type { UiMessage, UiQuestion } from '../../../shared/contract/ui/wire.ts';

interface Host {
  readonly port: number;
  readonly stop: () => Promise<void>;
  readonly tell: (message: UiMessage) => void;
}

/** A real WebSocket host that answers every question with null, or with nothing. */
async function startHost(port = 0, isSilent = false): Promise<Host> {
  const server = new WebSocketServer({ port, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString()) as UiQuestion;
      if (!isSilent) socket.send(JSON.stringify({ kind: 'reply', id, reply: { ok: true, result: null } }));
    });
  });
  const stop = async (): Promise<void> => {
    for (const socket of server.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(stop);
  return {
    port: (server.address() as AddressInfo).port,
    stop,
    tell: (message) => {
      for (const socket of server.clients) socket.send(JSON.stringify(message));
    },
  };
}

describe('the bridge over a WebSocket', () => {
  test('asks before it is connected, and is answered', async () => {
    const { port } = await startHost();
    const bridge = new SocketBridge(`ws://127.0.0.1:${port}/live`, null);
    expect(await bridge.ask('tunnel.down', { name: 'a' })).toEqual({ ok: true, result: null });
  });

  test('answers with a fault where nobody listens, at first and later', async () => {
    const host = await startHost();
    await host.stop();
    const bridge = new SocketBridge(`ws://127.0.0.1:${host.port}/live`, null);
    expect((await bridge.ask('state.read', {})).ok).toBe(false);
    expect((await bridge.ask('state.read', {})).ok).toBe(false);
  });

  test('answers with a fault what the host left unanswered when it went', async () => {
    const host = await startHost(0, true);
    const bridge = new SocketBridge(`ws://127.0.0.1:${host.port}/live`, null);
    const asked = bridge.ask('state.read', {});
    await vi.waitFor(() => new Promise((resolve) => setTimeout(resolve, 50)));
    await host.stop();
    expect(await asked).toMatchObject({ ok: false });
  });

  test('comes back by itself, says so, and works', async () => {
    const host = await startHost();
    const bridge = new SocketBridge(`ws://127.0.0.1:${host.port}/live`, null);
    const said: boolean[] = [];
    bridge.onConnection((isConnected) => said.push(isConnected));
    await bridge.ask('tunnel.down', { name: 'a' });
    await host.stop();
    await vi.waitFor(() => expect(said).toContain(false));
    await startHost(host.port);
    await vi.waitFor(() => expect(said.at(-1)).toBe(true), { timeout: 8000 });
    expect(await bridge.ask('tunnel.down', { name: 'a' })).toEqual({ ok: true, result: null });
  });

  test('passes changes on until told to stop', async () => {
    const host = await startHost();
    const bridge = new SocketBridge(`ws://127.0.0.1:${host.port}/live`, null);
    const seen: UiChange[] = [];
    const end = bridge.onChange((change) => seen.push(change));
    await bridge.ask('tunnel.down', { name: 'a' });
    const change: UiChange = { kind: 'helper', helper: { kind: 'connecting' } };
    host.tell({ kind: 'change', change });
    await vi.waitFor(() => expect(seen).toEqual([change]));
    end();
    host.tell({ kind: 'change', change });
    await bridge.ask('tunnel.down', { name: 'a' });
    expect(seen).toHaveLength(1);
  });
});

describe('the bridge of Electron', () => {
  test('is not there in a browser', () => {
    expect(electronBridge({})).toBeNull();
    expect(electronBridge({ adit: 'something else' })).toBeNull();
  });

  test('turns a main process that went away into a fault', async () => {
    const adit = {
      ask: () => Promise.reject(new Error('gone')),
      onChange: () => () => undefined,
      onConnection: () => () => undefined,
    };
    expect(await electronBridge({ adit })?.ask('state.read', {})).toMatchObject({ ok: false });
  });
});

test('the wait before an attempt grows to five seconds and stays there', () => {
  const waits = Array.from({ length: 12 }, (_, attempt) => backoff(attempt, 1));
  expect(waits[0]).toBe(250);
  expect(waits[1]).toBe(500);
  expect(Math.max(...waits)).toBe(5000);
  expect(backoff(100, 0)).toBe(3750);
});
