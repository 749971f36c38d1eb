import { isDomainName } from '../../../../shared/cluster/names.ts';
import { checkNames } from '../../../backend/diagnosis/names.ts';
import { HelperConnection } from '../../../backend/helper-client/connection.ts';
import { ProfileStore } from '../../../backend/profiles/store.ts';
import { inForm, outputOption, readOutput } from '../../cluster-source.ts';
import { operandAt } from '../../command.ts';
import type { Command } from '../../command.ts';
import { wrongUsage } from '../../parse.ts';
import { namesText } from '../../text/names.ts';

/** `adit cluster names PROFILE [NAME]` */
export const clusterNames: Command = {
  name: 'cluster names',
  operands: 'PROFILE [NAME]',
  arity: { least: 1, most: 2 },
  summary: 'Ask for a name of the cluster through a tunnel, and say who answers, or why nobody does',
  details: [
    'NAME is a Service (web, or web.shop for one of the namespace shop) or a whole name; without it, "kubernetes", which every',
    'cluster has. The name servers of the profile are asked, and this machine as its programs ask it. Nothing is changed.',
    'Exit status 1 if something is wrong.',
  ],
  options: { output: outputOption },
  async run({ places, given }) {
    const output = readOutput(clusterNames, given);
    const wanted = given.operands[1] ?? null;
    if (wanted !== null && !isDomainName(wanted))
      throw wrongUsage(clusterNames, `${JSON.stringify(wanted.slice(0, 100))} is no name.`);
    const profile = await new ProfileStore(places.home).find(operandAt(given, 0));
    const helper = await HelperConnection.open(places.socket);
    try {
      const found = await checkNames(profile, helper, wanted);
      const isWrong = found.findings.some(({ severity }) => severity !== 'note');
      return await inForm(output, { json: found, text: namesText(found), exitCode: isWrong ? 1 : 0 });
    } finally {
      helper.close();
    }
  },
};
