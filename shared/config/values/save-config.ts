import { lowerAscii } from '../text/blanks.ts';

/**
 * Whether wg-quick should write the file anew on `down`; outer blanks removed, any case.
 *
 * @returns null where wg-quick refuses the file
 * @see wireguard-tools src/wg-quick/linux.bash read_bool
 */
export function readSaveConfig(text: string): boolean | null {
  const word = lowerAscii(text);
  return word === 'true' ? true : word === 'false' ? false : null;
}
