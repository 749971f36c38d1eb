import { overlapsAmong } from '../../../../shared/cluster/overlaps/overlaps.ts';
import { rangesOf } from '../../../../shared/cluster/overlaps/profile-ranges.ts';
import type { ProfileRanges } from '../../../../shared/cluster/overlaps/profile-ranges.ts';
import { FaultError } from '../../../../shared/fault.ts';
import type { Profile } from '../../../backend/profiles/profile.ts';
import { ProfileStore } from '../../../backend/profiles/store.ts';
import type { Command } from '../../command.ts';
import { overlapsText } from '../../text/overlaps.ts';

/** `adit cluster overlaps` */
export const clusterOverlaps: Command = {
  name: 'cluster overlaps',
  operands: '[PROFILE...]',
  arity: { least: 0, most: Infinity },
  summary: 'Show which profiles lead to the same addresses, and what can be done about it',
  details: [
    'Of two profiles with an equal range only one can be up: "adit up NAME --switch" takes the other down for it. Where ranges',
    'of one lie inside the other’s, the rest of it can be kept: the command that says which is printed. Without names, all',
    'profiles that are kept are compared. Nothing is changed.',
  ],
  options: {},
  async run({ places, given }) {
    const store = new ProfileStore(places.home);
    const names = [...new Set(given.operands)];
    const remarks: string[] = [];
    const found =
      names.length === 0
        ? (await store.all()).flatMap((profile) => readable(profile, remarks))
        : await Promise.all(names.map(async (name) => rangesIn(await store.find(name))));
    // A profile may be named twice, by its interface too.
    const profiles = [...new Map(found.map((ranges) => [ranges.name, ranges])).values()];
    const pairs = overlapsAmong(profiles);
    return { json: { pairs }, text: overlapsText(pairs, profiles.length), remarks };
  },
};

function rangesIn(profile: Profile): ProfileRanges {
  return rangesOf(profile.tunnel());
}

/** A profile that is no tunnel does not keep the others from being compared. */
function readable(profile: Profile, remarks: string[]): ProfileRanges[] {
  try {
    return [rangesIn(profile)];
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    remarks.push(`"${profile.name}" is left out: ${error.fault.message}`);
    return [];
  }
}
