import { HelperConnection } from '../helper-client/connection.ts';
import { FaultError } from '../../../shared/fault.ts';
import { interfaceNameOf } from './name.ts';
import type { Profile } from './profile.ts';
import type { ProfileStore } from './store.ts';

/**
 * Gives a profile another name, unless its tunnel is up.
 *
 * @throws FaultError `profile-is-up`, and what {@link ProfileStore.rename} throws
 */
export async function renameProfile(
  store: ProfileStore,
  socket: string,
  profile: Profile,
  newName: string,
): Promise<{ name: string; interface: string }> {
  await refuseIfUp(socket, profile);
  const name = await store.rename(profile, newName);
  return { name, interface: interfaceNameOf(name) };
}

/**
 * Forgets a profile, unless its tunnel is up.
 *
 * @throws FaultError `profile-is-up`
 */
export async function removeProfile(store: ProfileStore, socket: string, profile: Profile): Promise<void> {
  await refuseIfUp(socket, profile);
  await store.remove(profile);
}

/** A tunnel would go on under a name that no profile has. Where no helper can be asked, no tunnel of ours is supervised. */
async function refuseIfUp(socket: string, { name }: Profile): Promise<void> {
  const connection = await HelperConnection.open(socket).catch(() => null);
  if (connection === null) return;
  try {
    const standing = await connection.ask('status', {});
    if (!standing.some((tunnel) => tunnel.name === name)) return;
  } finally {
    connection.close();
  }
  throw new FaultError({
    code: 'profile-is-up',
    message: `The tunnel "${name}" is up.`,
    hint: 'Take it down first.',
    command: `adit down ${JSON.stringify(name)}`,
  });
}
