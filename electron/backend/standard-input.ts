import { FaultError } from '../../shared/fault.ts';

/**
 * What is piped into this program, to its end.
 *
 * @param limit the most that is read; bytes
 * @throws FaultError `input-is-terminal`, `file-too-large`, `file-unreadable`
 */
export async function readStandardInput(limit: number): Promise<Buffer> {
  if (process.stdin.isTTY) {
    throw new FaultError({
      code: 'input-is-terminal',
      message: 'Nothing is piped in: - stands for what another program prints.',
      hint: 'kubectl get nodes,services -A -o json | adit cluster inspect --from -',
    });
  }
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of process.stdin as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > limit) throw tooLarge(limit);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof FaultError) throw error;
    throw new FaultError({
      code: 'file-unreadable',
      message: `What is piped in cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'Save it to a file, and name that.',
    });
  }
  return Buffer.concat(parts);
}

function tooLarge(limit: number): FaultError {
  return new FaultError({
    code: 'file-too-large',
    message: `More than ${limit} bytes are piped in, which is the most that is read.`,
    hint: 'Ask kubectl for less: nodes, services and peers tell of the network.',
  });
}
