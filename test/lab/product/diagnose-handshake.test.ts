import { expect, test } from 'vitest';
import { newKeyPair, newPresharedKey } from '../keys.ts';
import { openFourClouds } from '../scenarios/four-clouds.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import { openSiteToLan } from '../scenarios/site-to-lan.ts';
import type { SiteToLan } from '../scenarios/site-to-lan.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';
import { commandsOf, diagnose, diagnosed, patient } from './told.ts';

async function publicKeyOf({ relay }: SiteToLan): Promise<string> {
  return (await relay.run(['wg', 'show', 'wg0', 'public-key'])).stdout.trim();
}

/** The key by which the relay knows the PC: its only peer with that address. */
async function keyOfPc({ relay }: SiteToLan): Promise<string> {
  const { stdout } = await relay.run(['wg', 'show', 'wg0', 'allowed-ips']);
  return (
    stdout
      .split('\n')
      .find((line) => line.includes('10.200.200.11/32'))
      ?.split('\t')[0] ?? ''
  );
}

describeInLab('a diagnosis of a peer that does not shake hands', () => {
  test('tells a key that the relay does not know, with the keys to compare', patient, async () => {
    await using stage = await openSiteToLan();
    const key = await keyOfPc(stage);
    await stage.relay.run(['wg', 'set', 'wg0', 'peer', key, 'remove']);
    await diagnosed(stage, async (adit) => {
      const told = await diagnose(adit, 'office');
      expect(told.wrong).toEqual(['handshake-unanswered']);
      expect(told.findings[0]?.hint).toContain(key);
      expect(commandsOf(told)).toContain(`peer: wg show | grep -A3 -F '${key}'`);
      // With an address it is the same matter, and no other.
      expect((await diagnose(adit, 'office', '172.24.135.45')).wrong).toEqual(['handshake-unanswered']);
    });
  });

  test('tells a key of the relay that is not its own', patient, async () => {
    await using stage = await openSiteToLan();
    const theirs = await publicKeyOf(stage);
    const wrong = newKeyPair().publicKey;
    await diagnosed(
      stage,
      async (adit) => {
        const told = await diagnose(adit, 'office');
        expect(told.wrong).toEqual(['handshake-unanswered']);
        expect(told.findings[0]?.hint).toContain(wrong);
        expect(commandsOf(told)).toContain('peer: wg show all public-key');
      },
      (text) => text.replace(theirs, wrong),
    );
  });

  test('tells a host where no WireGuard runs', patient, async () => {
    await using stage = await openSiteToLan();
    await stage.relay.ip('link del wg0');
    await diagnosed(stage, async (adit) => {
      expect((await diagnose(adit, 'office')).wrong).toEqual(['endpoint-refuses']);
    });
  });

  test('tells a host that nothing comes back from', patient, async () => {
    await using stage = await openSiteToLan();
    await stage.relay.ip('link set em1 down');
    await diagnosed(stage, async (adit) => {
      expect((await diagnose(adit, 'office')).wrong).toEqual(['endpoint-silent']);
    });
  });

  test('tells a machine that no route leads out of', patient, async () => {
    await using stage = await openSiteToLan();
    await diagnosed(stage, async (adit) => {
      await stage.client.ip('route del default');
      await expect
        .poll(async () => (await diagnose(adit, 'office')).wrong, { timeout: 20_000 })
        .toEqual(['endpoint-without-route']);
    });
  });

  test('tells a peer that went away since the last handshake', patient, async () => {
    await using stage = await openSiteToLan();
    await diagnosed(stage, async (adit) => {
      expect((await diagnose(adit, 'office')).wrong).toEqual([]);
      await stage.relay.ip('link set em1 down');
      expect((await diagnose(adit, 'office')).wrong).toEqual(['peer-gone']);
      expect((await diagnose(adit, 'office', '172.24.135.45')).wrong).toEqual(['peer-gone']);
    });
  });

  test('tells a relay that shakes hands and drops what comes from this address', patient, async () => {
    await using stage = await openSiteToLan();
    const key = await keyOfPc(stage);
    await stage.relay.run(['wg', 'set', 'wg0', 'peer', key, 'allowed-ips', '10.200.200.99/32']);
    await diagnosed(stage, async (adit) => {
      const told = await diagnose(adit, 'office', '172.24.135.45');
      expect(told.wrong).toEqual(['peer-answers-nothing']);
      expect(told.findings[0]?.hint).toContain('10.200.200.11');
      expect(commandsOf(told)[0]).toBe('peer: wg show all allowed-ips');
    });
  });

  test('pings an endpoint past a full tunnel that takes everything else', patient, async () => {
    await using stage = await openFullTunnel();
    const key = (await stage.relay.run(['wg', 'show', 'wg0', 'peers'])).stdout.trim();
    await stage.relay.run(['wg', 'set', 'wg0', 'peer', key, 'remove']);
    await diagnosed(stage, async (adit) => {
      const told = await diagnose(adit, 'home');
      expect(told.wrong).toEqual(['handshake-unanswered']);
      expect(told.notes).toContain('endpoint-inside');
    });
  });

  test(
    'finds nothing wrong with a full tunnel whose endpoint lies inside it, and says that it does',
    patient,
    async () => {
      await using stage = await openFullTunnel();
      await diagnosed(stage, async (adit) => {
        const told = await diagnose(adit, 'home', '198.51.100.80');
        expect([told.wrong, told.notes]).toEqual([[], ['endpoint-inside']]);
      });
    },
  );

  test('tells a preshared key on one side only, whichever, and two that differ', patient, async () => {
    await using stage = await openFourClouds();
    const { client, nodes, lab, profile } = stage;
    await using adit = await AditClient.start(client, lab.folder);
    const other = newPresharedKey();
    const without = profile.text.replace(/^PresharedKey.*\n/m, '');
    const profiles = { one: without, another: profile.text.replace(/(PresharedKey = ).*/, `$1${other}`) };
    for (const [name, text] of Object.entries(profiles)) {
      await adit.import(name, text);
      await adit.done('up', name);
      const told = await diagnose(adit, name, '10.42.0.10');
      expect(told.wrong).toEqual(['preshared-key-differs']);
      expect(told.findings[0]?.message).toMatch(
        name === 'one' ? /the profile has none/ : /another preshared key/,
      );
      await adit.done('down', name);
    }
    const { stdout } = await nodes.aws.run(['wg', 'show', 'wg0', 'allowed-ips']);
    const key =
      stdout
        .split('\n')
        .find((line) => line.includes('10.0.0.5/32'))
        ?.split('\t')[0] ?? '';
    await nodes.aws.run(['wg', 'set', 'wg0', 'peer', key, 'preshared-key', '/dev/null']);
    await adit.import('clouds', profile.text);
    await adit.done('up', 'clouds');
    const told = await diagnose(adit, 'clouds');
    // The other three answer.
    expect(told.wrong).toEqual(['preshared-key-differs']);
    expect(told.findings[0]?.message).toMatch(/has no preshared key for this machine/);
    expect(commandsOf(told)).toContain(`peer: wg show | grep -A1 -F '${key}'`);
    await adit.done('down', 'clouds');
    // The handshakes of the diagnosis have left nothing behind: with the right keys it connects at once.
    await adit.import('right', without);
    await adit.done('up', 'right', '--wait=10');
    expect((await diagnose(adit, 'right', '10.42.0.10')).wrong).toEqual([]);
  });

  test('of four peers tells the one that is down, and no other', patient, async () => {
    await using stage = await openFourClouds();
    await stage.plugIn('gcp', false);
    await diagnosed(stage, async (adit) => {
      const told = await diagnose(adit, 'clouds');
      expect(told.wrong).toEqual(['endpoint-silent']);
      expect(told.findings[0]?.message).toContain('GCP');
      // Behind NAT without a keepalive: nothing is wrong with it.
      expect(told.notes).toContain('keepalive-missing');
      await stage.plugIn('gcp', true);
      await expect.poll(async () => (await diagnose(adit, 'clouds')).wrong, { timeout: 30_000 }).toEqual([]);
    });
  });
});

describeInLab('a diagnosis of what is not up', () => {
  test(
    'says that the tunnel is down, that none is up, and that the helper is not there',
    patient,
    async () => {
      await using stage = await openSiteToLan();
      const { client, lab, profile } = stage;
      await using adit = await AditClient.start(client, lab.folder);
      expect((await diagnose(adit)).wrong).toEqual(['no-tunnel-up']);
      await adit.import('office', profile.text);
      const down = await diagnose(adit, 'office');
      expect(down.wrong).toEqual(['tunnel-down']);
      expect(commandsOf(down)).toEqual(['here: adit up office --wait']);
      expect((await adit.runInside('diagnose', 'nobody', '--json')).stdout).toContain('profile-not-found');
      await adit.helper.stop(5000);
      const without = await diagnose(adit, 'office', '172.24.135.45');
      expect([without.tunnel, without.address, without.wrong]).toEqual([
        'office',
        '172.24.135.45',
        ['helper-not-running'],
      ]);
      await adit.restartHelper();
    },
  );

  test('tells a name server of the profile that does not answer', patient, async () => {
    await using stage = await openSiteToLan();
    await diagnosed(
      stage,
      async (adit) => {
        const told = await diagnose(adit, 'office');
        expect(told.wrong).toEqual(['name-server-silent']);
        expect(told.findings[0]?.message).toContain('172.24.135.46');
      },
      (text) => text.replace('[Peer]', 'DNS = 172.24.135.46\n\n[Peer]'),
    );
  });
});
