import { isKey } from '../../shared/config/index.ts';
import { FaultError } from '../../shared/fault.ts';
import type { KeyText } from '../../shared/tunnel/status.ts';
import { readGivenFile } from '../backend/profiles/files.ts';

/** The private key in a file that somebody named. @throws FaultError of files, `key-malformed` */
export async function readKeyFile(path: string): Promise<KeyText> {
  const key = (await readGivenFile(path)).toString('latin1').trim();
  if (isKey(key)) return key;
  throw new FaultError({
    code: 'key-malformed',
    message: `${path} does not hold a private key.`,
    hint: 'It has one line of 44 characters, as "wg genkey" prints it.',
  });
}
