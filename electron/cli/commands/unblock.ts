import { HelperConnection } from '../../backend/helper-client/connection.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { unblock as openUplink } from '../../backend/tunnels.ts';
import { longestOpening } from '../../../shared/tunnel/status.ts';
import { operandAt, valueOf } from '../command.ts';
import type { Command } from '../command.ts';
import { wrongUsage } from '../parse.ts';

/** Minutes, where nobody says how many. */
const usualOpening = 5;

/** `adit unblock NAME` */
export const unblock: Command = {
  name: 'unblock',
  operands: 'NAME',
  arity: { least: 1, most: 1 },
  summary: 'Open the uplink to your programs for some minutes although a kill switch blocks it',
  details: [
    'For signing in at a captive portal, in a hotel or a train. What your programs send in that time goes past the tunnel.',
    'It closes by itself: when the time is over, as soon as a peer answers, and if the helper dies.',
    'The VPN’s own server is asked for a page over HTTP, to see whether a portal answers in its place.',
  ],
  options: {
    minutes: {
      kind: 'value',
      placeholder: 'N',
      summary: `How long, up to ${longestOpening} (default: ${usualOpening}); 0 closes it now`,
    },
  },
  async run({ places, given }) {
    const text = valueOf(given, 'minutes') ?? String(usualOpening);
    const minutes = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
    if (!(minutes <= longestOpening))
      throw wrongUsage(unblock, `--minutes takes a number from 0 to ${longestOpening}.`);
    const helper = await HelperConnection.open(places.socket);
    try {
      const store = new ProfileStore(places.home);
      const { until, portal } = await openUplink(helper, store, operandAt(given, 0), minutes);
      return { json: { until, portal }, text: textOf(until, portal) };
    } finally {
      helper.close();
    }
  },
};

function textOf(until: string | null, portal: string | null): string {
  if (until === null) return 'The uplink is closed.';
  const sign =
    portal === null
      ? 'No portal was found; if there is one, any page over http:// leads to it.'
      : `Sign in at ${portal}`;
  return `The uplink is open to your programs until ${until}.\n${sign}`;
}
