import { at, shellWord } from '../commands.ts';
import { findingEntry } from '../finding.ts';

/** What the sizes of packets tell, and what could not be asked. */
export const sizeEntries = {
  'mtu-too-large': findingEntry(
    'error',
    'Small packets pass and large ones are lost: the path takes less than the MTU of the tunnel.',
    (name: string, mtu: number, largest: number, address: string) => ({
      message: `Packets to ${address} of up to ${largest} bytes come back, larger ones do not, and the MTU of the tunnel "${name}" is ${mtu}: what is large stalls.`,
      hint: `Set the MTU to ${largest}: MTU = ${largest} in [Interface], or the command below. It counts from the next time the tunnel comes up.`,
      commands: [
        at('here', `adit set ${shellWord(name)} mtu=${largest}`),
        at('here', `adit down ${shellWord(name)} && adit up ${shellWord(name)}`),
      ],
    }),
  ),
  'mtu-too-large-outside': findingEntry(
    'error',
    'The path to the endpoint takes less than the tunnel’s packets need.',
    (name: string, mtu: number, outer: number, inner: number, address: string) => ({
      message: `On the way to ${address}, outside the tunnel, packets of more than ${outer} bytes are lost. The tunnel "${name}" with its MTU of ${mtu} makes larger ones: what is large stalls.`,
      hint: `Set the MTU to ${inner}: that is what remains of ${outer} bytes. It counts from the next time the tunnel comes up.`,
      commands: [
        at('here', `adit set ${shellWord(name)} mtu=${inner}`),
        at('here', `adit down ${shellWord(name)} && adit up ${shellWord(name)}`),
      ],
    }),
  ),
  'mtu-unknown': findingEntry(
    'note',
    'Nothing can be told of large packets, because nobody who could be asked answers small ones.',
    (name: string) => ({
      message: `Whether large packets pass through "${name}" cannot be told: nobody there, nor the endpoint, answers a ping.`,
      hint: 'Name an address behind the tunnel that answers pings.',
      commands: [at('here', `adit diagnose ${shellWord(name)} ADDRESS`)],
    }),
  ),
  'ping-unusable': findingEntry(
    'note',
    'The program ping is missing or may not be used, so that less could be found out.',
    (reason: string) => ({
      message: `Nobody could be pinged: ${reason}`,
      hint: 'What is said here rests on TCP and UDP alone. Hosts on the way and the size of packets could not be looked at.',
      commands: [at('here', 'sudo apt-get install iputils-ping')],
    }),
  ),
};
