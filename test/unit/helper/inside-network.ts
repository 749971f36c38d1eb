/**
 * Runs in a network namespace of its own, and tells what becomes of a host when the plan is carried out, spoilt, repaired and
 * undone by the helper's own steps.
 */
import { observe, presentAmong } from '../../../electron/helper/network/observe.ts';
import { performRouting, performSettings } from '../../../electron/helper/network/perform.ts';
import { routesTo, mtusOfRoutesTo } from '../../../electron/helper/network/routes-to.ts';
import { Programs } from '../../../electron/helper/system/programs.ts';
import { run } from '../../../electron/helper/system/run.ts';
import { outerMark } from '../../../shared/network/plan/constants.ts';
import { desiredNetwork } from '../../../shared/network/plan/desired.ts';
import { differenceOf } from '../../../shared/network/plan/difference.ts';
import type { Change } from '../../../shared/network/plan/difference.ts';
import { resourceIdentity } from '../../../shared/network/plan/resources.ts';
import type { Resource } from '../../../shared/network/plan/resources.ts';
import { planned } from '../plan/tunnels.ts';

const programs = new Programs(true);
const ip = programs.path('ip');

async function ipBatch(...lines: string[]): Promise<void> {
  await run(ip, ['-batch', '-'], { input: `${lines.join('\n')}\n` });
}

async function snapshot(): Promise<string[]> {
  const words = [
    ['-4', 'route', 'show', 'table', 'all'],
    ['-6', 'route', 'show', 'table', 'all'],
    ['-4', 'rule'],
    ['-6', 'rule'],
    ['-br', 'addr'],
  ];
  const parts = await Promise.all(words.map(async (args) => (await run(ip, args)).stdout));
  const firewall = await run(programs.path('nft'), ['list', 'ruleset']);
  const { stdout } = await run('/sbin/sysctl', ['net.ipv4.conf.all.src_valid_mark']);
  return [...parts, firewall.stdout, stdout]
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '');
}

async function perform(changes: readonly Change[]): Promise<void> {
  const earlier = new Map([['net.ipv4.conf.all.src_valid_mark', '0']]);
  await performSettings(changes, earlier, programs);
  await performRouting(changes, programs);
}

async function missing(wanted: readonly Resource[]): Promise<Change[]> {
  return differenceOf(wanted, await presentAmong(wanted, await observe(['home', 'office'], programs)));
}

function words(changes: readonly Change[]): string[] {
  return changes.map(({ kind, resource }) => `${kind} ${resourceIdentity(resource)}`);
}

await ipBatch(
  'link set lo up',
  'link add home type veth peer name far0',
  'link add office type veth peer name far1',
  'link add eth0 type veth peer name far2',
  // Without link-local addresses, which come when they like.
  ...['home', 'office', 'far0', 'far1', 'eth0', 'far2'].flatMap((name) => [
    `link set ${name} addrgenmode none`,
    `link set ${name} up`,
  ]),
  'address add 192.168.1.5/24 dev eth0',
  'route add default via 192.168.1.1',
  'route add 198.51.100.0/24 via 192.168.1.1 mtu 1300',
  // A stranger's rules: one at a priority of ours, one much like ours.
  'rule add priority 30257 fwmark 9 lookup 100',
  'rule add priority 29000 not fwmark 51820 lookup 51820',
);

const plan = desiredNetwork([
  planned({
    addresses: ['10.200.200.11/24', 'fd00::11/64'],
    prefixes: ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1', '0.0.0.0/0', '10.42.1.7/32'],
    endpoints: ['203.0.113.2'],
  }),
  planned({
    interface: 'office',
    addresses: ['10.4.0.9/32'],
    prefixes: ['0.0.0.0/0', 'fd00:42::/32'],
    order: 2,
  }),
]).filter(({ kind }) => kind !== 'link');
const make = plan.map((resource): Change => ({ kind: 'make', resource }));
const remove = [...make].reverse().map(({ resource }): Change => ({ kind: 'remove', resource }));

const before = await snapshot();
await perform(make);
const missingAfterMaking = words(await missing(plan));
const ways = await Promise.all(
  [0, outerMark].map(async (mark) =>
    (await routesTo(['203.0.113.2:51820', '198.51.100.9:1', '[2001:db8::2]:1'], mark, programs)).map(
      ({ destination, device }) => `${destination} by ${device ?? ''}`,
    ),
  ),
);
const mtus = await mtusOfRoutesTo(['203.0.113.2:51820', '198.51.100.9:1'], outerMark, programs);

await ipBatch(
  'route del 10.42.1.7/32 dev home table 548208672',
  'rule del priority 30254',
  'address del 10.4.0.9/32 dev office',
);
await run(programs.path('nft'), ['flush', 'ruleset']);
const damage = await missing(plan);
await perform(damage);
const missingAfterRepair = words(await missing(plan));

await perform(remove);
const after = await snapshot();
const again = await perform(remove).then(
  () => 'no failure',
  (error: unknown) => String(error),
);
const addresses = make.filter(({ resource }) => resource.kind === 'address');
const refused = await perform([...addresses, ...addresses]).then(
  () => 'taken',
  (error: unknown) => (error as { fault?: { code: string } }).fault?.code ?? String(error),
);

console.log(
  JSON.stringify({
    missingAfterMaking,
    ways,
    mtus,
    damage: words(damage),
    missingAfterRepair,
    gone: before.filter((line) => !after.includes(line)),
    added: after.filter((line) => !before.includes(line)),
    again,
    refused,
  }),
);
