import type { Report } from '../warnings/catalogue.ts';
import { namedObjects } from './named.ts';

/** The words with which the API server of a kubeadm cluster was started, from its static Pod; null where no Pod is one. */
export function readApiServerWords(pods: readonly unknown[], report: Report): readonly string[] | null {
  const pod = namedObjects(pods, 'pod', report).find(
    ({ namespace, metadata }) =>
      namespace === 'kube-system' && metadata.texted('labels').get('component') === 'kube-apiserver',
  );
  if (pod === undefined) return null;
  return (
    pod.fields
      .object('spec')
      .objects('containers')
      .flatMap((container) => [...container.texts('command'), ...container.texts('args')])
      // A shell is given all of them as one.
      .flatMap((word) => word.split(/\s+/))
  );
}
