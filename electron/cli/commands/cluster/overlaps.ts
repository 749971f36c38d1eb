import { overlapsAmong } from '../../../../shared/cluster/overlaps/overlaps.ts';
import { rangesOf } from '../../../../shared/cluster/overlaps/profile-ranges.ts';
import type { ProfileRanges } from '../../../../shared/cluster/overlaps/profile-ranges.ts';
import { FaultError } from '../../../../shared/fault.ts';
import { parsePrefix } from '../../../../shared/network/prefix.ts';
import type { KeptClusters } from '../../../backend/cluster/kept.ts';
import type { Profile } from '../../../backend/profiles/profile.ts';
import { clusterPlaces } from '../../cluster-places.ts';
import { inForm, outputOption, readOutput } from '../../cluster-source.ts';
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
    'of one lie inside the other’s, the rest of it can be kept: the command that says which is printed. One name is',
    'compared with all profiles that are kept, several with each other, and without a name all are. Nothing is changed.',
  ],
  options: { output: outputOption },
  async run({ places, given }) {
    const output = readOutput(clusterOverlaps, given);
    const { store, kept } = clusterPlaces(places);
    const named = await Promise.all(given.operands.map((name) => store.find(name)));
    const remarks: string[] = [];
    const profiles = new Map<string, ProfileRanges>();
    for (const profile of named) profiles.set(profile.name, await rangesIn(profile, kept));
    const [only] = profiles.keys();
    if (only === undefined || profiles.size === 1) {
      for (const profile of await store.all()) {
        const ranges = profiles.has(profile.name) ? null : await readable(profile, kept, remarks);
        if (ranges !== null) profiles.set(profile.name, ranges);
      }
    }
    const all = overlapsAmong([...profiles.values()]);
    const pairs =
      only === undefined || named.length > 1 ? all : all.filter(({ a, b }) => a === only || b === only);
    return inForm(output, { json: { pairs }, text: overlapsText(pairs, profiles.size), remarks });
  },
};

async function rangesIn(profile: Profile, kept: KeptClusters): Promise<ProfileRanges> {
  const cluster = await kept.find(profile.name);
  return rangesOf(
    profile.tunnel(),
    [...(cluster?.serviceCidrs ?? []), ...(cluster?.services ?? [])].flatMap(
      (text) => parsePrefix(text) ?? [],
    ),
  );
}

/** A profile that is no tunnel does not keep the others from being compared. */
async function readable(
  profile: Profile,
  kept: KeptClusters,
  remarks: string[],
): Promise<ProfileRanges | null> {
  try {
    return await rangesIn(profile, kept);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    remarks.push(`"${profile.name}" is left out: ${error.fault.message}`);
    return null;
  }
}
