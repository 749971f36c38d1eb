import { clusterOf } from '../../../shared/cluster/cluster.ts';
import type { Cluster } from '../../../shared/cluster/cluster.ts';
import type { ClusterSource } from '../../backend/cluster/kept.ts';
import { parseDestination } from '../../../shared/diagnosis/diagnosis.ts';
import type { Destination } from '../../../shared/diagnosis/probe.ts';
import { diagnose as findOut } from '../../backend/diagnosis/diagnose.ts';
import { HelperConnection } from '../../backend/helper-client/connection.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { isOfMesh } from '../../backend/cluster/kept.ts';
import { chooseSource, meshOnly, readFrom, sourceOptions } from '../cluster-source.ts';
import { clusterPlaces } from '../cluster-places.ts';
import { has } from '../command.ts';
import type { Command, CommandContext, Option } from '../command.ts';
import { wrongUsage } from '../parse.ts';
import { diagnosisText } from '../text/diagnosis.ts';

/** Those of the options that name a cluster which go with a tunnel. */
const clusterOptions: Readonly<Record<string, Option>> = Object.fromEntries(
  ['kubeconfig', 'context', 'allow-exec', 'nodes', 'peers'].flatMap((name) => {
    const option = sourceOptions[name];
    return option === undefined ? [] : [[name, option]];
  }),
);

/** `adit diagnose [NAME] [ADDRESS]` */
export const diagnose: Command = {
  name: 'diagnose',
  operands: '[NAME] [ADDRESS]',
  arity: { least: 0, most: 2 },
  summary: 'Find out what is wrong with a tunnel, or with the way to an address through it',
  details: [
    'Asks the endpoints, the peers and the hosts on the way, and tells what to look at on each. Sends packets, changes nothing.',
    'Without NAME, every tunnel that is up. ADDRESS is an address or a name, maybe with a TCP port: 10.43.0.80:80.',
    'If ADDRESS does not answer, at most 254 addresses around it, and as many around your own in the tunnel, get a packet.',
    'The cluster that NAME was made of (adit cluster import), or that --kubeconfig or --nodes and --peers name, is read too: whether it',
    'knows this machine’s key, and which of its nodes do not check in.',
    'Exit status 1 if something is wrong.',
  ],
  options: clusterOptions,
  async run(context) {
    const { places, given } = context;
    const [first, second] = given.operands;
    const isAddress = first !== undefined && second === undefined && /^[^:]+\.[^:]*|:/.test(first);
    const store = new ProfileStore(places.home);
    const name = first === undefined || (isAddress && !(await isProfile(store, first))) ? null : first;
    const destination = destinationIn(name === null ? first : second);
    const names = Object.keys(clusterOptions).find((option) => has(given, option));
    if (names !== undefined && name === null)
      throw wrongUsage(diagnose, `A cluster is behind one tunnel: --${names} goes with its NAME.`);
    const source =
      names === undefined
        ? null
        : await chooseSource(diagnose, { ...context, given: { ...given, operands: [] } });
    let helper: HelperConnection | null = null;
    try {
      const found = await findOut(store, async () => (helper = await HelperConnection.open(places.socket)), {
        name,
        destination,
        readCluster: (profile) => readBehind(context, profile, source),
      });
      const isWrong = found.findings.some(({ severity }) => severity !== 'note');
      return { json: found, text: diagnosisText(found), exitCode: isWrong ? 1 : 0 };
    } finally {
      (helper as HelperConnection | null)?.close();
    }
  },
};

/**
 * The cluster that the options name, else the one that the profile was made of; null where neither says one.
 *
 * @throws FaultError of files and API servers, `cluster-record-unreadable`
 */
async function readBehind(
  context: CommandContext,
  profile: string,
  given: ClusterSource | null,
): Promise<Cluster | null> {
  const kept = await clusterPlaces(context.places).kept.find(profile);
  // Of a second mesh, the cluster's own knows nothing.
  const own = kept === null || isOfMesh(kept) ? null : kept;
  const source = given ?? own?.source ?? null;
  if (source === null) return null;
  const { granularity = null, topologyLabel = null } = own ?? {};
  return clusterOf(await readFrom(source, context, meshOnly), {
    ...(granularity === null ? {} : { granularity }),
    ...(topologyLabel === null ? {} : { topologyLabel }),
  });
}

/** A profile may be called as an address is. */
async function isProfile(store: ProfileStore, name: string): Promise<boolean> {
  return (await store.names()).includes(name.normalize('NFC'));
}

function destinationIn(text: string | undefined): Destination | null {
  if (text === undefined) return null;
  const destination = parseDestination(text);
  if (destination !== null) return destination;
  throw wrongUsage(
    diagnose,
    `${JSON.stringify(text)} is no address, and no name with a port from 1 to 65535.`,
  );
}
