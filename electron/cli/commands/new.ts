import {
  confOfEnd,
  diagnose,
  encode,
  farSideOf,
  generateKeyPair,
  ownStepsOf,
  parse,
} from '../../../shared/config/index.ts';
import type { Diagnostic, FarSide, Step } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import { formatInterfaceAddress, formatPrefix } from '../../../shared/network/prefix.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { valueOf } from '../command.ts';
import type { Command, Given } from '../command.ts';
import { endOptions, readEnd, readPeerInterface } from '../new-end.ts';
import { wrongUsage } from '../parse.ts';
import { newEndText } from '../text/new-end.ts';

/** `adit new NAME` */
export const newProfile: Command = {
  name: 'new',
  operands: 'NAME',
  arity: { least: 1, most: 1 },
  summary: 'Make keys and a profile, and say what the far side needs',
  details: [
    'The private key stays in the profile: "adit show NAME --reveal" shows it, "adit export NAME" gives it away.',
    'Printed is what the far side needs: its [Peer] section, the same for "wg set", and, where it has to pass packets on,',
    'its routes and its rules for forwarding, FORWARD and MASQUERADE. Where both ends are made here, begin with the one',
    'that is dialled: "adit new relay --address 10.200.200.2/24 --listen-port 51820".',
  ],
  options: {
    ...endOptions,
    'peer-interface': {
      kind: 'value',
      placeholder: 'NAME',
      summary: 'The interface of the far side, in what is printed for it (default: wg0)',
    },
    firewall: {
      kind: 'value',
      placeholder: 'nft|iptables',
      summary: 'The tool for firewall rules in what is printed (default: nft)',
    },
  },
  async run({ places, given }) {
    const tool = firewallIn(given);
    const peerInterface = readPeerInterface(given);
    const end = await readEnd(newProfile, given);
    const { privateKey, publicKey } = generateKeyPair();
    const text = confOfEnd(end, privateKey);
    const remarks = accepted(diagnose(parse(text)));
    await new ProfileStore(places.home).add(end.name, encode(text));
    const farSide = farSideOf(end, publicKey, peerInterface);
    const ownSteps = ownStepsOf(end);
    const warnings = remarks.filter(({ severity }) => severity === 'warning');
    return {
      json: {
        name: end.name,
        interface: end.interface,
        publicKey,
        addresses: end.addresses.map(formatInterfaceAddress),
        listenPort: end.listenPort,
        warnings: warnings.map(({ code, message, hint }) => ({ code, message, hint })),
        farSide: farSideJson(farSide, tool),
        thisSide: { steps: ownSteps, commands: commandsOf(ownSteps, tool) },
      },
      text: newEndText({ end, publicKey, warnings, farSide, ownSteps }, tool),
    };
  },
};

/** The tool that firewall rules are written for. */
export type FirewallTool = 'nft' | 'iptables';

function firewallIn(given: Given): FirewallTool {
  const tool = valueOf(given, 'firewall') ?? 'nft';
  if (tool === 'nft' || tool === 'iptables') return tool;
  throw wrongUsage(newProfile, `There are no rules for ${JSON.stringify(tool)}.`);
}

/** @throws FaultError with the code of the first error: nothing is kept that could not come up */
function accepted(remarks: readonly Diagnostic[]): readonly Diagnostic[] {
  const problem = remarks.find(({ severity }) => severity === 'error');
  if (problem === undefined) return remarks;
  const { code, message, hint } = problem;
  throw new FaultError({ code, message, hint });
}

function farSideJson(farSide: FarSide, tool: FirewallTool): Readonly<Record<string, unknown>> {
  const { interface: link, peer, peerSection, wgSet, routes, steps } = farSide;
  return {
    interface: link,
    publicKey: peer.publicKey,
    presharedKey: peer.presharedKey,
    endpoint: peer.endpoint,
    allowedIps: peer.allowedIps.map(formatPrefix),
    peerSection,
    wgSet,
    routes,
    steps,
    commands: [wgSet, ...routes, ...commandsOf(steps, tool)],
  };
}

function commandsOf(steps: readonly Step[], tool: FirewallTool): string[] {
  return steps.flatMap((step) => step[tool]);
}
