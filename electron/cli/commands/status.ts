import { HelperConnection } from '../../backend/helper-client/connection.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { statusOfAll } from '../../backend/tunnels.ts';
import { FaultError } from '../../../shared/fault.ts';
import { foldChange } from '../../../shared/tunnel/change.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import { has } from '../command.ts';
import type { Answer, Command, CommandContext } from '../command.ts';
import { tunnelText } from '../text/tunnel.ts';

/** `adit status [NAME]` */
export const status: Command = {
  name: 'status',
  operands: '[NAME]',
  arity: { least: 0, most: 1 },
  summary: 'Show how the tunnels are, or one of them',
  options: {
    watch: { kind: 'flag', summary: 'Go on, and show every change; with --json, one value a line' },
  },
  async run(context) {
    const helper = await HelperConnection.open(context.places.socket);
    try {
      return has(context.given, 'watch') ? await watch(context, helper) : await once(context, helper);
    } finally {
      helper.close();
    }
  },
};

async function once(context: CommandContext, helper: HelperConnection): Promise<Answer> {
  return answerOf(context, await helper.ask('status', {}));
}

/** Says how things are whenever they change, until the command is interrupted or the helper goes. */
function watch(context: CommandContext, helper: HelperConnection): Promise<null> {
  return new Promise((resolve, reject) => {
    let standing: readonly TunnelStatus[] = [];
    let saying: Promise<void> = Promise.resolve();
    const say = (): void => {
      saying = saying.then(async () => context.say(await answerOf(context, standing)));
      saying.catch(reject);
    };
    context.onInterrupt(() => resolve(null));
    helper.onEnd((fault) => {
      // What was known before is said before.
      const end = (): void => reject(new FaultError(fault));
      void saying.then(end, end);
    });
    helper
      .watch((change) => {
        standing = foldChange(standing, change);
        say();
      })
      .then((tunnels) => {
        standing = tunnels;
        say();
      }, reject);
  });
}

async function answerOf(
  { places, given }: CommandContext,
  standing: readonly TunnelStatus[],
): Promise<Answer> {
  const store = new ProfileStore(places.home);
  const [name] = given.operands;
  const all = statusOfAll(await store.all(), standing);
  const tunnels = name === undefined ? all : await named(name, all, store);
  const now = Date.now();
  const text =
    tunnels.length === 0
      ? 'No profile is kept yet.'
      : tunnels.map((tunnel) => tunnelText(tunnel, now)).join('\n');
  return { json: { tunnels }, text };
}

/** The tunnel of a profile or interface; a tunnel whose profile is gone can still be named. */
async function named(
  name: string,
  tunnels: readonly TunnelStatus[],
  store: ProfileStore,
): Promise<TunnelStatus[]> {
  const wanted = name.normalize('NFC');
  const tunnel =
    tunnels.find((other) => other.name === wanted) ?? tunnels.find((other) => other.interface === wanted);
  if (tunnel !== undefined) return [tunnel];
  const profile = await store.find(name);
  return tunnels.filter((other) => other.name === profile.name);
}
