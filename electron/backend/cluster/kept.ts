import { readFile } from 'node:fs/promises';
import { isPipe } from '../pipe.ts';
import { standardInput } from './documents.ts';
import { parseNodeLine } from '../../../shared/cluster/second-mesh/index.ts';
import { parseMeshEndpoint } from '../../../shared/cluster/values/endpoint.ts';
import { FaultError } from '../../../shared/fault.ts';
import { z } from '../../../shared/contract/schema.ts';
import { parseAddress } from '../../../shared/network/address.ts';
import { parsePrefix } from '../../../shared/network/prefix.ts';
import type { ProfileStore } from '../profiles/store.ts';
import { replaceFile } from '../profiles/files.ts';

const text = z.string().min(1).max(4096);

/** What is read out of a record has to be readable: a line that was passed over would take its peer out of the tunnel. */
const address = text.refine((value) => parseAddress(value) !== null);
const prefix = text.refine((value) => parsePrefix(value) !== null);
const nodeLine = text.refine((value) => parseNodeLine(value) !== null);
const endpoint = text.refine((value) => parseMeshEndpoint(value) !== null);

/** A file that kubectl saved: its path, and what objects in it are that say no kind of their own. */
const savedFile = z.union([text, z.strictObject({ path: text, kind: z.enum(['nodes', 'peers']) })]);

/** A file that kubectl saved. */
export type SavedFile = z.output<typeof savedFile>;

/** Where a profile's cluster is read: an API server, as kubectl finds it, or files that kubectl saved. */
const clusterSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('api'),
    /** Absolute paths, the first having the last word. */
    kubeconfig: z.array(text).min(1),
    /** Whether just this file was named, so that it has to be there. */
    isNamed: z.boolean(),
    context: z.string(),
  }),
  z.strictObject({ kind: z.literal('files'), paths: z.array(savedFile).min(1) }),
]);

/** What is remembered of every cluster. */
const common = {
  version: z.literal(1),
  /** `auto`, or networks; none where Services are not reached. */
  serviceCidrs: z.array(text),
  /** The node through which Services are to be reached; null for any. */
  gateway: text.nullable(),
  /** What Services had last, and whether that was a guess: a list that is refused for a moment changes nothing. */
  services: z.array(text).optional(),
  servicesGuessed: z.boolean().optional(),
  /** The node through which they were reached last. */
  usedGateway: text.nullable().optional(),
  /** The public keys of the peers that came from the cluster: others are the person's own, and stay. */
  written: z.array(text),
};

const keptPeer = z.strictObject({
  ...common,
  source: clusterSource,
  /** The Peer object whose end the profile is. */
  peer: text,
  granularity: z.enum(['location', 'full']).nullable(),
  topologyLabel: text.nullable(),
});

const keptMesh = z.strictObject({
  ...common,
  /** Null where the cluster was piped in, and cannot be read again. */
  source: clusterSource.nullable(),
  /** The laptop's own addresses in the tunnel. */
  addresses: z.array(address).min(1),
  /** Whether all is reached through the gateway. */
  single: z.boolean(),
  /** Whether CiliumNodes tell where the Pods are: then Kubernetes' own Pod CIDRs mean nothing. */
  hasCilium: z.boolean(),
  /** Pod CIDRs that somebody has said, by the names of nodes. */
  podCidrs: z.record(text, z.array(prefix)),
  /** The nodes whose lines were collected, in the cluster at the moment or not. */
  members: z.array(
    z.strictObject({
      /** `adit-node NAME PUBKEY ENDPOINT`, as the node printed it. */
      line: nodeLine,
      /** Where it is dialled now. */
      endpoint,
      addresses: z.array(address),
      isFollowed: z.boolean(),
      podCidrs: z.array(prefix),
    }),
  ),
});

const keptCluster = z.union([keptPeer, keptMesh]);

/** Where a cluster is read. */
export type ClusterSource = z.output<typeof clusterSource>;

/** What a profile of one of Kilo's Peers remembers of its cluster, so that it can be made again. */
export type KeptPeer = z.output<typeof keptPeer>;

/** What a profile of a second mesh remembers. */
export type KeptMesh = z.output<typeof keptMesh>;

/** What a profile remembers of the cluster that it was made of. */
export type KeptCluster = KeptPeer | KeptMesh;

/** Whether a profile is one of a second mesh, and not of one of Kilo's Peers. */
export function isOfMesh(kept: KeptCluster): kept is KeptMesh {
  return 'members' in kept;
}

/** Whether a cluster can be read there again: what was piped in is gone. */
export async function isRepeatable(source: ClusterSource): Promise<boolean> {
  if (source.kind === 'api') return true;
  for (const file of source.paths) {
    const path = typeof file === 'string' ? file : file.path;
    // In /dev and /proc, files of this process have names: what is behind them is another's tomorrow.
    if (path === standardInput || /^\/(dev|proc)\//.test(path) || (await isPipe(path))) return false;
  }
  return true;
}

/** What the profiles remember of their clusters, each in a file beside it, which goes with it. */
export class KeptClusters {
  readonly #store: ProfileStore;

  constructor(store: ProfileStore) {
    this.#store = store;
  }

  /** What a profile remembers; null for one that is of no cluster. @throws FaultError `cluster-record-unreadable` */
  async find(profile: string): Promise<KeptCluster | null> {
    const path = this.#store.clusterPath(profile);
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) return null;
    try {
      return keptCluster.parse(JSON.parse(text));
    } catch {
      throw new FaultError({
        code: 'cluster-record-unreadable',
        message: `What the profile "${profile}" remembers of its cluster cannot be read: ${path}.`,
        hint: 'Remove the file, and the profile is one like any other; or import the cluster again under another name.',
      });
    }
  }

  /** The same for a profile that has to be of a cluster. @throws FaultError `profile-of-no-cluster`, `cluster-record-unreadable` */
  async get(profile: string): Promise<KeptCluster> {
    const kept = await this.find(profile);
    if (kept !== null) return kept;
    throw new FaultError({
      code: 'profile-of-no-cluster',
      message: `The profile "${profile}" was not made of a cluster.`,
      hint: '"adit cluster import --as NAME" makes one of a cluster. One of a second mesh that was made before it was followed: say that again with --keys and --replace.',
    });
  }

  /** Remembers it. */
  async keep(profile: string, kept: KeptCluster): Promise<void> {
    await replaceFile(this.#store.clusterPath(profile), Buffer.from(`${JSON.stringify(kept, null, 2)}\n`));
  }
}
