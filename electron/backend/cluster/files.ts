import { sortObjects } from '../../../shared/cluster/objects/documents.ts';
import { isObject } from '../../../shared/cluster/objects/fields.ts';
import { noReadings } from '../../../shared/cluster/readings.ts';
import type { ClusterReadings, KindReading, ReadKind } from '../../../shared/cluster/readings.ts';
import { FaultError } from '../../../shared/fault.ts';
import { placeName, readDocuments } from './documents.ts';
import { readKubeadm } from './kubeadm.ts';

/**
 * What files that kubectl saved say of a cluster: any lists, kinds mixed.
 *
 * @throws FaultError what {@link readDocuments} throws, `cluster-file-foreign`, `cluster-nodes-missing`
 */
export async function readClusterFiles(paths: readonly string[]): Promise<ClusterReadings> {
  const kinds = new Map<ReadKind, unknown[]>();
  for (const path of paths) {
    const sorted = sortObjects(await readDocuments(path));
    const isOfUse = sorted.kinds.size > 0 || (sorted.others.length === 0 && sorted.hasObjects);
    if (!isOfUse || sorted.hasForeign) throw foreign(path, sorted.others);
    for (const [kind, items] of sorted.kinds) {
      const known = kinds.get(kind) ?? [];
      for (const item of items) known.push(item);
      kinds.set(kind, known);
    }
  }
  if (!kinds.has('nodes')) throw withoutNodes();
  const read = [...kinds].map(([kind, items]): [ReadKind, KindReading] => [kind, { kind: 'read', items }]);
  return {
    ...noReadings,
    kinds: { ...noReadings.kinds, ...Object.fromEntries(read) },
    kubeadm: await readKubeadm((kinds.get('configMaps') ?? []).filter(isObject)),
  };
}

function foreign(path: string, others: readonly string[]): FaultError {
  const found = others.slice(0, 5).join(', ');
  return new FaultError({
    code: 'cluster-file-foreign',
    message:
      found === ''
        ? `${placeName(path)} holds something that is no object of Kubernetes.`
        : `${placeName(path)} holds nothing that tells of a network, but: ${found}.`,
    hint: 'Save it with kubectl: kubectl get nodes -o json > nodes.json',
  });
}

function withoutNodes(): FaultError {
  return new FaultError({
    code: 'cluster-nodes-missing',
    message: 'None of the files holds a list of nodes.',
    hint: 'Save it too: kubectl get nodes -o json > nodes.json, then --nodes nodes.json.',
  });
}
