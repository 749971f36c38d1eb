import { entry, quoted } from '../entry.ts';

/** Everything of [Peer] but its keys. */
export const peerEntries = {
  'public-key-missing': entry('wg', 'error', 'A peer without PublicKey.', () => ({
    message: 'This peer has no PublicKey.',
    hint: 'Add the public key of the other side, or remove the section.',
  })),
  'peer-repeated': entry('adit', 'warning', 'Two peers with one key become one.', (line: number) => ({
    message: `The peer in line ${line} has the same key: the two are one, and AllowedIPs given here replace those there.`,
    hint: 'Put all of it into one [Peer], or correct the key.',
  })),
  'endpoint-no-port': entry('wg', 'error', 'An endpoint without a port.', () => ({
    message: 'This endpoint has no port.',
    hint: 'Add the port that the other side listens on, often :51820. An IPv6 address needs brackets around it.',
  })),
  'endpoint-bracket': entry('wg', 'error', 'An endpoint with a bracket that is not closed.', () => ({
    message: 'The "[" of this endpoint has no "]".',
    hint: 'Write [ADDRESS]:PORT.',
  })),
  'endpoint-host': entry(
    'wg',
    'error',
    'The host of an endpoint can neither be an address nor a name.',
    (host: string) => ({
      message: `${quoted(host)} is neither an address nor a host name.`,
      hint: 'Write an IP address or a DNS name of ASCII letters, digits, "-" and dots; other alphabets in their xn-- form.',
    }),
  ),
  'endpoint-not-an-address': entry(
    'adit',
    'error',
    'The host of an endpoint looks like an address and is none.',
    (host: string) => ({
      message: `${quoted(host)} looks like an address and is none; wg would look for a host of that name.`,
      hint: 'An IPv4 address is four numbers from 0 to 255.',
    }),
  ),
  'endpoint-escaped': entry(
    'adit',
    'error',
    'A backslash in the host of an endpoint, which the resolver takes for an escape.',
    (host: string, name: string) => ({
      message: `The resolver takes the backslash in ${quoted(host)} for an escape, and looks for ${quoted(name)}.`,
      hint: 'Write the name without backslashes.',
    }),
  ),
  'endpoint-shorthand': entry(
    'adit',
    'warning',
    'An IPv4 address in an old short form.',
    (host: string, meant: string) => ({
      message: `wg reads ${quoted(host)} as ${meant}.`,
      hint: `Write ${meant} if that is meant: a leading 0 makes a number octal.`,
    }),
  ),
  'endpoint-wildcard': entry(
    'adit',
    'error',
    'An asterisk for a host, which wg takes for this machine.',
    () => ({
      message: 'wg takes "*" for this machine’s own loopback address.',
      hint: 'Write the address or name of the other side.',
    }),
  ),
  'endpoint-brackets': entry(
    'adit',
    'warning',
    'Brackets of an endpoint that other programs read differently.',
    (meant: string) => ({
      message: `wg reads this as ${meant}; WireGuard for Windows, macOS and iOS refuse it.`,
      hint: `Write ${meant}.`,
    }),
  ),
  'endpoint-port-zero': entry(
    'adit',
    'warning',
    'An endpoint with port 0, to which nothing can be sent.',
    () => ({
      message: 'Nothing can be sent to port 0.',
      hint: 'Write the port that the other side listens on, often 51820.',
    }),
  ),
  'endpoint-unusual': entry(
    'adit',
    'warning',
    'An endpoint at an address that no other host has.',
    (host: string) => ({
      message: `${host} is not the address of another host.`,
      hint: 'Write the address at which the other side is reached from here.',
    }),
  ),
  'keepalive-malformed': entry(
    'wg',
    'error',
    'PersistentKeepalive is no number of seconds.',
    (value: string) => ({
      message: `PersistentKeepalive cannot be ${quoted(value)}.`,
      hint: 'Write a plain number of seconds up to 65535, such as 25, or off.',
    }),
  ),
  'keepalive-missing': entry('adit', 'info', 'A peer with an endpoint, but no PersistentKeepalive.', () => ({
    message: 'There is no PersistentKeepalive.',
    hint: 'Behind NAT or a firewall the other side cannot begin to send while nothing has been sent from here: add 25 then.',
  })),
  'allowed-ip-malformed': entry('wg', 'error', 'An item of AllowedIPs is no prefix.', (item: string) => ({
    message: `${quoted(item)} is not an IP address or prefix.`,
    hint: 'Write all four numbers and the length, such as 10.0.0.0/8; commas between several; no netmasks, ranges or names.',
  })),
  'allowed-ip-empty': entry('wg', 'error', 'An empty item in AllowedIPs.', () => ({
    message: 'There is nothing between two commas, or behind the last one.',
    hint: 'Remove the comma.',
  })),
  'allowed-ip-incremental': entry(
    'wg',
    'error',
    'A + or - in AllowedIPs, which only newer versions know.',
    (item: string) => ({
      message: `${quoted(item)} begins with a sign, which wg knows since v1.0.20250521 only, and not for a whole configuration.`,
      hint: 'Write the prefix without the sign, or leave it out.',
    }),
  ),
  'allowed-ip-host-bits': entry(
    'wg',
    'warning',
    'A prefix with bits behind its length, which wg clears.',
    (item: string, meant: string) => ({
      message: `${quoted(item)} has bits behind its length; wg takes it for ${meant}.`,
      hint: `Write ${meant}, or the length of a single address (/32, IPv6 /128) if one host was meant.`,
    }),
  ),
  'allowed-ip-repeated': entry('adit', 'info', 'The same prefix twice in one peer.', (prefix: string) => ({
    message: `${prefix} is given to this peer already.`,
    hint: 'Remove one of the two.',
  })),
  'allowed-ip-moved': entry(
    'adit',
    'warning',
    'The same prefix in two peers: the last one gets it.',
    (prefix: string, line: number) => ({
      message: `${prefix} was given to the peer in line ${line} and silently moves to this one.`,
      hint: 'A prefix belongs to one peer. Remove it from one of the two, or give each a longer one.',
    }),
  ),
  'allowed-ips-missing': entry('adit', 'warning', 'A peer without AllowedIPs.', () => ({
    message: 'This peer has no AllowedIPs: nothing is sent to it and nothing from it is accepted.',
    hint: 'Add the addresses that are reached through it, such as 10.0.0.1/32.',
  })),
  'own-address-routed': entry(
    'adit',
    'warning',
    'The interface’s own address is given to a peer as well.',
    (address: string) => ({
      message: `${address} is the address of this interface itself; two hosts cannot have the same.`,
      hint: 'Write the address of the other side.',
    }),
  ),
};
