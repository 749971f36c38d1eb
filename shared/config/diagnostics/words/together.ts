import { entry } from '../entry.ts';

/** What only shows when the profiles of several hosts, or of one, are seen side by side. */
export const togetherEntries = {
  'address-in-two-profiles': entry(
    'adit',
    'warning',
    'Two profiles give their interface the same address.',
    (address: string, other: string) => ({
      message: `${address} is the address of the profile ${other} too.`,
      hint: 'Two hosts of one network need an address each. If both profiles are for this host, only one can be up.',
    }),
  ),
  'key-in-two-profiles': entry(
    'adit',
    'warning',
    'Two profiles have the same private key.',
    (other: string) => ({
      message: `The profile ${other} has the same private key.`,
      hint: 'A server keeps one endpoint for a key: two hosts with one key take it from each other. Make a key for each.',
    }),
  ),
  'preshared-key-differs': entry(
    'adit',
    'error',
    'The two sides of a connection have different preshared keys, or one has none.',
    (other: string) => ({
      message: `This peer is the profile ${other}, and the two do not have the same PresharedKey.`,
      hint: 'Put the same key on both sides or remove it from both: no handshake will ever succeed like this.',
    }),
  ),
  'peer-unknown-there': entry(
    'adit',
    'error',
    'A peer does not know the profile that names it.',
    (other: string) => ({
      message: `This peer is the profile ${other}, which has no [Peer] with the public key of this one.`,
      hint: 'Add a [Peer] with this profile’s public key there.',
    }),
  ),
  'endpoint-port-differs': entry(
    'adit',
    'warning',
    'The port of an endpoint is not the one that the other side listens on.',
    (other: string, port: number | null) => ({
      message:
        port === null
          ? `This endpoint is the profile ${other}, which has no ListenPort and takes a random port.`
          : `This endpoint is the profile ${other}, which listens on port ${port}.`,
      hint: 'Give the other side a fixed ListenPort, and write it here, unless a router in between translates it.',
    }),
  ),
  'address-not-allowed': entry(
    'adit',
    'warning',
    'The AllowedIPs of a peer do not hold the address that it has.',
    (other: string, address: string) => ({
      message: `This peer is the profile ${other} with the address ${address}, which is not in its AllowedIPs here.`,
      hint: `Add ${address} to AllowedIPs: packets from it are dropped without.`,
    }),
  ),
};
