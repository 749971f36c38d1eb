import { sortObjects } from '../../../shared/cluster/objects/documents.ts';
import { isObject } from '../../../shared/cluster/objects/fields.ts';
import { noReadings } from '../../../shared/cluster/readings.ts';
import type { ClusterReadings, KindReading, ReadKind } from '../../../shared/cluster/readings.ts';
import { FaultError } from '../../../shared/fault.ts';
import { placeName, readDocuments } from './documents.ts';
import type { SavedFile } from './kept.ts';
import { readKubeadm } from './kubeadm.ts';

/**
 * What files that kubectl saved say of a cluster: any lists, kinds mixed.
 *
 * @param required what is of no use without: the first of them has to be in the files, and nodes where there is none. The
 *   others may be left out, as `--peers` may be beside `--nodes`.
 * @throws FaultError what {@link readDocuments} throws, `cluster-file-foreign`, `cluster-nodes-missing`, `cluster-peers-missing`
 */
export async function readClusterFiles(
  files: readonly SavedFile[],
  required: readonly ReadKind[],
): Promise<ClusterReadings> {
  const kinds = new Map<ReadKind, unknown[]>();
  for (const file of files) {
    const { path, kind: named } = typeof file === 'string' ? { path: file, kind: null } : file;
    const sorted = sortObjects(await readDocuments(path), named);
    const isOfUse = sorted.kinds.size > 0 || (sorted.others.length === 0 && sorted.hasObjects);
    if (!isOfUse || sorted.hasForeign) throw foreign(path, sorted.others);
    for (const [kind, items] of sorted.kinds) {
      const known = kinds.get(kind) ?? [];
      for (const item of items) known.push(item);
      kinds.set(kind, known);
    }
  }
  const [first = 'nodes'] = required;
  if (!kinds.has(first)) throw first === 'peers' ? withoutPeers() : withoutNodes();
  const read = [...kinds].map(([kind, items]): [ReadKind, KindReading] => [kind, { kind: 'read', items }]);
  return {
    ...noReadings,
    kinds: { ...noReadings.kinds, ...Object.fromEntries(read) },
    kubeadm: await readKubeadm((kinds.get('configMaps') ?? []).filter(isObject)),
    filesReadAt: Math.floor(Date.now() / 1000),
  };
}

function foreign(path: string, others: readonly string[]): FaultError {
  const found = others.slice(0, 5).join(', ');
  return new FaultError({
    code: 'cluster-file-foreign',
    message:
      found === ''
        ? `${placeName(path)} holds something that is no object of Kubernetes, or does not say its kind.`
        : `${placeName(path)} holds nothing that tells of a network, but: ${found}.`,
    hint: 'Save it with kubectl: kubectl get nodes -o json > nodes.json. What lacks its kind is taken for what --nodes or --peers says.',
  });
}

function withoutNodes(): FaultError {
  return new FaultError({
    code: 'cluster-nodes-missing',
    message: 'None of the files holds a list of nodes.',
    hint: 'Save it too: kubectl get nodes -o json > nodes.json, then --nodes nodes.json.',
  });
}

function withoutPeers(): FaultError {
  return new FaultError({
    code: 'cluster-peers-missing',
    message: 'None of the files holds a list of Peers.',
    hint: 'Save it: kubectl get peers -o json > peers.json, then --peers peers.json.',
  });
}
