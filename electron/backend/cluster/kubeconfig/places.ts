import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { shellWord } from '../../../../shared/diagnosis/commands.ts';

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
  const paths = listed.length > 0 ? listed : [usualPlace()];
  return { paths: [...new Set(paths.map((path) => resolve(path)))], isNamed: false };
}

/**
 * What has to stand behind `kubectl` for a file, with a space before it; empty for `~/.kube/config` where the environment names no
 * other, for that is what kubectl takes by itself.
 */
export function kubeconfigOption(file: string, environment: NodeJS.ProcessEnv): string {
  const [first, ...others] = kubeconfigPlaces(null, environment).paths;
  const isUsual = file === first && others.length === 0 && file === resolve(usualPlace());
  return isUsual ? '' : ` --kubeconfig ${shellWord(file)}`;
}

function usualPlace(): string {
  return join(homedir(), '.kube', 'config');
}
