import { FaultError } from '../../../../shared/fault.ts';
import { isOfMesh } from '../../../backend/cluster/kept.ts';
import { clusterPlaces } from '../../cluster-places.ts';
import { inForm, outputOption, readOutput, syncOptions } from '../../cluster-source.ts';
import { operandAt } from '../../command.ts';
import type { Command } from '../../command.ts';
import { withSync } from './sync.ts';

/** `adit cluster gateway PROFILE NODE` */
export const clusterGateway: Command = {
  name: 'cluster gateway',
  operands: 'PROFILE NODE',
  arity: { least: 2, most: 2 },
  summary: 'Reach the Services of a cluster through another of its nodes',
  details: ['The tunnel, if it is up, is changed in one step; its sessions go on.'],
  options: { ...syncOptions, output: outputOption },
  async run(context) {
    const output = readOutput(clusterGateway, context.given);
    const { store, kept: records } = clusterPlaces(context.places);
    const profile = await store.find(operandAt(context.given, 0));
    const node = operandAt(context.given, 1);
    const kept = await records.get(profile.name);
    const isForAll = isOfMesh(kept) && kept.single;
    if (kept.serviceCidrs.length === 0 && !isForAll) throw withoutServices(profile.name);
    const step = await withSync(context, profile.name, null, (sync) => sync.step(node));
    return inForm(output, {
      json: { profile: profile.name, gateway: node, changes: step.differences, applied: step.isApplied },
      text: `${isForAll ? 'Everything is' : 'Services are'} reached through ${node}.`,
    });
  },
};

function withoutServices(profile: string): FaultError {
  return new FaultError({
    code: 'gateway-without-services',
    message: `The profile "${profile}" reaches no Services: a gateway is for them.`,
    hint: 'Import the cluster under another name with --service-cidr auto.',
  });
}
