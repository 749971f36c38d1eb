import { peerDifferences } from '../../../shared/cluster/following/differences.ts';
import type { PeerDifference } from '../../../shared/cluster/following/differences.ts';
import { refuseWideRanges } from '../../../shared/cluster/following/range-guard.ts';
import { withPeersOf } from '../../../shared/cluster/profile.ts';
import type { ClusterProfile } from '../../../shared/cluster/profile.ts';
import { parse, setField } from '../../../shared/config/index.ts';
import type { ConfFile } from '../../../shared/config/index.ts';
import { FaultError, faultOf } from '../../../shared/fault.ts';
import { formatInterfaceAddress } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import type { TunnelPeer } from '../../../shared/tunnel/tunnel.ts';
import { HelperConnection } from '../helper-client/connection.ts';
import { Profile } from '../profiles/profile.ts';
import type { ProfileStore } from '../profiles/store.ts';
import { bringUp } from '../tunnels.ts';

/** What it takes to change a profile that may be up. */
export interface RenewHands {
  readonly store: ProfileStore;
  /** The helper's socket. */
  readonly socket: string;
  /** Codes of faults that the person has decided to go on in spite of. */
  readonly accept: readonly string[];
  /** Whether prefixes that are in conflict with something here stay out of the tunnel. */
  readonly subtract: boolean;
}

/** What became of a profile. */
export interface Renewed {
  readonly profile: Profile;
  readonly differences: readonly PeerDifference[];
  /** Whether the tunnel is up, and has the differences. */
  readonly isApplied: boolean;
}

/**
 * Gives a profile the peers and addresses that its cluster gives now, and its tunnel too, if that is up. What the person wrote stays. What
 * fails leaves both as they were.
 *
 * @param written keys of the peers that the cluster gave before
 * @throws FaultError `cluster-range-wide`, of the helper, `home-unusable`
 */
export async function renewProfile(
  hands: RenewHands,
  profile: Profile,
  content: ClusterProfile,
  written: Iterable<KeyText>,
): Promise<Renewed> {
  const file = withAddresses(withPeersOf(content, profile.file, written), profile, content);
  const next = new Profile(profile.name, Buffer.from(file.text), profile.settings);
  const [before, after] = [peersOf(profile), next.tunnel().peers];
  if (!hands.accept.includes('cluster-range-wide')) refuseWideRanges(before.map(carrier), after.map(carrier));
  const differences = [...ownDifference(profile, next), ...peerDifferences(before, after)];
  if (file.text === profile.file.text) return { profile, differences, isApplied: false };
  // The tunnel first: what it cannot have is not in the profile either, and is tried again.
  const isApplied = await apply(hands, next);
  return { profile: await hands.store.replace(profile, file.text), differences, isApplied };
}

/** Whether there was a tunnel to be changed. */
async function apply({ socket, accept, subtract }: RenewHands, profile: Profile): Promise<boolean> {
  const helper = await HelperConnection.open(socket).catch((error: unknown) => {
    if (error instanceof FaultError && error.fault.code === 'helper-not-running') return null;
    throw error;
  });
  if (helper === null) return false;
  try {
    // What the person has decided since it came up is theirs to bring up.
    await bringUp(helper, profile, { accept, subtract, wait: null, peersOnly: true });
    return true;
  } catch (error) {
    if (faultOf(error).code !== 'tunnel-not-up') throw error;
    return false;
  } finally {
    helper.close();
  }
}

/** The file with the addresses that the cluster gives, where it gives others now. */
function withAddresses(file: ConfFile, profile: Profile, { addresses }: ClusterProfile): ConfFile {
  const own = new Set(profile.summary().addresses.map((text) => text.split('/')[0]));
  const wanted = addresses.map(formatInterfaceAddress);
  if (wanted.length === 0 || wanted.every((text) => own.has(text.split('/')[0]))) return file;
  return parse(setField(file, 1, 'Address', wanted.join(', ')).text);
}

/** What became of the laptop itself. */
function ownDifference(before: Profile, after: Profile): PeerDifference[] {
  const [had, has] = [before, after].map((profile) => profile.summary().addresses.join(', '));
  if (had === has) return [];
  const { name, publicKey } = after.summary();
  return [{ kind: 'changed', name, publicKey: publicKey ?? '', what: [`address ${had} -> ${has}`] }];
}

/** None where the profile is no tunnel at the moment. */
function peersOf(profile: Profile): readonly TunnelPeer[] {
  try {
    return profile.tunnel().peers;
  } catch {
    return [];
  }
}

function carrier({ name, publicKey, allowedIps }: TunnelPeer): { name: string; prefixes: readonly Prefix[] } {
  return { name: name ?? publicKey, prefixes: allowedIps };
}
