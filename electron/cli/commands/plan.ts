import { tunnelToMessage } from '../../../shared/contract/helper/messages.ts';
import { dnsText } from '../../../shared/names/words.ts';
import type { HelperResult } from '../../../shared/contract/helper/verbs.ts';
import { HelperConnection } from '../../backend/helper-client/connection.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { operandAt } from '../command.ts';
import type { Command } from '../command.ts';

/** `adit plan NAME` */
export const plan: Command = {
  name: 'plan',
  operands: 'NAME',
  arity: { least: 1, most: 1 },
  summary: 'Show what "up" would do, and what the tunnel would run into',
  details: [
    'Nothing is changed. A conflict that is an error stops "up" until you decide: with --subtract, or --accept CODE.',
    'Exit status 1 if there is such a conflict.',
  ],
  options: {},
  async run({ places, given }) {
    const profile = await new ProfileStore(places.home).find(operandAt(given, 0));
    const helper = await HelperConnection.open(places.socket);
    try {
      const found = await helper.ask('plan', { tunnel: tunnelToMessage(profile.tunnel()) });
      const stops = found.conflicts.some(({ severity }) => severity === 'error');
      return { json: found, text: planText(found), exitCode: stops ? 1 : 0 };
    } finally {
      helper.close();
    }
  },
};

function planText({ name, mtu, exempt, steps, dns, conflicts, warnings }: HelperResult<'plan'>): string {
  return [
    `"${name}" would come up with an MTU of ${mtu}, in these steps:`,
    ...steps.map((step) => `  ${step}`),
    ...(exempt.length === 0
      ? []
      : [`Kept out of the tunnel by mark, though inside it: ${exempt.join(', ')}`]),
    `Names: ${dnsText(dns)}`,
    ...(conflicts.length === 0 ? ['Nothing here is in conflict with it.'] : []),
    ...conflicts.map(({ severity, code, message, hint }) => `${severity} [${code}] ${message}\n    ${hint}`),
    ...warnings.map(({ code, message, hint }) => `warning [${code}] ${message}\n    ${hint}`),
  ].join('\n');
}
