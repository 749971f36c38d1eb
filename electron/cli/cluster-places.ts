import type { ClusterPlaces } from '../backend/cluster/import.ts';
import { KeptClusters } from '../backend/cluster/kept.ts';
import { KeyRing } from '../backend/cluster/keys.ts';
import type { Places } from '../backend/environment.ts';
import { ProfileStore } from '../backend/profiles/store.ts';

/** Where a user's profiles of clusters are, and the keys that wait for theirs. */
export function clusterPlaces({ home }: Places): ClusterPlaces {
  const store = new ProfileStore(home);
  return { store, kept: new KeptClusters(store), keys: new KeyRing(home) };
}
