import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KeptClusters } from '../../../electron/backend/cluster/kept.ts';
import { ProfileStore } from '../../../electron/backend/profiles/store.ts';
import { kiloNode, kiloPeer, now } from '../../unit/cluster/clusters.ts';
import { httpGet } from '../measure.ts';
import { openCalicoMtu } from '../scenarios/calico-mtu.ts';
import { openFourClouds } from '../scenarios/four-clouds.ts';
import { openSameSubnet } from '../scenarios/same-subnet.ts';
import { openSiteToLan } from '../scenarios/site-to-lan.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';
import { commandsOf, diagnose, diagnosed, patient } from './told.ts';

describeInLab('a diagnosis of the size of packets', () => {
  test(
    'finds that of a path that loses large packets without a word; with it, a large transfer completes',
    patient,
    async () => {
      await using stage = await openCalicoMtu();
      const { client } = stage;
      const large = 'http://10.240.0.5/bytes/300000';
      await diagnosed(stage, async (adit) => {
        expect((await adit.status('aks')).mtu).toBe(1420);
        await expect(httpGet(client, large, 3000)).rejects.toThrow(/within 3000 ms/);
        const begin = Date.now();
        const told = await diagnose(adit, 'aks');
        expect(Date.now() - begin).toBeLessThan(20_000);
        expect([told.wrong, told.notes]).toEqual([['mtu-too-large'], ['endpoint-inside']]);
        expect(told.findings[0]?.message).toContain('1328');
        const [set, again] = commandsOf(told);
        expect([set, again]).toEqual(['here: adit set aks mtu=1328', 'here: adit down aks && adit up aks']);
        // Outside, by way of its interface, the limit of the path itself.
        const outside = told.probes.filter(
          ({ target, outcome }) => target === 'endpoint' && outcome === 'answered',
        );
        expect(Math.max(...outside.map(({ bytes }) => bytes ?? 0))).toBe(1400);

        await adit.done('set', 'aks', 'mtu=1328');
        await adit.done('down', 'aks');
        await adit.done('up', 'aks');
        expect((await httpGet(client, large, 10_000)).body.length).toBe(300_000);
        expect((await diagnose(adit, 'aks', '10.240.0.5')).wrong).toEqual([]);
      });
    },
  );

  test('says that nothing can be told where nobody answers small packets', patient, async () => {
    await using stage = await openSiteToLan();
    // Neither pings nor packets that end on the way are answered, though TCP gets through.
    const deaf =
      'table inet deaf { chain out { type filter hook output priority 0; meta l4proto icmp drop; }; }';
    for (const host of [stage.relay, stage.server, stage.colleague, stage.gateway])
      await host.run(['nft', '-f', '-'], { input: deaf });
    await diagnosed(stage, async (adit) => {
      const told = await diagnose(adit, 'office', '172.24.135.45');
      expect([told.wrong, told.notes]).toEqual([[], ['mtu-unknown']]);
    });
  });
});

describeInLab('a diagnosis of the way into a cluster', () => {
  test('tells a Service whose node does not masquerade from one that it does', patient, async () => {
    await using stage = await openFourClouds();
    await diagnosed(stage, async (adit) => {
      expect((await diagnose(adit, 'clouds', '10.43.0.80')).wrong).toEqual([]);
      expect((await diagnose(adit, 'clouds', '10.43.0.80:80')).wrong).toEqual([]);
      expect((await diagnose(adit, 'clouds', '10.42.1.10')).wrong).toEqual([]);
      await stage.masqueradeServices(false);
      for (const address of ['10.43.0.80', '10.43.0.80:80']) {
        const told = await diagnose(adit, 'clouds', address);
        expect(told.wrong).toEqual(['service-no-way-back']);
        expect(commandsOf(told)).toContainEqual(expect.stringMatching(/^gateway: iptables .*MASQUERADE/));
        expect(told.findings[0]?.hint).toContain('--cluster-cidr');
      }
      // The name server’s pod is on the node that is asked: it needs no masquerade.
      expect((await diagnose(adit, 'clouds', '10.43.0.10:53')).wrong).toEqual([]);
      // It says itself where nobody listens.
      expect((await diagnose(adit, 'clouds', '10.42.0.10:54')).wrong).toEqual(['port-refused']);
      expect((await diagnose(adit, 'clouds', '10.43.0.99')).wrong).toEqual(['service-port-unknown']);
      // Linux says once a second at most that there is no way, and now and then nothing: then whoever names a port is believed.
      expect(['service-port-unknown', 'service-times-out']).toContain(
        (await diagnose(adit, 'clouds', '10.43.0.99:80')).wrong.join(),
      );
    });
  });

  test(
    'tells pods that answer from Services that time out, and names whoever masquerades',
    patient,
    async () => {
      await using stage = await openFourClouds();
      await diagnosed(stage, async (adit) => {
        // As on nodes with a way to the whole internet: of an address that is a Service’s nobody says a word.
        await stage.nodes.aws.ip('route add blackhole 10.43.0.0/16');
        expect((await diagnose(adit, 'clouds', '10.43.0.80:80')).wrong).toEqual([]);
        await stage.masqueradeServices(false);
        const told = await diagnose(adit, 'clouds', '10.43.0.80:80');
        expect(told.wrong).toEqual(['service-times-out']);
        expect(told.findings[0]?.message).toMatch(/while 10\.42\.\d\.1 behind the same tunnel answers/);
        expect(told.findings[0]?.hint).toMatch(/--cluster-cidr.*bpf\.lbExternalClusterIP.*KILO-NAT/);
        expect(commandsOf(told)).toContainEqual(expect.stringMatching(/^gateway: .*cilium-config/));
        // With the pods out of reach too, Services are not the matter.
        for (const node of Object.values(stage.nodes)) await node.ip('address flush dev kube-bridge');
        expect((await diagnose(adit, 'clouds', '10.43.0.80:80')).wrong).toEqual(['service-port-unknown']);
      });
    },
  );
});

describeInLab('a diagnosis of a tunnel whose cluster is named', () => {
  test('says what the cluster knows of it', patient, async () => {
    await using stage = await openFourClouds();
    await diagnosed(stage, async (adit) => {
      const [nodes, peers] = [join(adit.home, 'nodes.json'), join(adit.home, 'peers.json')];
      const list = (items: readonly unknown[], kind: string): string =>
        JSON.stringify({
          kind: `${kind}List`,
          apiVersion: kind === 'Node' ? 'v1' : 'kilo.squat.ai/v1alpha1',
          items,
        });
      // All others have checked in an hour after gcp.
      const checkedIn = stage.clouds.map(({ name, wgKeys }, index) =>
        kiloNode(name, index + 1, {
          key: wgKeys.publicKey,
          'last-seen': String(now - (name === 'gcp' ? 3600 : 0)),
        }),
      );
      await writeFile(nodes, list(checkedIn, 'Node'));
      await writeFile(peers, list([kiloPeer('other')], 'Peer'));
      const words = ['clouds', '--nodes', nodes, '--peers', peers];
      expect((await diagnose(adit, ...words)).wrong).toEqual(['cluster-key-unknown', 'cluster-node-silent']);
      const publicKey = (await adit.status('clouds')).publicKey ?? '';
      await writeFile(peers, list([kiloPeer('laptop', { publicKey })], 'Peer'));
      // The profile has a preshared key for aws, as the seed has.
      const told = await diagnose(adit, ...words);
      expect(told.wrong).toEqual(['cluster-preshared-key', 'cluster-node-silent']);
      // A profile that was made of a cluster remembers which.
      await new KeptClusters(new ProfileStore(adit.home)).keep('clouds', {
        version: 1,
        source: { kind: 'files', paths: [nodes, peers] },
        ...{ peer: 'laptop', serviceCidrs: [], gateway: null, written: [] },
        ...{ granularity: null, topologyLabel: null },
      });
      expect((await diagnose(adit, 'clouds')).wrong).toEqual(told.wrong);
      await writeFile(nodes, '<html>');
      expect((await diagnose(adit, ...words)).notes).toContain('cluster-unread');
    });
  });
});

describeInLab('a diagnosis of packets that do not go into the tunnel', () => {
  test('says which link has them instead', patient, async () => {
    await using stage = await openSiteToLan();
    await diagnosed(stage, async (adit) => {
      await stage.client.ip(
        'link add docker0 type bridge',
        'link set docker0 up',
        'address add 172.24.135.33/27 dev docker0',
      );
      const told = await diagnose(adit, 'office', '172.24.135.45');
      expect(told.wrong).toEqual(['not-in-tunnel']);
      expect(told.findings[0]?.message).toContain('docker0');
      expect(commandsOf(told)).toContain('here: adit explain 172.24.135.45');
      // Without a name, nobody knows of which tunnel it was thought.
      expect((await diagnose(adit, '172.24.135.45')).wrong).toEqual(['not-in-tunnel']);
      expect(await diagnose(adit, '172.24.135.65')).toMatchObject({ tunnel: null, address: '172.24.135.65' });
      expect((await diagnose(adit, 'office', '198.51.100.1')).wrong).toEqual(['not-in-tunnel']);
    });
  });

  test(
    'says that the office is looked for at home, where both have the same addresses',
    patient,
    async () => {
      await using stage = await openSameSubnet();
      const { client, lab, profile } = stage;
      await using adit = await AditClient.start(client, lab.folder);
      await adit.import('office', profile.text);
      expect(await adit.fault('up', 'office')).toBe('route-taken');
      await adit.done('up', 'office', '--subtract');
      const told = await diagnose(adit, 'office', '172.24.135.45');
      expect(told.wrong).toEqual(['not-in-tunnel']);
      expect(told.findings[0]?.message).toContain('eth0');
    },
  );
});
