import { entry, quoted } from '../entry.ts';

/** Everything of [Interface] but its key, and ports, which endpoints have too. */
export const interfaceEntries = {
  'port-malformed': entry('wg', 'error', 'A port is no number.', (field: string, port: string) => ({
    message: `${field} has ${quoted(port)} for a port, which is no number.`,
    hint:
      field === 'Endpoint'
        ? 'Write a number from 1 to 65535. wg tries again for about a minute before it gives up on this.'
        : 'Write a number from 1 to 65535, or remove the line for a port of the system’s choice.',
  })),
  'port-out-of-range': entry(
    'adit',
    'error',
    'A port beyond 65535, which wg silently wraps.',
    (port: string, used: number) => ({
      message: `There is no port ${quoted(port)}; wg would silently use ${used}.`,
      hint: 'Write a number from 1 to 65535.',
    }),
  ),
  'port-service': entry(
    'adit',
    'error',
    'The name of a service in place of a port.',
    (name: string, port: number) => ({
      message: `${quoted(name)} is the name of a service; wg looks its port up in /etc/services.`,
      hint: `Write ${port}.`,
    }),
  ),
  'port-any': entry('adit', 'error', 'An asterisk in place of a port, which wg takes for 0.', () => ({
    message: 'wg takes "*" for port 0, to which nothing can be sent.',
    hint: 'Write the port that the other side listens on, often 51820.',
  })),
  'port-signed': entry('adit', 'warning', 'A port with a sign.', (port: number) => ({
    message: `wg reads this port as ${port}.`,
    hint: `Write ${port}.`,
  })),
  'fwmark-malformed': entry('wg', 'error', 'FwMark is no number of 32 bits.', (value: string) => ({
    message: `FwMark cannot be ${quoted(value)}.`,
    hint: 'Write off, a decimal number, or a hexadecimal one that begins with a lower-case 0x, up to 0xffffffff.',
  })),
  'address-malformed': entry(
    'up',
    'error',
    'Address holds something that is no address.',
    (address: string) => ({
      message: `${quoted(address)} is not an address that an interface can have.`,
      hint: 'Write an address and the length of its network, such as 10.0.0.2/24 or fd00::2/64.',
    }),
  ),
  'address-glob': entry(
    'up',
    'error',
    'Address holds * ? or [, which bash replaces by the names of files.',
    (address: string) => ({
      message: `wg-quick hands ${quoted(address)} to bash, which replaces it by the names of files.`,
      hint: 'Write an address and the length of its network, such as 10.0.0.2/24.',
    }),
  ),
  'address-ambiguous': entry(
    'adit',
    'error',
    'An address in a form that ip reads in its own way.',
    (address: string) => ({
      message: `ip reads ${quoted(address)} in its own way: missing numbers are zeros, a leading 0 makes a number octal.`,
      hint: 'Write all four numbers in decimal, and the length without a leading zero.',
    }),
  ),
  'address-netmask': entry('adit', 'info', 'An address with its netmask written out.', (meant: string) => ({
    message: `This is read as ${meant}.`,
    hint: `Write ${meant}: WireGuard for Windows, macOS and iOS refuse a netmask.`,
  })),
  'address-without-length': entry(
    'adit',
    'info',
    'An address without the length of its network.',
    (meant: string) => ({
      message: `Without a length this is the single address ${meant}.`,
      hint: 'That is what a tunnel needs: routes come from AllowedIPs. Write the length if a whole network was meant.',
    }),
  ),
  'address-repeated': entry(
    'up',
    'error',
    'The same address twice, which ip refuses.',
    (address: string, line: number) => ({
      message: `${address} is given in line ${line} already, and ip refuses to add it again.`,
      hint: 'Remove one of the two.',
    }),
  ),
  'address-is-network': entry(
    'adit',
    'warning',
    'The address is the network’s own or its broadcast address.',
    (address: string) => ({
      message: `${address} is the first or last address of its network, not one that a host should have.`,
      hint: 'Write the address of this host, with the length of the network.',
    }),
  ),
  'address-unusual': entry('adit', 'warning', 'An address that no tunnel can use.', (address: string) => ({
    message: `${address} is not an address that others can reply to.`,
    hint: 'Use the address that was given to this host in the tunnel’s network.',
  })),
  'dns-server-malformed': entry(
    'adit',
    'error',
    'wg-quick takes it for a DNS server, and it is no address.',
    (word: string) => ({
      message: `${quoted(word)} is taken for a DNS server, and is no address.`,
      hint: 'Write the plain address of the server, without port, prefix length or scheme.',
    }),
  ),
  'dns-domain-malformed': entry(
    'adit',
    'error',
    'wg-quick takes it for a search domain, and it is none.',
    (word: string) => ({
      message: `${quoted(word)} is taken for a search domain, and is none.`,
      hint: 'Write the address of a DNS server, or a domain such as corp.example.',
    }),
  ),
  'dns-search-only': entry('up', 'warning', 'Search domains without a DNS server, which do nothing.', () => ({
    message: 'DNS names search domains but no server; wg-quick ignores it then.',
    hint: 'Add the address of a DNS server.',
  })),
  'mtu-malformed': entry('up', 'error', 'MTU is no number.', (value: string) => ({
    message: `MTU cannot be ${quoted(value)}.`,
    hint: 'Write a number of bytes, such as 1420, or remove the line.',
  })),
  'mtu-out-of-range': entry(
    'up',
    'error',
    'MTU is beyond what a tunnel’s interface takes.',
    (value: string) => ({
      message: `MTU cannot be ${quoted(value)}: an interface takes 68 to 65535.`,
      hint: 'Write 1420, or remove the line.',
    }),
  ),
  'mtu-ambiguous': entry('adit', 'error', 'MTU in octal, hexadecimal or with a sign.', (bytes: number) => ({
    message: `ip reads this MTU as ${bytes}: a leading 0 makes a number octal.`,
    hint: 'Write a plain decimal number.',
  })),
  'mtu-without-ipv6': entry('up', 'warning', 'MTU under 1280, which turns IPv6 off on the link.', () => ({
    message: 'With an MTU under 1280 Linux turns IPv6 off on the link, and this profile has IPv6 in it.',
    hint: 'Set 1280 or more, or remove the IPv6 addresses and prefixes.',
  })),
  'mtu-large': entry('adit', 'info', 'MTU above what an ordinary path carries.', (mtu: number) => ({
    message: `With an MTU of ${mtu} the encrypted packets are larger than the 1500 bytes of an ordinary path.`,
    hint: 'Set 1420 (1440 if the endpoint is IPv4), or less where the path is smaller.',
  })),
  'table-case': entry('up', 'error', 'A word of Table in another case.', (word: string) => ({
    message: `Table takes "${word}" in lower case only; ip refuses it otherwise.`,
    hint: `Write ${word}.`,
  })),
  'table-malformed': entry('up', 'error', 'Table is a number that no table has.', (value: string) => ({
    message: `There is no routing table ${quoted(value)}.`,
    hint: 'Write auto, off, or a number from 1 to 4294967295.',
  })),
  'table-ambiguous': entry('adit', 'error', 'Table in octal or with a sign.', (table: number) => ({
    message: `ip reads this table as ${table}: a leading 0 makes a number octal.`,
    hint: 'Write a plain decimal number.',
  })),
  'table-name-unknown': entry(
    'adit',
    'error',
    'A table by a name that only some machine’s rt_tables knows.',
    (name: string) => ({
      message: `Adit does not know a routing table ${quoted(name)}.`,
      hint: 'Write its number, as /etc/iproute2/rt_tables has it, or auto, off or main.',
    }),
  ),
  'save-config-malformed': entry(
    'strip',
    'error',
    'SaveConfig is neither true nor false.',
    (value: string) => ({
      message: `SaveConfig cannot be ${quoted(value)}.`,
      hint: 'Write true or false, or remove the line.',
    }),
  ),
  'save-config-ignored': entry('adit', 'warning', 'SaveConfig = true, which Adit does not follow.', () => ({
    message: 'Adit never rewrites a profile from the running tunnel, as SaveConfig asks for.',
    hint: 'Remove the line. With wg-quick it loses comments, names and the host names of endpoints.',
  })),
  'scripts-not-run': entry(
    'adit',
    'warning',
    'Script keys are present; they run only where an administrator allows it.',
    (keys: string) => ({
      message: `${keys}: Adit runs commands from a profile only where the machine’s policy allows it to the user.`,
      hint: 'Elsewhere you are asked whether the tunnel is to come up without them. An administrator allows them in /etc/adit/policy.json.',
    }),
  ),
  'script-hash': entry('up', 'info', 'A command with a #, where versions of wg-quick differ.', () => ({
    message:
      'wg-quick of 2021 cuts this command off at the #, since v1.0.20260223 it passes all of it to bash.',
    hint: 'Put the command into a script file if it needs a #.',
  })),
};
