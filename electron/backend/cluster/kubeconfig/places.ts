import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** The files that a kubeconfig is made of, and whether each has to be there. */
export interface KubeconfigPlaces {
  /** Absolute, the first having the last word. */
  readonly paths: readonly string[];
  /** Whether somebody has named just this file: then it is an error that it is missing. */
  readonly isNamed: boolean;
}

/**
 * Where a kubeconfig is: the file that is named, else what `KUBECONFIG` lists, else `~/.kube/config`.
 *
 * @see client-go tools/clientcmd/loader.go NewDefaultClientConfigLoadingRules
 */
export function kubeconfigPlaces(named: string | null, environment: NodeJS.ProcessEnv): KubeconfigPlaces {
  if (named !== null) return { paths: [resolve(named)], isNamed: true };
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const paths = listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
  return { paths: [...new Set(paths.map((path) => resolve(path)))], isNamed: false };
}
