import { FaultError } from '../../../../shared/fault.ts';
import { readGivenFile } from '../../profiles/files.ts';
import type { Bytes } from './entries.ts';

/**
 * What a kubeconfig has in itself or in a file beside it, as text.
 *
 * @param what how the kubeconfig calls it: `client-key`
 * @throws FaultError `kubeconfig-file-unusable`
 */
export async function readBytes(bytes: Bytes, what: string): Promise<string> {
  if (bytes.kind === 'inline') return bytes.bytes.toString();
  try {
    return (await readGivenFile(bytes.path)).toString();
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    throw new FaultError({
      code: 'kubeconfig-file-unusable',
      message: `The kubeconfig names a file as its ${what} that cannot be read. ${error.fault.message}`,
      hint: 'Paths in a kubeconfig are relative to its own folder: one that is copied elsewhere loses them. "kubectl config view --flatten" prints it with the files inside.',
      command: 'kubectl config view --flatten --minify',
    });
  }
}
