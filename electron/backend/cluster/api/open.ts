import { chooseContext } from '../kubeconfig/choose.ts';
import { readKubeconfig } from '../kubeconfig/kubeconfig.ts';
import { kubeconfigPlaces } from '../kubeconfig/places.ts';
import { accessOf } from './access.ts';
import type { AccessCircumstances } from './access.ts';
import { ApiClient } from './client.ts';

/** Which cluster is meant, as kubectl is told. */
export interface ClusterChoice {
  /** A kubeconfig; null for what the environment has. */
  readonly kubeconfig: string | null;
  /** Null for the current one. */
  readonly context: string | null;
}

/**
 * A client for the API server that a kubeconfig leads to. Nothing is sent yet.
 *
 * @throws FaultError what {@link readKubeconfig}, {@link chooseContext} and {@link accessOf} throw
 */
export async function openApi(choice: ClusterChoice, circumstances: AccessCircumstances): Promise<ApiClient> {
  const kubeconfig = await readKubeconfig(kubeconfigPlaces(choice.kubeconfig, circumstances.environment));
  return new ApiClient(await accessOf(chooseContext(kubeconfig, choice.context), circumstances));
}
