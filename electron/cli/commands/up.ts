import { HelperConnection } from '../../backend/helper-client/connection.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { bringUp, switchTo } from '../../backend/tunnels.ts';
import { has, operandAt, valueOf } from '../command.ts';
import type { Command, Given } from '../command.ts';
import { conflictOptions } from '../conflict-options.ts';
import { wrongUsage } from '../parse.ts';
import { tunnelText } from '../text/tunnel.ts';

/** Seconds that `--wait` waits unless told otherwise: four attempts of WireGuard's at a handshake. */
const usualWait = 20;

/** The longest wait that the contract takes, in seconds. */
const longestWait = 600;

/** `adit up NAME` */
export const up: Command = {
  name: 'up',
  operands: 'NAME',
  arity: { least: 1, most: 1 },
  summary: 'Bring the tunnel of a profile up',
  details: ['Comes back when interface and routes stand. Where that fails, everything is undone.'],
  options: {
    wait: {
      kind: 'optional',
      placeholder: 'SECONDS',
      summary: `Wait until a peer has shaken hands (${usualWait} s unless said)`,
    },
    ...conflictOptions,
    switch: {
      kind: 'flag',
      summary:
        'Take your tunnels that it is in conflict with down for it; they are back if it cannot come up',
    },
  },
  async run({ places, given }) {
    const wait = waitIn(given);
    const profile = await new ProfileStore(places.home).find(operandAt(given, 0));
    const helper = await HelperConnection.open(places.socket);
    try {
      const options = {
        accept: given.options.get('accept') ?? [],
        subtract: has(given, 'subtract'),
        wait,
      };
      if (!has(given, 'switch')) {
        const tunnel = await bringUp(helper, profile, options);
        return { json: { tunnels: [tunnel] }, text: tunnelText(tunnel, Date.now()) };
      }
      const { tunnel, down } = await switchTo(helper, profile, options);
      return {
        json: { tunnels: [tunnel], down },
        text: tunnelText(tunnel, Date.now()),
        remarks: down.map((name) => `"${name}" was taken down for it.`),
      };
    } finally {
      helper.close();
    }
  },
};

function waitIn(given: Given): number | null {
  const text = valueOf(given, 'wait');
  if (text === undefined) return null;
  const seconds = text === '' ? usualWait : Number(text);
  if (seconds >= 0 && seconds <= longestWait) return seconds;
  throw wrongUsage(up, `--wait takes seconds from 0 to ${longestWait}, not ${JSON.stringify(text)}.`);
}
