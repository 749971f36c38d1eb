import { removeProfile } from '../../backend/profiles/change.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { operandAt } from '../command.ts';
import type { Command } from '../command.ts';

/** `adit remove NAME` */
export const remove: Command = {
  name: 'remove',
  operands: 'NAME',
  arity: { least: 1, most: 1 },
  summary: 'Forget a profile and the keys in it',
  options: {},
  async run({ places, given }) {
    const store = new ProfileStore(places.home);
    const profile = await store.find(operandAt(given, 0));
    await removeProfile(store, places.socket, profile);
    return { json: { removed: profile.name }, text: `"${profile.name}" is forgotten.` };
  },
};
