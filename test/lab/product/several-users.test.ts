import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, toTunnel } from '../../../shared/config/index.ts';
import { tunnelToMessage } from '../../../shared/contract/helper/messages.ts';
import { defaultSettings, withSettings } from '../../../shared/tunnel/settings.ts';
import type { ProfileSettings } from '../../../shared/tunnel/settings.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import type { HelperResult } from '../../../shared/contract/helper/verbs.ts';
import { RawClient } from '../../unit/helper/clients.ts';
import type { Host } from '../host.ts';
import { newKeyPair } from '../keys.ts';
import { callerSeenBy } from '../measure.ts';
import type { Running } from '../running.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { aditProgram, AditClient } from './client.ts';

const webUrl = 'http://198.51.100.80/';
const relayAddress = '203.0.113.10';
const nothing = { gone: [], added: [] };

/** A user of the machine beside its root, who asks the helper by its socket: root may, and has no program that 1001 could read. */
class Second implements AsyncDisposable {
  static readonly owner = 1001;
  readonly socket: string;
  readonly #host: Host;
  #helper: Running;

  private constructor(host: Host, socket: string, helper: Running) {
    this.#host = host;
    this.socket = socket;
    this.#helper = helper;
  }

  static async start(host: Host, socket: string): Promise<Second> {
    const second = new Second(host, socket, startHelper(host, socket));
    await second.helper.line(/"ready"/, 20_000);
    return second;
  }

  get helper(): Running {
    return this.#helper;
  }

  async restart(): Promise<void> {
    this.#helper = startHelper(this.#host, this.socket);
    await this.#helper.line(/"ready"/, 20_000);
  }

  /** @returns the code of the fault, or null where it is up */
  async up(name: string, text: string, settings: Partial<ProfileSettings> = {}): Promise<string | null> {
    const tunnel = tunnelToMessage(withSettings(tunnelIn(name, text), { ...defaultSettings, ...settings }));
    return this.#ask('up', {
      tunnel,
      wait: null,
      accept: ['full-tunnel-twice', 'names-wanted-twice'],
      subtract: false,
    });
  }

  /** What `adit plan` would say of conflicts: their codes, and who has what is in the way. */
  async plan(name: string, text: string): Promise<string[]> {
    const client = await RawClient.introduced(this.socket);
    try {
      const { result } = await client.ask('plan', { tunnel: tunnelToMessage(tunnelIn(name, text)) });
      const { conflicts } = result as HelperResult<'plan'>;
      return conflicts.map(({ code, message, choices }) => `${code} (${choices.join(', ')}): ${message}`);
    } finally {
      client.socket.destroy();
    }
  }

  down(name: string): Promise<string | null> {
    return this.#ask('down', { interface: name });
  }

  async #ask(verb: string, params: unknown): Promise<string | null> {
    const client = await RawClient.introduced(this.socket);
    try {
      return (await client.ask(verb, params)).error?.data?.code ?? null;
    } finally {
      client.socket.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#helper.stop(5000);
  }
}

function tunnelIn(name: string, text: string): Tunnel {
  const outcome = toTunnel(parse(text), { name, interface: name });
  if (!('tunnel' in outcome)) throw new Error(`no tunnel: ${JSON.stringify(outcome.problems)}`);
  return outcome.tunnel;
}

function startHelper(host: Host, socket: string): Running {
  const words = ['helper', '--socket', socket, '--owner', String(Second.owner), '--dev'];
  return host.start([process.execPath, aditProgram, ...words]);
}

async function twoUsers(
  work: (stage: FullTunnel, first: AditClient, second: Second) => Promise<void>,
): Promise<void> {
  await using stage = await openFullTunnel();
  const { client, lab } = stage;
  await client.settled();
  await using first = await AditClient.start(client, lab.folder);
  await using second = await Second.start(client, join(lab.folder, 'second.sock'));
  await work(stage, first, second);
}

/** A tunnel to nobody, for some prefixes. */
function split(prefixes: string, address: string, more = ''): string {
  return `[Interface]\nPrivateKey = ${newKeyPair().privateKey}\nAddress = ${address}\n${more}\n[Peer]\nPublicKey = ${newKeyPair().publicKey}\nEndpoint = 203.0.113.99:51820\nAllowedIPs = ${prefixes}\n`;
}

describeInLab('two users of one machine', () => {
  test('share rules and firewall, and neither takes anything of the other’s down', async () => {
    await twoUsers(async ({ client, profile }, first, second) => {
      const before = await networkSnapshot(client);
      const office = split('10.77.0.0/16, 10.78.0.0/17', '10.77.0.1/32');
      await first.import('home', profile.text);
      expect(await second.up('office', office)).toBeNull();
      const alone = await networkSnapshot(client);
      await first.done('up', 'home', '--wait=20');
      expect(await callerSeenBy(client, webUrl)).toBe(relayAddress);
      const route = async (address: string): Promise<string> =>
        (await client.run(['ip', 'route', 'get', address])).stdout;
      expect(await route('10.77.3.4')).toContain('dev office');
      expect(await route('8.8.8.8')).toContain('dev home');

      expect(await second.down('office')).toBeNull();
      expect(await callerSeenBy(client, webUrl)).toBe(relayAddress);
      expect(await second.up('office', office)).toBeNull();
      expect(await route('10.77.3.4')).toContain('dev office');
      await first.done('down', 'home');
      expect(await route('10.77.3.4')).toContain('dev office');
      expect(difference(withoutChance(alone), withoutChance(await networkSnapshot(client)))).toEqual(nothing);
      expect(await second.down('office')).toBeNull();
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
    });
  });

  test('may have tunnels of one name: that of a helper that died does not stand in the other’s way', async () => {
    await twoUsers(async ({ client, profile }, first, second) => {
      await first.import('home', profile.text);
      await first.done('up', 'home', '--wait=20');
      await first.helper.kill('SIGKILL');
      await first.helper.exited;
      for (const { pid } of client.processes('wireguard-go')) process.kill(pid, 'SIGKILL');
      // The interface goes a moment after the engine's name has gone from /proc.
      const links = async (): Promise<string> => (await client.run(['ip', 'link', 'show'])).stdout;
      await expect.poll(links, { timeout: 20_000 }).not.toContain(' home: ');
      expect(await second.up('home', split('0.0.0.0/0', '10.77.0.1/32'))).toBeNull();
      const rules = async (): Promise<string[]> =>
        (await client.run(['ip', '-N', 'rule', 'show'])).stdout
          .split('\n')
          .filter((line) => line.startsWith('30'));
      const standing = await rules();
      expect(standing.length).toBeGreaterThan(0);
      for (const line of standing) await client.ip(`rule del priority ${line.split(':')[0] ?? ''}`);
      await expect.poll(rules, { timeout: 20_000 }).toEqual(standing);
      expect(await second.down('home')).toBeNull();
    });
  });

  test('have one full tunnel, one kill switch and one way for all names: the first wins, and nothing is changed', async () => {
    await twoUsers(async ({ client, profile }, first, second) => {
      await first.import('home', profile.text.replace('\n[Peer]', 'DNS = 10.200.200.2\n\n[Peer]'));
      await first.done('set', 'home', 'killSwitch=on');
      await first.done('up', 'home', '--wait=20');
      const standing = await networkSnapshot(client);
      const quarters = '0.0.0.0/2, 64.0.0.0/2, 128.0.0.0/2, 192.0.0.0/2';
      const some = '10.77.0.0/16';
      expect(await second.up('full', split(quarters, '10.77.0.1/32'))).toBe('full-tunnel-taken');
      expect(await second.plan('full', split(quarters, '10.77.0.1/32'))).toEqual([
        expect.stringMatching(/^full-tunnel-taken \(stop\): .*user 0 has the tunnel home/),
      ]);
      expect(await second.up('names', split(some, '10.77.0.2/32', 'DNS = 10.77.0.3\n'))).toBe('names-taken');
      const guarded = { killSwitch: true };
      expect(await second.up('guard', split(some, '10.77.0.2/32'), guarded)).toBe('kill-switch-taken');
      expect(difference(standing, await networkSnapshot(client))).toEqual(nothing);
      await first.done('down', 'home');
      expect(await second.up('guard', split(some, '10.77.0.2/32'), guarded)).toBeNull();
      expect(await second.down('guard')).toBeNull();
    });
  });

  test('recover, each what is his own', async () => {
    await twoUsers(async ({ client, profile }, first, second) => {
      const before = await networkSnapshot(client);
      const office = split('10.77.0.0/16', '10.77.0.1/32');
      await first.import('home', profile.text);
      await first.done('up', 'home', '--wait=20');
      const standing = await networkSnapshot(client);
      expect(await second.up('office', office)).toBeNull();
      await second.helper.kill('SIGKILL');
      await second.helper.exited;
      await client.run([process.execPath, aditProgram, 'recover', '--owner', String(Second.owner), '--dev'], {
        env: { ADIT_SOCKET: second.socket },
      });
      expect(difference(standing, await networkSnapshot(client))).toEqual(nothing);
      expect(await callerSeenBy(client, webUrl)).toBe(relayAddress);

      // A helper that is dead is none of the other's business while its tunnel stands.
      await second.restart();
      expect(await second.up('office', office)).toBeNull();
      await first.helper.kill('SIGKILL');
      await first.helper.exited;
      expect(await second.down('office')).toBeNull();
      expect(await callerSeenBy(client, webUrl)).toBe(relayAddress);
      await first.restartHelper();
      await first.done('down', 'home');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
    });
  });
});

/** A snapshot without what the kernel chooses by chance for a new interface, and its turn among all. */
function withoutChance(lines: readonly string[]): string[] {
  return lines
    .filter((line) => !/ fe80::|stable_secret/.test(line))
    .map((line) => line.replace(/ metric \d+$/, ''));
}
