import { expect, test } from 'vitest';
import { HelperConnection } from '../../../electron/backend/helper-client/connection.ts';
import type { HelperResult } from '../../../shared/contract/helper/verbs.ts';
import { outerMark } from '../../../shared/network/plan/constants.ts';
import { callerSeenBy } from '../measure.ts';
import type { Host } from '../host.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';
import { commandsOf, diagnose, patient } from './told.ts';

async function opened(
  lines: readonly string[],
  work: (adit: AditClient, stage: FullTunnel) => Promise<void>,
): Promise<void> {
  await using stage = await openFullTunnel();
  const { client, lab, profile } = stage;
  await client.ip(...lines);
  await client.settled();
  await using adit = await AditClient.start(client, lab.folder);
  await adit.import('home', profile.text);
  await adit.import('office', only(stage, '10.43.0.0/16'));
  await adit.import('six', only(stage, '::/0').replace(/^Address = .*$/m, 'Address = fd77::1/128'));
  await work(adit, stage);
}

/** A profile like the scenario's, into which only these prefixes are routed. */
function only({ profile }: FullTunnel, allowedIps: string): string {
  return profile.text.replace(/^AllowedIPs = .*$/m, `AllowedIPs = ${allowedIps}`);
}

/** What the plan says of conflicts: severity, code, and whose. */
async function conflicts(adit: AditClient, name: string): Promise<string[]> {
  const { value } = await adit.json('plan', name);
  return (value as HelperResult<'plan'>).conflicts.map(
    ({ severity, code, owner }) => `${severity} ${code}: ${owner.kind} ${owner.name}`,
  );
}

/** By which interface the kernel sends packets to an address; null where it lets none go. */
async function carrierIn(client: Host, address: string): Promise<string | null> {
  const { stdout } = await client.run(['ip', 'route', 'get', address], { allowFailure: true });
  return / dev (\S+)/.exec(stdout)?.[1] ?? null;
}

const otherVpn = ['tuntap add tun8 mode tun', 'link set tun8 up', 'address add 10.8.0.2/32 dev tun8'];

describeInLab('another VPN’s full tunnel', () => {
  test(
    'by a default route of a low metric stops ours, and the diagnosis names where it leaves',
    patient,
    async () => {
      const ways = ['route del default', 'route add default via 192.168.1.1 metric 100'];
      await opened(
        [...otherVpn, ...ways, 'route add default dev tun8 metric 50'],
        async (adit, { client }) => {
          const [first = '', ...more] = await conflicts(adit, 'home');
          expect(first).toBe('error full-tunnel-twice: vpn tun8');
          expect(new Set(more)).toEqual(new Set([first]));
          expect(await adit.fault('up', 'home')).toBe('full-tunnel-twice');
          expect(await conflicts(adit, 'office')).toEqual([]);

          await adit.done('up', 'home', '--accept', 'full-tunnel-twice');
          expect(await carrierIn(client, '198.51.100.80')).toBe('home');
          const told = await diagnose(adit, 'home');
          expect(told.wrong).toContain('endpoint-behind-vpn');
          expect(told.findings.map(({ message }) => message).join(' ')).toContain('leave by tun8');
          expect(commandsOf(told)).toContain(`here: adit explain 203.0.113.10 --mark ${outerMark}`);
        },
      );
    },
  );

  test('in a table of its own, as wg-quick makes it, stops ours', async () => {
    const table = ['route add default dev tun8 table 51820', 'rule add not fwmark 51820 table 51820'];
    const rules = [...table, 'rule add table main suppress_prefixlength 0'];
    await opened([...otherVpn, ...rules], async (adit) => {
      expect(new Set(await conflicts(adit, 'home'))).toEqual(new Set(['error full-tunnel-twice: vpn tun8']));
      expect(await conflicts(adit, 'office')).toEqual([]);
    });
  });
});

describeInLab('this machine’s own addresses, which Linux asks for behind our rules', () => {
  test('stay its own while a full tunnel is up, and nothing of ours is left behind', async () => {
    const moved = ['rule add pref 32765 lookup local', 'rule del pref 0 lookup local'];
    await opened(moved, async (adit, { client }) => {
      const before = await networkSnapshot(client);
      const { value } = await adit.json('plan', 'home');
      expect((value as HelperResult<'plan'>).steps.join('\n')).toContain('IPv4 rule 29997: table 255');
      await adit.done('up', 'home', '--wait=20');
      expect(await carrierIn(client, '127.0.0.1')).toBe('lo');
      expect(await carrierIn(client, '192.168.1.11')).toBe('lo');
      expect(await callerSeenBy(client, 'http://198.51.100.80/')).toBe('203.0.113.10');
      await adit.done('down', 'home');
      expect(difference(before, await networkSnapshot(client))).toEqual({ gone: [], added: [] });
    });
  });
});

describeInLab('a network that somebody’s rule keeps', () => {
  test('is shadowed and not taken, and a table to which no rule leads is nobody’s', async () => {
    const unused = ['route add 10.43.0.0/16 dev tun8 table 77'];
    await opened([...otherVpn, ...unused], async (adit, { client }) => {
      expect(await conflicts(adit, 'office')).toEqual([]);
      await client.ip('route add 10.43.0.0/16 dev tun8 table 52', 'rule add pref 5270 lookup 52');
      expect(await conflicts(adit, 'office')).toEqual(['error route-shadowed: vpn tun8']);
      await adit.done('up', 'office', '--accept', 'route-shadowed');
      expect(await carrierIn(client, '10.43.0.9')).toBe('tun8');
      const [warning] = (await adit.status('office')).warnings;
      expect(warning?.message).toContain('nothing of it would go into the tunnel');
      await client.ip('rule del pref 5270');
      expect(await carrierIn(client, '10.43.0.9')).toBe('office');
    });
  });
});

describeInLab('a route that refuses', () => {
  test.each([
    ['a less specific range', 'unreachable 10.0.0.0/8 metric 9999'],
    ['the very range', 'blackhole 10.43.0.0/16'],
  ])('%s: stops the tunnel, and the diagnosis names it', patient, async (_, refusing) => {
    await opened([`route add ${refusing}`], async (adit, { client }) => {
      const [first, ...more] = await conflicts(adit, 'office');
      expect(first).toContain(`error route-shadowed: refusal ${refusing.split(' ').slice(0, 2).join(' ')}`);
      expect(more).toEqual([]);
      expect(await adit.fault('up', 'office')).toBe('route-shadowed');
      await adit.done('up', 'office', '--accept', 'route-shadowed');
      expect(await carrierIn(client, '10.43.0.1')).toBeNull();
      const told = await diagnose(adit, 'office');
      expect(told.wrong).toContain('not-in-tunnel');
      const found = told.findings.find(({ code }) => code === 'not-in-tunnel');
      expect(found?.message).toContain(refusing.split(' ')[0]);
    });
  });

  test('for everything of IPv6 stops a tunnel for that', async () => {
    const refusing = 'unreachable default dev lo metric 4294967295';
    await opened([], async (adit, { client }) => {
      await client.run(['ip', '-6', 'route', 'add', ...refusing.split(' ')]);
      expect(await conflicts(adit, 'six')).toEqual([
        'error route-shadowed: refusal unreachable default (::/0) table main metric 4294967295',
      ]);
      await adit.done('up', 'six', '--accept', 'route-shadowed');
      expect(await carrierIn(client, '2001:db8::1')).toBeNull();
    });
  });
});

describeInLab('explain', () => {
  test('says what the kernel says of odd routes, rules and addresses', patient, async () => {
    const owner = 0;
    await opened(otherVpn, async (adit, { client }) => {
      await client.shell(oddTables);
      await adit.done('up', 'office');
      const helper = await HelperConnection.open(adit.socket);
      const questions = [0, outerMark].flatMap((mark) => oddAddresses.map((address) => ({ address, mark })));
      for (const { address, mark } of questions) {
        const found = await helper.ask('explain', { destination: address, mark });
        const ask = ['ip', '-N', '-j', 'route', 'get', address, 'mark', String(mark), 'uid', String(owner)];
        const { stdout } = await client.run(ask, { allowFailure: true });
        const [way] = (stdout.trim() === '' ? [] : JSON.parse(stdout)) as KernelRoute[];
        const { interface: device, gateway, source } = found;
        expect({ device, gateway, source }, `${address} mark ${mark}: ${found.verdict}`).toEqual({
          device: way?.dev ?? null,
          gateway: way?.gateway ?? way?.via?.host ?? null,
          source: way?.prefsrc ?? null,
        });
        if (device === null) expect(found.verdict).toMatch(/refused by a|No route leads/);
        else expect(found.verdict).not.toContain('refused');
      }
      helper.close();
    });
  });
});

/** What `ip -N -j route get` prints, as far as it is compared. */
interface KernelRoute {
  readonly dev: string;
  readonly gateway?: string;
  readonly via?: { readonly host: string };
  readonly prefsrc?: string;
}

/** Error routes, several next hops, nexthop objects, service classes, sources, and somebody's rules. */
const oddTables = `
ip address add fd99::5/64 dev eth0 nodad
ip -6 route add default via fd99::1
ip -batch - <<'END'
nexthop add id 1 via 192.168.1.4 dev eth0
nexthop add id 2 via 192.168.1.6 dev eth0
nexthop add id 3 group 1/2
nexthop add id 4 blackhole
route add 10.60.0.0/16 nexthop via 192.168.1.2 dev eth0 nexthop via 192.168.1.3 dev eth0
route add 10.61.0.0/16 nhid 3
route add 10.62.0.0/16 nhid 4
route add 10.63.0.0/16 tos 0x10 dev tun8
route add 10.64.0.0/16 via inet6 fd99::8 dev eth0
route add blackhole 10.65.0.0/16
route add unreachable 10.66.0.0/16
route add prohibit 10.67.0.0/16
route add throw 10.68.0.0/16
route add 10.69.0.0/16 dev tun8 table 77
rule add pref 100 to 10.69.0.0/17 lookup 77
rule add pref 101 to 10.69.128.0/17 prohibit
rule add pref 102 lookup 77 suppress_ifgroup default
rule add pref 103 uidrange 5-9 lookup 77
END
ip -6 -batch - <<'END'
nexthop add id 64 blackhole
route add fd60::/16 nexthop via fd99::2 nexthop via fd99::3
route add fd61::/16 nhid 64
route add fd62::/16 from fd99::/64 dev tun8
route add fd63::/16 from fd99::/64 dev tun8
route add fd63::/16 via fd99::4
route add blackhole fd65::/16
route add unreachable fd66::/16
route add prohibit fd67::/16
route add throw fd68::/16
END
`;

const oddAddresses = [
  ...Array.from({ length: 13 }, (_, index) => `10.${58 + index}.${index * 17}.9`),
  ...Array.from({ length: 6 }, (_, index) => `10.60.${index}.1`),
  ...Array.from({ length: 6 }, (_, index) => `10.61.${index}.1`),
  ...['10.69.200.1', '10.43.3.4', '0.0.0.0', '255.255.255.255', '224.0.0.5', '239.1.2.3', '127.0.0.1'],
  ...['192.168.1.0', '192.168.1.255', '192.168.1.11', '10.200.200.11', '10.8.0.2', '203.0.113.10'],
  ...Array.from({ length: 9 }, (_, index) => `fd${60 + index}::9`),
  ...['fd60::1:1', 'fd60::2:7', 'fd99::5', 'fd99::77', '2001:db8::1', '::1'],
];
