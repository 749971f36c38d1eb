import { isObject } from '../../../shared/cluster/objects/fields.ts';
import type { JsonObject } from '../../../shared/cluster/objects/fields.ts';

/**
 * What kubeadm wrote down of a cluster: `ClusterConfiguration` of the ConfigMap kube-system/kubeadm-config, which is YAML inside JSON.
 *
 * @returns null where there is none, or where it cannot be read: it is one way of six to what it says
 */
export async function readKubeadm(configMaps: readonly JsonObject[]): Promise<unknown> {
  const own = configMaps.find(({ metadata }) => {
    const { name, namespace } = isObject(metadata) ? metadata : {};
    return name === 'kubeadm-config' && namespace === 'kube-system';
  });
  const text = isObject(own?.['data']) ? own['data']['ClusterConfiguration'] : null;
  if (typeof text !== 'string') return null;
  const { parseYaml } = await import('./yaml.ts');
  try {
    return parseYaml(text)[0] ?? null;
  } catch {
    return null;
  }
}
