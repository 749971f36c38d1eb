import {
  exposeManifests,
  isNamespace,
  isServiceName,
  parsePorts,
} from '../../../../shared/cluster/manifests/expose.ts';
import { isHost } from '../../../../shared/cluster/manifests/free-address.ts';
import { readKiloPeers } from '../../../../shared/cluster/objects/kilo-peer.ts';
import type { KiloPeer } from '../../../../shared/cluster/objects/kilo-peer.ts';
import { itemsOf } from '../../../../shared/cluster/readings.ts';
import { FaultError } from '../../../../shared/fault.ts';
import type { Address } from '../../../../shared/network/address.ts';
import { networkOf } from '../../../../shared/network/prefix.ts';
import { printable } from '../../../backend/cluster/exec/plugin.ts';
import { OwnKeys } from '../../../backend/cluster/own-keys.ts';
import {
  asYaml,
  inForm,
  outputOption,
  readOutput,
  readSource,
  sourceOperands,
  sourceOptions,
} from '../../cluster-source.ts';
import { operandAt, valueOf } from '../../command.ts';
import type { Command, CommandContext } from '../../command.ts';
import { wrongUsage } from '../../parse.ts';
import { readHost } from '../../peer-options.ts';
import { wrongValue } from '../../wrong-value.ts';

/** `adit cluster expose PORT --as SERVICE` */
export const clusterExpose: Command = {
  name: 'cluster expose',
  operands: `PORT --as SERVICE [--peer NAME | --address ADDRESS] ${sourceOperands}`,
  arity: { least: 1, most: Infinity },
  summary: 'Print the Service by which Pods reach a port of this laptop',
  details: [
    'PORT is 8080, or 80:8080 for the Service’s port 80 and the laptop’s 8080; /udp behind it says so. Printed are a Service',
    'without a selector and its EndpointSlice: adit cluster expose 8080 --as my-app | kubectl apply -f -',
    'The address is that of this laptop’s Peer, or of the one that is named. What listens has to listen there, not on 127.0.0.1.',
  ],
  options: {
    as: { kind: 'value', placeholder: 'SERVICE', summary: 'The name that Pods dial' },
    namespace: {
      kind: 'value',
      short: 'n',
      placeholder: 'NAMESPACE',
      summary: 'Where it is made (default: that of whoever applies it)',
    },
    peer: { kind: 'value', placeholder: 'NAME', summary: 'The Peer whose address it is (default: ours)' },
    address: {
      kind: 'value',
      placeholder: 'ADDRESS',
      summary: 'The address in the tunnel; nothing is read then',
    },
    ...sourceOptions,
    output: outputOption,
  },
  async run(context) {
    const { given } = context;
    const output = readOutput(clusterExpose, given);
    const word = operandAt(given, 0);
    const ports = parsePorts(word);
    if (ports === null) throw wrongUsage(clusterExpose, `${JSON.stringify(word)} is no port.`);
    const service = valueOf(given, 'as');
    if (service === undefined) throw wrongUsage(clusterExpose, 'The name is missing: --as SERVICE.');
    const problem =
      'is no name that Kubernetes takes: a letter, then small letters, digits and dashes, 63 at the most';
    if (!isServiceName(service)) throw wrongValue('as', 'object-name-invalid', service, problem, 'my-app');
    const namespace = valueOf(given, 'namespace') ?? null;
    if (namespace !== null && !isNamespace(namespace))
      throw wrongValue('namespace', 'object-name-invalid', namespace, problem, 'default');
    const address = await addressFor(context);
    const manifests = exposeManifests({ service, namespace, address, ...ports });
    const documents = await Promise.all(manifests.map(asYaml));
    return inForm(output, {
      json: { apiVersion: 'v1', kind: 'List', items: manifests },
      text: documents.join('---\n'),
      verbatim: true,
    });
  },
};

/** @throws FaultError `kilo-peer-not-found`, `peer-ambiguous`, and those of reading */
async function addressFor(context: CommandContext): Promise<Address> {
  const { given } = context;
  const written = valueOf(given, 'address');
  const name = valueOf(given, 'peer') ?? null;
  if (written !== undefined) {
    if (name !== null) throw wrongUsage(clusterExpose, '--peer and --address say two different things.');
    return readHost('address', written);
  }
  const behindPort = { ...context, given: { ...given, operands: given.operands.slice(1) } };
  const readings = await readSource(clusterExpose, behindPort, { kinds: ['peers'], required: ['peers'] });
  const { peers } = readKiloPeers(itemsOf(readings, 'peers'), () => undefined);
  const peer = name === null ? await ownPeer(peers, context) : peers.find((other) => other.name === name);
  const own = peer?.allowedIps.find((cidr) => isHost(networkOf(cidr)));
  if (own !== undefined) return own.address;
  throw new FaultError({
    code: 'kilo-peer-not-found',
    message:
      peer === undefined
        ? `The cluster has no Peer ${JSON.stringify(name)} that Kilo takes.`
        : `The Peer ${printable(peer.name)} has no address of its own, only networks.`,
    hint: 'Name another, or write the address: --address 10.5.0.7.',
    command: 'adit cluster peer list',
  });
}

async function ownPeer(peers: readonly KiloPeer[], { places }: CommandContext): Promise<KiloPeer> {
  const own = await new OwnKeys(places.home).among(peers);
  const [first] = own;
  if (first !== undefined && own.length === 1) return first;
  const names = own.map(({ name }) => printable(name)).join(', ');
  throw new FaultError(
    first === undefined
      ? {
          code: 'kilo-peer-not-found',
          message: 'The cluster has no Peer of this laptop.',
          hint: '"adit cluster peer apply" makes one; or name one with --peer, or an address with --address.',
        }
      : {
          code: 'peer-ambiguous',
          message: `Several Peers of the cluster are ours: ${names}.`,
          hint: 'Say which: --peer NAME.',
        },
  );
}
