import { FaultError } from '../../../../shared/fault.ts';

/** @throws FaultError `kubeconfig-certificate-invalid` where OpenSSL does not take what `attempt` gives it */
export function requireUsable(what: string, of: string, attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    throw new FaultError({
      code: 'kubeconfig-certificate-invalid',
      message: `The ${what} of ${JSON.stringify(of)} in the kubeconfig cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'It is PEM, beginning with "-----BEGIN". Save the kubeconfig again from where it came.',
    });
  }
}
