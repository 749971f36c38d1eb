import { parseDestination } from '../../../shared/diagnosis/diagnosis.ts';
import type { Destination } from '../../../shared/diagnosis/probe.ts';
import { diagnose as findOut } from '../../backend/diagnosis/diagnose.ts';
import { HelperConnection } from '../../backend/helper-client/connection.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import type { Command } from '../command.ts';
import { wrongUsage } from '../parse.ts';
import { diagnosisText } from '../text/diagnosis.ts';

/** `adit diagnose [NAME] [ADDRESS]` */
export const diagnose: Command = {
  name: 'diagnose',
  operands: '[NAME] [ADDRESS]',
  arity: { least: 0, most: 2 },
  summary: 'Find out what is wrong with a tunnel, or with the way to an address through it',
  details: [
    'Asks the endpoints, the peers and the hosts on the way, and tells what to look at on each. Sends packets, changes nothing.',
    'Without NAME, every tunnel that is up. ADDRESS is an address or a name, maybe with a TCP port: 10.43.0.80:80.',
    'If ADDRESS does not answer, at most 254 addresses around it, and as many around your own in the tunnel, get a packet.',
    'Exit status 1 if something is wrong.',
  ],
  options: {},
  async run({ places, given }) {
    const [first, second] = given.operands;
    const isAddress = first !== undefined && second === undefined && /^[^:]+\.[^:]*|:/.test(first);
    const store = new ProfileStore(places.home);
    const name = first === undefined || (isAddress && !(await isProfile(store, first))) ? null : first;
    const destination = destinationIn(name === null ? first : second);
    let helper: HelperConnection | null = null;
    try {
      const found = await findOut(store, async () => (helper = await HelperConnection.open(places.socket)), {
        name,
        destination,
      });
      const isWrong = found.findings.some(({ severity }) => severity !== 'note');
      return { json: found, text: diagnosisText(found), exitCode: isWrong ? 1 : 0 };
    } finally {
      (helper as HelperConnection | null)?.close();
    }
  },
};

/** A profile may be called as an address is. */
async function isProfile(store: ProfileStore, name: string): Promise<boolean> {
  return (await store.names()).includes(name.normalize('NFC'));
}

function destinationIn(text: string | undefined): Destination | null {
  if (text === undefined) return null;
  const destination = parseDestination(text);
  if (destination !== null) return destination;
  throw wrongUsage(
    diagnose,
    `${JSON.stringify(text)} is no address, and no name with a port from 1 to 65535.`,
  );
}
