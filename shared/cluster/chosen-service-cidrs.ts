import { FaultError } from '../fault.ts';
import { networkOf, parseInterfaceAddress } from '../network/prefix.ts';
import type { Prefix } from '../network/prefix.ts';
import type { Cluster } from './cluster.ts';

/**
 * The networks of Services that somebody has chosen.
 *
 * @param words networks, or `auto` for what the cluster says they are
 * @throws FaultError `allowed-ip-malformed`, `service-cidr-unknown`
 */
export function chosenServiceCidrs(words: readonly string[], cluster: Cluster): Prefix[] {
  return words.flatMap((word) => {
    if (word === 'auto') return knownServiceCidrs(cluster);
    // Without a length it would be the one address, which nobody means.
    const cidr = word.includes('/') ? parseInterfaceAddress(word) : null;
    if (cidr !== null) return networkOf(cidr);
    throw new FaultError({
      code: 'allowed-ip-malformed',
      message: `--service-cidr: ${JSON.stringify(word.slice(0, 100))} is no range of addresses.`,
      hint: 'Write an address and the length of its network, such as 10.43.0.0/16, or "auto".',
    });
  });
}

function knownServiceCidrs({ serviceCidrs }: Cluster): Prefix[] {
  if (serviceCidrs.length > 0) return serviceCidrs.map(({ cidr }) => cidr);
  throw new FaultError({
    code: 'service-cidr-unknown',
    message: 'Nothing that was read tells which addresses Services have.',
    hint: 'Save the Services too (kubectl get services -A -o json > services.json), or write the range: --service-cidr 10.43.0.0/16.',
  });
}
