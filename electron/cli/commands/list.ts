import { ProfileStore } from '../../backend/profiles/store.ts';
import type { ProfileSummary } from '../../../shared/contract/ui/verbs.ts';
import type { Command } from '../command.ts';
import { table } from '../text/table.ts';

/** `adit list` */
export const list: Command = {
  name: 'list',
  operands: '',
  arity: { least: 0, most: 0 },
  summary: 'Show the profiles that are kept',
  options: {},
  async run({ places }) {
    const profiles = (await new ProfileStore(places.home).all()).map((profile) => profile.summary());
    const text =
      profiles.length === 0
        ? 'No profile is kept yet. "adit import FILE" takes one in.'
        : table(['NAME', 'LABEL', 'INTERFACE', 'ADDRESSES', 'PEERS', ''], profiles.map(rowOf));
    return { json: { profiles }, text };
  },
};

function rowOf({ name, label, interface: link, addresses, peers, errors }: ProfileSummary): string[] {
  const problem = errors === 0 ? '' : 'has errors: see "adit check"';
  return [name, label ?? '', link, addresses.join(', '), String(peers.length), problem];
}
