import { FaultError } from '../../../../shared/fault.ts';

/** `kubeconfig-malformed`. @param reason what is wrong with it, without a full stop */
export function malformedKubeconfig(file: string, reason: string): FaultError {
  return new FaultError({
    code: 'kubeconfig-malformed',
    message: `The kubeconfig ${file} cannot be used: ${reason}.`,
    hint: 'Hold it against what "kubectl config view" makes of it.',
    command: 'kubectl config view',
  });
}
