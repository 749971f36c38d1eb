import type { Fault } from '../fault.ts';
import type { DnsStatus, TunnelWarning } from '../tunnel/status.ts';
import type { NameBackendKind } from './backend.ts';
import type { Denial, DesiredNames } from './desired.ts';
import type { NameWish } from './wish.ts';

/** What was done about names on this host. */
export type NamesApplied =
  | {
      readonly kind: 'applied';
      readonly backend: NameBackendKind;
      /** Whether a forwarder sends each name its way, because the backend cannot. */
      readonly forwarder: boolean;
      /** Why it is that backend. */
      readonly reason: string;
      readonly warnings: readonly TunnelWarning[];
    }
  | { readonly kind: 'failed'; readonly fault: Fault };

/** What a tunnel's status says of names. */
export interface NamesStatus {
  readonly dns: DnsStatus;
  readonly warnings: readonly TunnelWarning[];
}

/** Of a tunnel for whose names nothing has been done yet. */
export const namesUntouched: NamesStatus = { dns: untouched('not set yet'), warnings: [] };

/**
 * The status of a tunnel's names.
 *
 * @param applied null where nothing had to be done
 */
export function namesStatus(
  wish: NameWish,
  desired: DesiredNames,
  applied: NamesApplied | null,
): NamesStatus {
  const denial = desired.denied.get(wish.interface);
  if (denial !== undefined) return denied(wish, denial);
  if (applied?.kind === 'failed') {
    const { code, message, hint } = applied.fault;
    return { dns: untouched(message), warnings: [{ code, message, hint }] };
  }
  const link = desired.links.find((each) => each.interface === wish.interface);
  if (link === undefined || applied === null) return namesUntouched;
  const { servers, scope, searchDomains } = link;
  return {
    dns: {
      backend: applied.forwarder ? `${applied.backend}+forwarder` : applied.backend,
      mode: scope.kind === 'all' ? 'all' : 'split',
      reason: applied.forwarder
        ? `${applied.reason}; it cannot send domains apart, so a forwarder does`
        : applied.reason,
      servers,
      domains: scope.kind === 'all' ? searchDomains : scope.domains,
      searchDomains,
    },
    warnings: applied.warnings,
  };
}

function denied({ scope, name }: NameWish, denial: Denial): NamesStatus {
  switch (denial.kind) {
    case 'no-servers':
      return {
        dns: untouched('the profile names no server'),
        warnings:
          scope.kind === 'all'
            ? []
            : [
                {
                  code: 'names-without-server',
                  message: `The domains ${scope.domains.join(', ')} are to go to the tunnel’s own name servers, and the profile names none.`,
                  hint: 'Add "DNS = ADDRESS" to its [Interface].',
                },
              ],
      };
    case 'all-taken':
    case 'domains-taken': {
      const what = denial.kind === 'all-taken' ? 'All names go' : 'Its domains go';
      return {
        dns: untouched(`${what.toLowerCase()} to the servers of the tunnel "${denial.by}"`),
        warnings: [
          {
            code: 'names-wanted-twice',
            message: `${what} to the servers of the tunnel "${denial.by}", which came up first: those of "${name}" are not asked.`,
            hint: 'Take that tunnel down, or give this one domains of its own.',
          },
        ],
      };
    }
  }
}

function untouched(reason: string): DnsStatus {
  return { backend: 'none', mode: 'none', reason, servers: [], domains: [], searchDomains: [] };
}
