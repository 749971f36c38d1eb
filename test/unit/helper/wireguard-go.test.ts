import { describe, expect, it } from 'vitest';
import { WireGuardGo } from '../../../electron/helper/engine/wireguard-go.ts';
import { base64OfHex } from '../../../electron/helper/engine/uapi-reading.ts';
import type { PeerReading } from '../../../electron/helper/engine/reading.ts';
import { engineThat } from './engine-server.ts';

function reading(byte: string, parts: Partial<PeerReading> = {}): PeerReading {
  return {
    publicKey: base64OfHex(byte.repeat(32)),
    endpoint: '203.0.113.2:51820',
    allowedIps: [],
    latestHandshake: 0,
    rxBytes: 0,
    txBytes: 0,
    persistentKeepalive: null,
    ...parts,
  };
}

async function attached(): Promise<{ engine: WireGuardGo; requests: string[] }> {
  const { connection, requests } = await engineThat((_, socket) => socket.write('errno=0\n\n'));
  return { engine: new WireGuardGo(connection), requests };
}

describe('wireguard-go', () => {
  it('forgets its source address when endpoints are set again, of the peers that have one', async () => {
    const { engine, requests } = await attached();
    await engine.rebind([
      reading('01'),
      reading('02', { endpoint: null }),
      reading('03', { endpoint: '[2001:db8::2]:1' }),
    ]);
    expect(requests).toEqual([
      `set=1\npublic_key=${'01'.repeat(32)}\nupdate_only=true\nendpoint=203.0.113.2:51820\n` +
        `public_key=${'03'.repeat(32)}\nupdate_only=true\nendpoint=[2001:db8::2]:1\n\n`,
    ]);
  });

  it('sends at once when a keepalive is turned off and on, and leaves it as it was', async () => {
    const { engine, requests } = await attached();
    await engine.greet([reading('01', { persistentKeepalive: 25 }), reading('02')]);
    const peer = (byte: string, seconds: number): string =>
      `public_key=${byte.repeat(32)}\nupdate_only=true\npersistent_keepalive_interval=${seconds}\n`;
    expect(requests).toEqual([`set=1\n${peer('01', 0)}${peer('01', 25)}${peer('02', 1)}${peer('02', 0)}\n`]);
  });

  it('reaches peers elsewhere without losing what it knows of them', async () => {
    const { engine, requests } = await attached();
    const { publicKey } = reading('01');
    await engine.dial(new Map([[publicKey, '[2001:db8::2]:1']]));
    expect(requests).toEqual([
      `set=1\npublic_key=${'01'.repeat(32)}\nupdate_only=true\nendpoint=[2001:db8::2]:1\n\n`,
    ]);
  });

  it('renews its sessions by another key of its own, and has its own again in the same request', async () => {
    const { engine, requests } = await attached();
    const { publicKey: key } = reading('0a');
    await engine.renew(key);
    await engine.renew(key);
    const lines = requests.map((request) => request.split('\n'));
    expect(lines.map(([, , own]) => own)).toEqual(Array(2).fill(`private_key=${'0a'.repeat(32)}`));
    const passing = lines.map(([, other]) => other ?? '');
    expect(passing.every((line) => /^private_key=[0-9a-f]{64}$/.test(line))).toBe(true);
    expect(new Set(passing).size).toBe(2);
  });

  it('is left alone where there is no peer to talk to', async () => {
    const { engine, requests } = await attached();
    await engine.greet([reading('01', { endpoint: null })]);
    await engine.rebind([]);
    await engine.dial(new Map());
    expect(requests).toEqual([]);
  });

  it('never adds a peer that was removed meanwhile', async () => {
    const { engine, requests } = await attached();
    await engine.greet([reading('01')]);
    await engine.rebind([reading('01')]);
    const peers = requests.join('').match(/public_key=/g)?.length;
    expect(requests.join('').match(/update_only=true/g)).toHaveLength(peers ?? 0);
    expect(peers).toBe(3);
  });
});
