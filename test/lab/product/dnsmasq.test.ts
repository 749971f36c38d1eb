import { expect, test } from 'vitest';
import { Dnsmasq, whyNoDnsmasq } from '../dnsmasq.ts';
import { NetworkManagerDaemon, networkManagerPackages } from '../network-manager.ts';
import { addPackages, whyNoPackages } from '../packages.ts';
import { DNS_SERVICE } from '../scenarios/cloud.ts';
import type { NameServing } from '../services.ts';
import { difference } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { addressOf, clusterDomains, clusterName, everything, lanName, nameOf, openNames } from './names.ts';
import type { NamesStage } from './names.ts';
import { resolverKinds, toldByDhcp, uplink } from './resolvers.ts';

const nothing = { gone: [], added: [] };
const noDnsmasq = whyNoDnsmasq();

/** The name servers of LAN and cluster, both real. */
interface Servers {
  readonly serve: NameServing;
  readonly lan: () => Dnsmasq;
  readonly cluster: () => Dnsmasq;
}

/** Name servers that know some names, and say of all others that there are none: what either is asked amiss stays unanswered. */
function newServers(): Servers {
  const started = new Map<string, Dnsmasq>();
  const of = (host: string): Dnsmasq => {
    const server = started.get(host);
    if (server === undefined) throw new Error(`no dnsmasq on ${host}`);
    return server;
  };
  return {
    serve: async (host, names) => {
      const words = ['--no-resolv', '--local=/#/'];
      started.set(host.name, await Dnsmasq.start(host, { names, words }));
    },
    lan: () => of('router'),
    cluster: () => of('aws-pod'),
  };
}

/** The names that a server was asked for, each once, in the order of the alphabet. */
async function askedOf(server: Dnsmasq): Promise<string[]> {
  return [...new Set((await server.questions()).map(({ name }) => name))].sort();
}

/** Whether a name is the cluster's, by its domains. */
function isOfCluster(name: string): boolean {
  return /(^|\.)(cluster\.local|43\.10\.in-addr\.arpa)$/.test(name);
}

const reverseOf = (address: string): string => `${address.split('.').reverse().join('.')}.in-addr.arpa`;

describeInLab(`names with a real dnsmasq on both ends ${noDnsmasq ?? ''}`, () => {
  for (const kind of resolverKinds) {
    const { splitBackend, missing } = kind;
    test.skipIf(noDnsmasq !== null || missing !== null)(
      `are asked of the right one, and of it alone, by ${splitBackend} ${missing ?? ''}`,
      async () => {
        const servers = newServers();
        let daemon: AsyncDisposable | null = null;
        await using names = await openNames(async (laptop) => {
          daemon = await kind.start(laptop);
        }, servers.serve);
        await using _ = daemon as unknown as AsyncDisposable;
        const { laptop, adit } = names;
        await adit.done('set', 'clouds', clusterDomains);
        await adit.done('up', 'clouds', '--wait=20');
        expect((await adit.status('clouds')).dns).toMatchObject({ backend: splitBackend, mode: 'split' });

        expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
        expect(await nameOf(laptop, clusterName.address)).toBe(clusterName.name);
        expect(await addressOf(laptop, 'nobody.default.svc.cluster.local.')).toBeNull();
        expect(await nameOf(laptop, '10.43.77.77')).toBeNull();
        expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
        expect(await nameOf(laptop, lanName.address)).toBe(lanName.name);
        expect(await addressOf(laptop, 'nobody.corp.')).toBeNull();
        expect(await nameOf(laptop, '10.44.0.80')).toBeNull();

        expect(await askedOf(servers.cluster())).toEqual(
          [
            reverseOf('10.43.77.77'),
            reverseOf(clusterName.address),
            'nobody.default.svc.cluster.local',
            clusterName.name,
          ].sort(),
        );
        const ofLan = await askedOf(servers.lan());
        expect(ofLan.filter(isOfCluster)).toEqual([]);
        expect(ofLan).toEqual(
          expect.arrayContaining([
            lanName.name,
            'nobody.corp',
            reverseOf(lanName.address),
            reverseOf('10.44.0.80'),
          ]),
        );
        await adit.done('down', 'clouds');
      },
    );
  }
});

/** Four clouds with real name servers, and a dnsmasq on the laptop that answers its programs and asks the LAN's. */
interface OwnStage extends AsyncDisposable {
  readonly names: NamesStage;
  readonly servers: Servers;
  readonly local: Dnsmasq;
}

/** @param conf the laptop's resolv.conf. The names of the cluster's nodes are in no file: name servers have to be asked. */
async function openOwn(conf: string, words: readonly string[]): Promise<OwnStage> {
  const servers = newServers();
  let local: Dnsmasq | null = null;
  const names = await openNames(async (laptop) => {
    await laptop.write('/etc/resolv.conf', conf);
    await laptop.shell("sed -i '/\\.com$/d' /etc/hosts");
    local = await Dnsmasq.start(laptop, { words });
  }, servers.serve);
  const started = local as unknown as Dnsmasq;
  return {
    names,
    servers,
    local: started,
    [Symbol.asyncDispose]: async () => {
      await started[Symbol.asyncDispose]();
      await names[Symbol.asyncDispose]();
    },
  };
}

const loopbackOnly = ['--listen-address=127.0.0.1', '--bind-interfaces'];
const itsOwnServers = ['--no-resolv', '--server=192.168.1.1'];
const endpoints = ['aliyun.com', 'aws.com', 'azure.com', 'gcp.com'];

describeInLab(`names with a real dnsmasq as the machine’s own ${noDnsmasq ?? ''}`, () => {
  test.skipIf(noDnsmasq !== null)('the cluster’s pass it by, and all others are its own still', async () => {
    await using stage = await openOwn('search home.lan\nnameserver 127.0.0.1\n', [
      ...loopbackOnly,
      ...itsOwnServers,
    ]);
    const { names, servers, local } = stage;
    const { laptop, adit } = names;
    const before = await everything(laptop);
    await adit.done('set', 'clouds', clusterDomains);
    await adit.done('up', 'clouds', '--wait=20');
    expect((await adit.status('clouds')).dns.backend).toBe('plain-file+forwarder');
    expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
    expect(await nameOf(laptop, clusterName.address)).toBe(clusterName.name);
    expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
    const cluster = [reverseOf(clusterName.address), clusterName.name].sort();
    expect(await askedOf(servers.cluster())).toEqual(cluster);
    expect(await askedOf(local)).toEqual([...endpoints, lanName.name].sort());
    expect(await askedOf(servers.lan())).toEqual([...endpoints, lanName.name].sort());

    await adit.done('down', 'clouds');
    expect(difference(before, await everything(laptop))).toEqual(nothing);
    expect(await addressOf(laptop, clusterName.name)).toBeNull();
    expect(await askedOf(servers.cluster())).toEqual(cluster);
  });

  test.skipIf(noDnsmasq !== null)(
    'all pass it by where no domain is named, but the endpoints’, when the tunnel is dead too',
    async () => {
      await using stage = await openOwn('nameserver 127.0.0.1\n', [...loopbackOnly, ...itsOwnServers]);
      const { names, servers, local } = stage;
      const { laptop, adit } = names;
      const before = await everything(laptop);
      await adit.done('up', 'clouds', '--wait=20');
      expect((await adit.status('clouds')).dns).toMatchObject({ backend: 'plain-file', mode: 'all' });
      expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
      expect(await addressOf(laptop, lanName.name)).toBeNull();
      expect(await askedOf(servers.lan())).toEqual(endpoints);

      const asked = async (): Promise<number> =>
        (await local.questions()).filter(({ name }) => name === 'aws.com').length;
      const askedAtFirst = await asked();
      await names.stage.plugIn('aws', false);
      await using _ = laptop.start(['ping', '-n', '-q', DNS_SERVICE]);
      // It owes an answer for 15 s before its name is looked up again.
      await expect.poll(asked, { timeout: 60_000, interval: 500 }).toBeGreaterThan(askedAtFirst);
      expect(await askedOf(local)).toEqual(endpoints);

      await adit.done('down', 'clouds');
      expect(difference(before, await everything(laptop))).toEqual(nothing);
      expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
    },
  );

  test.skipIf(noDnsmasq !== null)(
    'do not go round and round where it takes its servers from /etc/resolv.conf, in which the forwarder is',
    async () => {
      await using stage = await openOwn('nameserver 127.0.0.1\nnameserver 192.168.1.1\n', loopbackOnly);
      const { names, servers, local } = stage;
      const { laptop, adit } = names;
      const before = await everything(laptop);
      await adit.done('set', 'clouds', clusterDomains);
      await adit.done('up', 'clouds', '--wait=20');
      await local.says(/using nameserver 127\.20\.53\.1#53/);
      // Who would end it with an answer is gone.
      await servers.lan()[Symbol.asyncDispose]();
      // As programs do it: both families at once, of one server after the other.
      expect(await addressOf(laptop, 'nobody.corp.')).toBeNull();
      const rounds = local.log.filter((line) => / query\[A+\] nobody\.corp /.test(line));
      expect(rounds.length).toBeGreaterThan(0);
      expect(rounds.length).toBeLessThan(40);
      expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);

      await servers.serve(names.stage.router, { [lanName.name]: lanName.address });
      expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
      expect((await askedOf(servers.lan())).filter(isOfCluster)).toEqual([]);
      await adit.done('down', 'clouds');
      expect(difference(before, await everything(laptop))).toEqual(nothing);
    },
  );

  test.skipIf(noDnsmasq !== null)(
    'cannot go apart where it listens at every address: that is said, and nothing is left',
    async () => {
      await using stage = await openOwn('nameserver 127.0.0.1\n', itsOwnServers);
      const { laptop, adit } = stage.names;
      const before = await everything(laptop);
      await adit.done('set', 'clouds', clusterDomains);
      expect((await adit.json('up', 'clouds')).value).toMatchObject({
        error: { code: 'forwarder-failed', hint: expect.stringContaining('bind-dynamic') as string },
      });
      expect(difference(before, await everything(laptop))).toEqual(nothing);
      expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
    },
  );

  test.skipIf(noDnsmasq !== null)('go apart beside it where it binds address by address', async () => {
    await using stage = await openOwn('nameserver 127.0.0.1\n', ['--bind-dynamic', ...itsOwnServers]);
    const { laptop, adit } = stage.names;
    await adit.done('set', 'clouds', clusterDomains);
    await adit.done('up', 'clouds', '--wait=20');
    expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
    expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
    await adit.done('down', 'clouds');
  });
});

const noResolvconf = await whyNoPackages('resolvconf', 'dnsmasq');
const noNetworkManager = await whyNoPackages(...networkManagerPackages);

describeInLab('names where another program has put a dnsmasq of the machine’s own before all servers', () => {
  /** Where only a machine's own name server is in /etc/resolv.conf, and another program tells it whom to ask. */
  async function goApart(names: NamesStage, servers: Servers, reason: string): Promise<void> {
    const { laptop, adit } = names;
    const before = await everything(laptop);
    await adit.done('set', 'clouds', clusterDomains);
    await adit.done('up', 'clouds', '--wait=20');
    expect((await adit.status('clouds')).dns).toMatchObject({ backend: 'plain-file+forwarder' });
    expect((await adit.status('clouds')).dns.reason).toContain(reason);
    expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
    expect(await nameOf(laptop, clusterName.address)).toBe(clusterName.name);
    expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
    expect((await askedOf(servers.lan())).filter(isOfCluster)).toEqual([]);
    expect((await askedOf(servers.cluster())).every(isOfCluster)).toBe(true);
    await adit.done('down', 'clouds');
    expect(difference(before, await everything(laptop))).toEqual(nothing);
    expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
  }

  test.skipIf(noDnsmasq !== null || noResolvconf !== null)(
    `Debian’s resolvconf: they go apart by the file ${noResolvconf ?? ''}`,
    async () => {
      const servers = newServers();
      let local: Dnsmasq | null = null;
      await using names = await openNames(async (laptop) => {
        await addPackages(laptop, 'resolvconf', 'dnsmasq');
        await laptop.shell(toldByDhcp.resolvconf);
        // As its service does.
        await laptop.shell('echo nameserver 127.0.0.1 | resolvconf -a lo.dnsmasq');
        local = await Dnsmasq.start(laptop, {
          words: [...loopbackOnly, '--resolv-file=/run/dnsmasq/resolv.conf'],
        });
      }, servers.serve);
      await using _ = local as unknown as Dnsmasq;
      await goApart(names, servers, 'resolvconf writes /etc/resolv.conf, with a name server of this machine');
    },
  );

  test.skipIf(noDnsmasq !== null || noNetworkManager !== null)(
    `NetworkManager with dns=dnsmasq: they go apart by the file ${noNetworkManager ?? ''}`,
    async () => {
      const servers = newServers();
      let manager: NetworkManagerDaemon | null = null;
      await using names = await openNames(async (laptop) => {
        manager = await NetworkManagerDaemon.start(laptop, uplink, 'dnsmasq');
        await expect
          .poll(() => laptop.read('/etc/resolv.conf').catch(String), { timeout: 20_000 })
          .toContain('nameserver 127.0.0.1');
      }, servers.serve);
      await using _ = manager as unknown as NetworkManagerDaemon;
      await goApart(
        names,
        servers,
        'NetworkManager writes /etc/resolv.conf, with a name server of this machine',
      );
    },
  );
});
