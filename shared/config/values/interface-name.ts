/**
 * Why a name cannot be that of a tunnel's interface, and so of its .conf file.
 *
 * - `empty`, `too-long` (over 15 bytes), `characters`: wg-quick refuses the file
 * - `reserved`: the kernel keeps it for itself, or a program would take it for an option
 */
export type InterfaceNameProblem = 'empty' | 'too-long' | 'characters' | 'reserved';

/**
 * Checks the name of an interface.
 *
 * @returns null for a name that wg-quick, the kernel and Adit's helper take
 * @see wireguard-tools src/wg-quick/linux.bash parse_options; net/core/dev.c dev_valid_name
 */
export function interfaceNameProblem(name: string): InterfaceNameProblem | null {
  if (name === '') return 'empty';
  if (!/^[a-zA-Z0-9_=+.-]+$/.test(name)) return 'characters';
  if (name.length > 15) return 'too-long';
  return name.startsWith('-') || ['.', '..', 'all', 'default', 'lo'].includes(name) ? 'reserved' : null;
}
