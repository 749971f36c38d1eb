import { relayPlan } from '../../../../shared/cluster/manifests/relay.ts';
import type { RelayPlan, RelayWish } from '../../../../shared/cluster/manifests/relay.ts';
import { parseInterfaceAddress } from '../../../../shared/network/prefix.ts';
import type { InterfaceAddress } from '../../../../shared/network/prefix.ts';
import {
  asYaml,
  meshOnly,
  readClusterOptions,
  readOutput,
  readSource,
  sourceOptions,
} from '../../cluster-source.ts';
import { has, valueOf } from '../../command.ts';
import type { Answer, Command, CommandContext, Given, Option } from '../../command.ts';
import { readPeerInterface } from '../../new-end.ts';
import { wrongUsage } from '../../parse.ts';
import { readHost, readMeshEndpoint, readPublicKey, requireObjectName } from '../../peer-options.ts';
import { wrongValue } from '../../wrong-value.ts';

/** What a command line says of a relay. */
export const relayOptions: Readonly<Record<string, Option>> = {
  name: { kind: 'value', placeholder: 'NAME', summary: 'What the relay’s Peer is called (default: relay)' },
  key: { kind: 'value', placeholder: 'KEY', summary: 'The relay’s public key' },
  address: {
    kind: 'value',
    placeholder: 'ADDRESS/LENGTH',
    summary: 'The relay’s address and the network of the laptops behind it, such as 10.200.200.2/24',
  },
  endpoint: {
    kind: 'value',
    placeholder: 'HOST:PORT',
    summary: 'Where nodes and laptops dial the relay',
  },
  'laptop-key': { kind: 'value', placeholder: 'KEY', summary: 'The laptop’s public key' },
  'laptop-address': {
    kind: 'value',
    placeholder: 'ADDRESS',
    summary: 'The laptop’s address in that network',
  },
  'peer-interface': {
    kind: 'value',
    placeholder: 'NAME',
    summary: 'The relay’s interface, in routes and rules (default: wg0)',
  },
  for: {
    kind: 'value',
    placeholder: 'cluster|relay|laptop',
    summary: 'Print the part of one only, as it is',
  },
  ...sourceOptions,
};

/** The three parts of `adit cluster manifest --relay`. */
export async function relayAnswer(command: Command, context: CommandContext): Promise<Answer> {
  const { given } = context;
  const wish = readRelay(command, given);
  const part = valueOf(given, 'for') ?? null;
  if (part !== null && part !== 'cluster' && part !== 'relay' && part !== 'laptop')
    throw wrongUsage(command, `There is no part for ${JSON.stringify(part)}.`);
  const output = readOutput(command, given);
  const options = readClusterOptions(command, given);
  const readings = await readSource(command, context, meshOnly);
  const plan = relayPlan(readings, options, wish, { serviceCidrs: [], gateway: null });
  if (output === 'yaml') return { json: plan, text: await asYaml(plan), verbatim: true };
  const yaml = await asYaml(plan.peer);
  const texts = { cluster: yaml, relay: plan.relay, laptop: plan.laptop };
  return {
    json: plan,
    text: part === null ? wholeText(plan, yaml, wish) : texts[part],
    verbatim: true,
    remarks:
      wish.laptop === null
        ? ['The relay does not know the laptop yet: --laptop-key and --laptop-address add it.']
        : [],
  };
}

function readRelay(command: Command, given: Given): RelayWish {
  const [key, address, endpoint] = ['key', 'address', 'endpoint'].map((option) => {
    const value = valueOf(given, option);
    if (value === undefined) throw wrongUsage(command, `With --relay, --${option} is missing.`);
    return value;
  });
  const laptopKey = valueOf(given, 'laptop-key');
  const laptopAddress = valueOf(given, 'laptop-address');
  if (has(given, 'laptop-key') !== has(given, 'laptop-address'))
    throw wrongUsage(command, '--laptop-key and --laptop-address go together.');
  if (laptopKey !== undefined && laptopKey === key)
    throw wrongUsage(
      command,
      'The relay and the laptop have a key each: --key and --laptop-key are the same.',
    );
  return {
    name: requireObjectName('name', valueOf(given, 'name') ?? 'relay'),
    publicKey: readPublicKey('key', key ?? ''),
    address: readAddress(address ?? ''),
    endpoint: readMeshEndpoint('endpoint', endpoint ?? ''),
    interface: readPeerInterface(given),
    laptop:
      laptopKey === undefined || laptopAddress === undefined
        ? null
        : {
            publicKey: readPublicKey('laptop-key', laptopKey),
            address: readHost('laptop-address', laptopAddress),
          },
  };
}

function readAddress(text: string): InterfaceAddress {
  const address = parseInterfaceAddress(text);
  if (address !== null) return address;
  throw wrongValue('address', 'address-malformed', text, 'is no address', '10.200.200.2/24');
}

function wholeText({ relay, routes, steps, laptop }: RelayPlan, yaml: string, wish: RelayWish): string {
  const comments = (lines: readonly string[]): string => lines.map((line) => `# ${line}\n`).join('');
  return [
    comments([`1. The Peer ${wish.name}, for the cluster: add "--for cluster | kubectl apply -f -"`]) + yaml,
    comments(['2. For the relay’s configuration, beside its own [Interface] (--for relay)']) + relay,
    comments([
      `   As root on the relay, where wg-quick does not make the routes of ${wish.interface}:`,
      ...routes.map((line) => `     ${line}`),
      ...steps.flatMap((step) => [`   ${step.reason}`, ...step.iptables.map((line) => `     ${line}`)]),
    ]),
    comments(['3. For the laptop’s profile (--for laptop)']) + laptop,
  ].join('\n');
}
