/** Where the helper of a user listens, unless it is told otherwise. */
export function defaultSocket(owner: number): string {
  return `/run/adit/${owner}/helper.sock`;
}
