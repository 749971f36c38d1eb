import type { InterfaceNameProblem } from '../../values/interface-name.ts';
import { entry, quoted } from '../entry.ts';

const nameProblems: Readonly<Record<Exclude<InterfaceNameProblem, 'reserved'>, string>> = {
  empty: 'it is empty',
  'too-long': 'it has more than 15 characters',
  characters: 'it has a character other than ASCII letters, digits and _ = + . -',
};

/** What concerns the whole file: what it lacks, and where traffic goes. */
export const profileEntries = {
  'file-empty': entry('adit', 'error', 'The file holds no setting.', () => ({
    message: 'There is nothing in this file.',
    hint: 'A profile needs an [Interface] with PrivateKey and Address, and a [Peer].',
  })),
  'interface-missing': entry('adit', 'error', 'There is no [Interface].', () => ({
    message: 'There is no [Interface] section, as in what kgctl prints for a peer.',
    hint: 'Add [Interface] with the PrivateKey and the Address of this host, as "adit import --private-key FILE --address ADDRESS" does.',
  })),
  'private-key-missing': entry('adit', 'error', 'There is no private key.', () => ({
    message: '[Interface] has no PrivateKey.',
    hint: 'Add the private key of this host, or make a new one and give its public key to the other side.',
  })),
  'address-missing': entry('adit', 'warning', 'The interface gets no address.', () => ({
    message: '[Interface] has no Address: handshakes will work, and no traffic.',
    hint: 'Add the address that this host has in the tunnel, such as Address = 10.0.0.2/32.',
  })),
  'peers-missing': entry('adit', 'info', 'There is no peer.', () => ({
    message: 'There is no [Peer]: this interface talks to nobody.',
    hint: 'Add a [Peer] with the PublicKey, the AllowedIPs and the Endpoint of the other side.',
  })),
  'limit-exceeded': entry(
    'adit',
    'error',
    'More of something than Adit brings up.',
    (what: string, most: number) => ({
      message: `There are more than ${most} ${what}, which Adit does not bring up.`,
      hint: 'Divide the profile, or merge prefixes that lie side by side.',
    }),
  ),
  'interface-name-invalid': entry(
    'strip',
    'error',
    'The file’s name cannot be that of an interface.',
    (name: string, problem: keyof typeof nameProblems) => ({
      message: `An interface cannot be called ${quoted(name)}: ${nameProblems[problem]}.`,
      hint: 'Take at most 15 ASCII letters, digits and _ = + . -, for the file NAME.conf.',
    }),
  ),
  'interface-name-reserved': entry(
    'up',
    'error',
    'The file’s name is one that no tunnel’s interface can have.',
    (name: string) => ({
      message: `An interface cannot be called ${quoted(name)}: Linux keeps that name for itself, or ip takes it for an option.`,
      hint: 'Give the file another name.',
    }),
  ),
  'file-world-accessible': entry(
    'strip',
    'warning',
    'Everybody on this machine may read or change the file.',
    () => ({
      message: 'Everybody on this machine may read or change the file, and it holds keys.',
      hint: 'chmod go= on the file, and on its folder. Profiles that are imported into Adit are their owner’s alone.',
    }),
  ),
  'full-tunnel': entry('adit', 'info', 'All traffic of a family goes into the tunnel.', (family: string) => ({
    message: `AllowedIPs cover all of ${family}: all of that traffic goes into the tunnel.`,
    hint: 'Narrow AllowedIPs if only some networks are meant.',
  })),
  'full-tunnel-halves': entry(
    'up',
    'warning',
    'A full tunnel in pieces, which wg-quick sends into itself.',
    (family: string) => ({
      message: `AllowedIPs cover all of ${family} in pieces: wg-quick sends the tunnel’s own packets into the tunnel then.`,
      hint: 'Adit exempts the endpoint by itself. For wg-quick write 0.0.0.0/0 or ::/0.',
    }),
  ),
  'ipv6-outside': entry('adit', 'warning', 'All of IPv4 goes into the tunnel, IPv6 does not.', () => ({
    message: 'All of IPv4 goes into the tunnel, while IPv6 goes outside of it, past the VPN.',
    hint: 'Add ::/0 to AllowedIPs if nothing should pass by the tunnel.',
  })),
  'ipv4-outside': entry('adit', 'warning', 'All of IPv6 goes into the tunnel, IPv4 does not.', () => ({
    message: 'All of IPv6 goes into the tunnel, while IPv4 goes outside of it, past the VPN.',
    hint: 'Add 0.0.0.0/0 to AllowedIPs if nothing should pass by the tunnel.',
  })),
  'family-without-address': entry(
    'adit',
    'warning',
    'Prefixes of a family in which the interface has no address.',
    (family: string) => ({
      message: `AllowedIPs name ${family} networks, and the interface has no ${family} address to send from.`,
      hint: `Add an ${family} Address. Without one that traffic goes into the tunnel and gets no answer.`,
    }),
  ),
  'endpoint-in-allowed-ips': entry(
    'up',
    'warning',
    'An endpoint lies inside a prefix that goes into the tunnel.',
    (host: string) => ({
      message: `${host} lies inside AllowedIPs: wg-quick sends the tunnel’s own packets into the tunnel then.`,
      hint: 'Adit exempts the endpoint by itself. For wg-quick take it out of AllowedIPs.',
    }),
  ),
};
