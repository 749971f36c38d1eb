import { renameProfile } from '../../backend/profiles/change.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { operandAt } from '../command.ts';
import type { Command } from '../command.ts';

/** `adit rename NAME NEW-NAME` */
export const rename: Command = {
  name: 'rename',
  operands: 'NAME NEW-NAME',
  arity: { least: 2, most: 2 },
  summary: 'Give a profile another name',
  options: {},
  async run({ places, given }) {
    const store = new ProfileStore(places.home);
    const profile = await store.find(operandAt(given, 0));
    const renamed = await renameProfile(store, places.socket, profile, operandAt(given, 1));
    return {
      json: renamed,
      text: `"${profile.name}" is "${renamed.name}" now (interface ${renamed.interface}).`,
    };
  },
};
