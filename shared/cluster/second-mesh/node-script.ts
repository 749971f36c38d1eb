import { shellWord } from '../../diagnosis/commands.ts';
import { FaultError } from '../../fault.ts';
import { formatAddress } from '../../network/address.ts';
import type { Family } from '../../network/address.ts';
import { formatPrefix } from '../../network/prefix.ts';
import { isDnsSubdomain } from '../values/endpoint.ts';
import { nodeScriptBody } from './node-script-body.ts';
import type { LaptopEnd, SecondMeshNode } from './plan.ts';

/** The interface of a second mesh on nodes. All laptops of a node share it. */
const link = 'adit0';

/**
 * The script that lets a laptop into nodes: it says what it will do, makes the node's key there, the interface, routes and rules, and
 * prints `adit-node NAME PUBKEY ENDPOINT`.
 *
 * @param label what people call the laptop's end
 * @param nodes those that it can be run on
 */
export function nodeScript(label: string, laptop: LaptopEnd, nodes: readonly SecondMeshNode[]): string {
  const name = label.replace(/[^\p{L}\p{N} ._@+-]/gu, '?').slice(0, 100);
  const [only] = nodes;
  return [
    '#!/bin/sh',
    '# adit-node script',
    '#',
    '# Lets one laptop into a node of a Kubernetes cluster, by a WireGuard interface beside those that the cluster has.',
    '# Run it as root on the node. It says what it will do before it does it; with --dry-run, it says that and ends.',
    '# Run again, it changes nothing that is right. With --remove it undoes everything. Its last word, on stdout, is a line',
    '#   adit-node NAME PUBKEY ENDPOINT',
    '# and those of all nodes, in a file, are for: adit cluster import --as PROFILE --keys FILE',
    '',
    ...assignments({
      link,
      network: textOf(laptop.networks, 4, formatPrefix),
      network6: textOf(laptop.networks, 6, formatPrefix),
      laptop: name,
      laptop_key: laptop.publicKey,
      laptop_address: textOf(laptop.addresses, 4, formatAddress),
      laptop_address6: textOf(laptop.addresses, 6, formatAddress),
      only_node: nodes.length === 1 ? (only?.name ?? '') : '',
    }),
    '',
    'choose_node() {',
    '  case $1 in',
    ...nodes.map((node) => `    ${caseOf(node)}`),
    '    *) return 1 ;;',
    '  esac',
    '}',
    '',
    nodeScriptBody,
  ].join('\n');
}

function assignments(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`);
}

/** The text of what there is of a family; empty where there is nothing. */
function textOf<T extends { readonly family: Family }>(
  all: readonly T[],
  family: Family,
  format: (one: T) => string,
): string {
  const found = all.find((one) => one.family === family);
  return found === undefined ? '' : format(found);
}

function caseOf({ name, addresses, host }: SecondMeshNode): string {
  // Names of nodes are of letters, digits, dots and hyphens, of which none means anything in a pattern.
  if (!isDnsSubdomain(name)) throw new FaultError(unusable(name));
  const found = host === null ? '' : host.host;
  const own = Object.fromEntries(
    addresses.map((address) => [address.family === 4 ? 'address' : 'address6', formatAddress(address)]),
  );
  const words = assignments({ ...own, host: found });
  return `${name}) ${words.join(' ')} private=${host?.isPrivate === true ? 'yes' : 'no'} ;;`;
}

/** A word in quotes where a shell would read anything into it; without line ends, which would be odd in a script that people read. */
function quoted(text: string): string {
  return text === '' ? "''" : shellWord(text.replace(/[\p{Cc}\u2028\u2029]/gu, '?'));
}

function unusable(name: string): ConstructorParameters<typeof FaultError>[0] {
  return {
    code: 'node-not-found',
    message: `${JSON.stringify(name.slice(0, 100))} is no name that Kubernetes gives a node.`,
    hint: 'Names of nodes are of small letters, digits, dots and hyphens.',
  };
}
