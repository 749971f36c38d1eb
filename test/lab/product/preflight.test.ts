import { expect, test } from 'vitest';
import { HelperConnection } from '../../../electron/backend/helper-client/connection.ts';
import { outerMark } from '../../../shared/network/plan/constants.ts';
import type { HelperResult } from '../../../shared/contract/helper/verbs.ts';
import type { Host } from '../host.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';

const nothing = { gone: [], added: [] };

async function opened(work: (stage: FullTunnel, adit: AditClient) => Promise<void>): Promise<void> {
  await using stage = await openFullTunnel();
  await stage.client.settled();
  await using adit = await AditClient.start(stage.client, stage.lab.folder);
  await adit.import('home', stage.profile.text);
  await work(stage, adit);
}

/** A profile like the scenario's, into which only these prefixes are routed. */
function splitProfile({ profile }: FullTunnel, allowedIps: string): string {
  return profile.text.replace(/^AllowedIPs = .*$/m, `AllowedIPs = ${allowedIps}`);
}

/** Docker's own bridge, as it stands on many a laptop. */
async function addDocker(client: Host): Promise<void> {
  await client.ip(
    'link add docker0 type bridge',
    'link set docker0 up',
    'address add 172.17.0.1/16 dev docker0',
  );
}

/** What `ip -j route get` prints, as far as it is compared. */
interface KernelRoute {
  readonly dev: string;
  readonly gateway?: string;
  readonly prefsrc?: string;
}

async function plan(
  adit: AditClient,
  name: string,
): Promise<{ code: number | null; plan: HelperResult<'plan'> }> {
  const { code, value } = await adit.json('plan', name);
  return { code, plan: value as HelperResult<'plan'> };
}

describeInLab('the preflight', () => {
  test('finds nothing wrong with the seed’s full tunnel, and changes nothing', async () => {
    await opened(async ({ client }, adit) => {
      const before = await networkSnapshot(client);
      const { code, plan: found } = await plan(adit, 'home');
      expect({ code, conflicts: found.conflicts }).toEqual({ code: 0, conflicts: [] });
      expect(found.exempt).toEqual(['203.0.113.10:51820']);
      expect(found.steps[0]).toBe('make link home');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
    });
  });

  test('stops a tunnel that takes Docker’s network, names its owner, and has two ways on', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      await addDocker(client);
      await adit.import('office', splitProfile(stage, '172.17.0.0/16, 172.18.0.0/16'));
      const before = await networkSnapshot(client);
      const { code, plan: found } = await plan(adit, 'office');
      expect(code).toBe(1);
      expect(found.conflicts).toMatchObject([
        {
          code: 'route-taken',
          severity: 'error',
          prefix: '172.17.0.0/16',
          owner: { kind: 'bridge', interface: 'docker0' },
          choices: ['subtract', 'accept', 'stop'],
        },
      ]);
      expect(await adit.fault('up', 'office')).toBe('route-taken');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);

      await adit.done('up', 'office', '--subtract');
      const carriers = async (): Promise<(string | null)[]> =>
        Promise.all(
          ['172.17.0.9', '172.18.0.9'].map(
            async (address) => ((await adit.done('explain', address)) as HelperResult<'explain'>).interface,
          ),
        );
      expect(await carriers()).toEqual(['docker0', 'office']);
      expect((await adit.status('office')).warnings.map(({ code: word }) => word)).toContain('subtracted');
      await adit.done('down', 'office');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);

      await adit.done('up', 'office', '--accept', 'route-taken');
      expect(await carriers()).toEqual(['office', 'office']);
      await adit.done('down', 'office');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
    });
  });

  test('names the other tunnel that has the same network and keeps it, as long as that is up', async () => {
    await opened(async (stage, adit) => {
      await adit.import(
        'one',
        splitProfile(stage, '10.42.0.0/16').replace(/^Address = .*$/m, 'Address = 10.77.0.1/32'),
      );
      await adit.import(
        'two',
        splitProfile(stage, '10.42.0.0/16').replace(/^Address = .*$/m, 'Address = 10.77.0.2/32'),
      );
      await adit.done('up', 'one');
      expect((await plan(adit, 'two')).plan.conflicts).toMatchObject([
        {
          code: 'route-shadowed',
          owner: { kind: 'tunnel', interface: 'one', name: 'one' },
          choices: ['accept', 'stop'],
        },
      ]);
      expect(await adit.fault('up', 'two', '--subtract')).toBe('route-shadowed');
      await adit.done('up', 'two', '--accept', 'route-shadowed');
      const carrier = async (): Promise<string | null> =>
        ((await adit.done('explain', '10.42.3.4')) as HelperResult<'explain'>).interface;
      const warned = async (): Promise<string[]> =>
        (await adit.status('two')).warnings.map(({ code: word }) => word);
      expect([await carrier(), await warned()]).toEqual(['one', ['route-shadowed']]);
      await adit.done('down', 'one');
      expect([await carrier(), await warned()]).toEqual(['two', []]);
    });
  });
});

describeInLab('explain', () => {
  test('says what the kernel says, of packets with and without the mark', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      await addDocker(client);
      await adit.done('up', 'home', '--wait=10');
      const addresses = [
        ...['198.51.100.80', '203.0.113.10', '172.17.3.4', '10.200.200.1', '127.0.0.1', '192.168.1.77'],
        ...Array.from({ length: 100 }, (_, index) => `${1 + ((index * 37) % 223)}.${index}.7.${index * 2}`),
      ];
      const helper = await HelperConnection.open(adit.socket);
      for (const mark of [0, outerMark]) {
        for (const address of addresses) {
          const found = await helper.ask('explain', { destination: address, mark });
          const way = ['ip', '-j', 'route', 'get', address, 'mark', String(mark)];
          const { stdout } = await client.run(way, { allowFailure: true });
          const [theirs] = (stdout.trim() === '' ? [] : JSON.parse(stdout)) as KernelRoute[];
          expect(
            { interface: found.interface, gateway: found.gateway, source: found.source },
            `${address} mark ${mark}`,
          ).toEqual({
            interface: theirs?.dev ?? null,
            gateway: theirs?.gateway ?? null,
            source: theirs?.prefsrc ?? null,
          });
        }
      }
      helper.close();
    });
  });

  test('names tunnel and peer, and why the ordinary way lost', async () => {
    await opened(async (_, adit) => {
      await adit.done('up', 'home', '--wait=10');
      const found = (await adit.done('explain', '198.51.100.80')) as HelperResult<'explain'>;
      expect(found).toMatchObject({ tunnel: 'home', peer: { name: 'Home_Win10' } });
      expect(found.losers).toContainEqual({
        route: expect.stringMatching(/^default .* dev \w+ table main/) as string,
        reason: 'the rule that asks its table takes more specific routes only',
      });
    });
  });
});
