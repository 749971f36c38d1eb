import { clusterOf } from '../../../../shared/cluster/cluster.ts';
import type { Cluster } from '../../../../shared/cluster/cluster.ts';
import { FaultError } from '../../../../shared/fault.ts';
import type { Fault, FaultCode } from '../../../../shared/fault.ts';
import { printable } from '../../../backend/cluster/exec/plugin.ts';
import { OwnKeys } from '../../../backend/cluster/own-keys.ts';
import { requestPeer } from '../../../backend/cluster/peers/request.ts';
import {
  asYaml,
  inForm,
  meshAndServices,
  outputOption,
  readClusterOptions,
  readOutput,
  readSource,
  sourceOperands,
  sourceOptions,
} from '../../cluster-source.ts';
import { has } from '../../command.ts';
import type { Command, CommandContext } from '../../command.ts';
import { peerOptions, readPeerWish } from '../../peer-options.ts';

/** Why a cluster cannot be read by those who have no rights there, or no way to it: reasons to ask somebody else. */
const unreadable: ReadonlySet<Fault['code']> = new Set<FaultCode>([
  'kubeconfig-missing',
  'api-forbidden',
  'api-unauthorized',
  'client-certificate-expired',
  'api-unreachable',
  'api-timeout',
]);

const whoHasWhat = 'kubectl get peers.kilo.squat.ai -o yaml | grep -A9 allowedIPs';

/** `adit cluster request` */
export const clusterRequest: Command = {
  name: 'cluster request',
  operands: sourceOperands,
  arity: { least: 0, most: Infinity },
  summary: 'Make a key here and print the Peer for it, for an administrator or for Git',
  details: [
    'What is printed has the public key only. Once it is applied, "adit cluster import --peer NAME --as PROFILE" joins it to the',
    'private key, which is kept here. Where the cluster can be read the address is free there; where it cannot, name one, or',
    'one of 10.5.0.0/16 is taken by chance, and marked as not checked.',
    'With -o the Peer is what "manifest" holds, beside its address and whether that is checked; without, it can be applied as it is.',
  ],
  options: { ...peerOptions, ...sourceOptions, output: outputOption },
  async run(context) {
    const { given, places } = context;
    const output = readOutput(clusterRequest, given);
    const wish = await readPeerWish(given, places.home);
    const read = await readIfAllowed(context);
    const { manifest, isAddressChecked } = await requestPeer(read.cluster, wish, new OwnKeys(places.home));
    const { name } = manifest.metadata;
    const unchecked =
      read.reason === null
        ? []
        : [
            `The address is not checked: the cluster could not be read (${read.reason.code}).`,
            `Before it is applied, see that nobody has it: ${whoHasWhat}`,
          ];
    const { publicKey, allowedIPs: addresses } = manifest.spec;
    return inForm(output, {
      json: { name, publicKey, addresses, isAddressChecked, manifest },
      text: [
        ...['A Peer of Kilo. It holds no secret.', ...unchecked].map((line) => `# ${line}\n`),
        await asYaml(manifest),
      ].join(''),
      verbatim: true,
      remarks: [
        ...unchecked,
        ...(read.reason === null ? [] : [printable(read.reason.message)]),
        'Who runs the cluster applies what is printed: kubectl apply -f FILE',
        `Then: adit cluster import --peer ${name} --as ${name}`,
      ],
    });
  },
};

/** What can be read of the cluster, or why nothing can. */
async function readIfAllowed(
  context: CommandContext,
): Promise<
  { readonly cluster: Cluster; readonly reason: null } | { readonly cluster: null; readonly reason: Fault }
> {
  const options = readClusterOptions(clusterRequest, context.given);
  try {
    const readings = await readSource(clusterRequest, context, meshAndServices);
    return { cluster: clusterOf(readings, options), reason: null };
  } catch (error) {
    // A kubeconfig that somebody names has to be there.
    const isNamed = has(context.given, 'kubeconfig') || has(context.given, 'context');
    const isMissing = error instanceof FaultError && error.fault.code === 'kubeconfig-missing';
    if (error instanceof FaultError && unreadable.has(error.fault.code) && !(isNamed && isMissing))
      return { cluster: null, reason: error.fault };
    throw error;
  }
}
