import { encode } from '../../../shared/config/index.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import type { Command } from '../command.ts';

/** `adit export NAME...` */
export const exportProfiles: Command = {
  name: 'export',
  operands: 'NAME...',
  arity: { least: 1, most: Infinity },
  summary: 'Print profiles as they are kept, with their secret keys',
  details: ['Several are printed one after the other; with --json, each with its name.'],
  options: {},
  async run({ places, given }) {
    const store = new ProfileStore(places.home);
    const profiles = await Promise.all(given.operands.map((name) => store.find(name)));
    return {
      json: { profiles: profiles.map(({ name, text }) => ({ name, text })) },
      text: profiles.map(({ text }) => text).join('\n'),
      bytes: Buffer.concat(
        profiles.flatMap(({ text, encoding }, index) => [
          Buffer.from(index === 0 ? '' : '\n'),
          encode(text, encoding),
        ]),
      ),
    };
  },
};
