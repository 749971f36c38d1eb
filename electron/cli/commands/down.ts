import { HelperConnection } from '../../backend/helper-client/connection.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { patienceWith, takeDown } from '../../backend/tunnels.ts';
import { has, operandAt } from '../command.ts';
import type { Command } from '../command.ts';
import { wrongUsage } from '../parse.ts';

/** `adit down NAME`, `adit down --all` */
export const down: Command = {
  name: 'down',
  operands: 'NAME | --all',
  arity: { least: 0, most: 1 },
  summary: 'Take a tunnel down, and leave the network as it was before',
  options: { all: { kind: 'flag', summary: 'Take every tunnel down' } },
  async run({ places, given }) {
    const takesAll = has(given, 'all');
    if (takesAll === given.operands.length > 0) throw wrongUsage(down, 'Name one tunnel, or say --all.');
    const helper = await HelperConnection.open(places.socket);
    try {
      const gone = takesAll
        ? await helper.ask('down', { interface: null }, patienceWith(await helper.ask('status', {})))
        : await takeDown(helper, new ProfileStore(places.home), operandAt(given, 0));
      return {
        json: { down: gone },
        text: gone.length === 0 ? 'No tunnel was up.' : `Down: ${gone.join(', ')}`,
      };
    } finally {
      helper.close();
    }
  },
};
