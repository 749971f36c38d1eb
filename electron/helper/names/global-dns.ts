import { z } from '../../../shared/contract/schema.ts';

/** NetworkManager's global DNS configuration, which goes before that of all its connections. */
export interface GlobalDns {
  readonly searches: readonly string[];
  readonly options: readonly string[];
  /** Servers and options by domain; `*` is every name. */
  readonly domains: Readonly<
    Record<string, { readonly servers: readonly string[]; readonly options: readonly string[] }>
  >;
}

/** None: each connection has its own. */
export const noGlobalDns: GlobalDns = { searches: [], options: [], domains: {} };

const texts = z.object({ data: z.array(z.string()) }).transform(({ data }) => data);

const property = z.object({
  data: z.object({
    searches: texts.default([]),
    options: texts.default([]),
    domains: z
      .object({
        data: z.record(
          z.string(),
          z.object({ data: z.object({ servers: texts.default([]), options: texts.default([]) }) }),
        ),
      })
      .default({ data: {} }),
  }),
});

/** Reads what `busctl --json=short get-property` prints of it. @throws where that is something else */
export function parseGlobalDns(json: string): GlobalDns {
  const { data } = property.parse(JSON.parse(json));
  const domains = Object.entries(data.domains.data).map(([domain, each]) => [domain, each.data] as const);
  return { searches: data.searches, options: data.options, domains: Object.fromEntries(domains) };
}

/** The words behind `busctl set-property ... GlobalDnsConfiguration` that set it. @see busctl(1), "Parameter formatting" */
export function globalDnsWords({ searches, options, domains }: GlobalDns): string[] {
  const entries = Object.entries(domains);
  if (entries.length === 0 && searches.length === 0 && options.length === 0) return ['a{sv}', '0'];
  return [
    ...['a{sv}', '3'],
    ...['searches', ...listWords(searches)],
    ...['options', ...listWords(options)],
    ...['domains', 'a{sv}', String(entries.length)],
    ...entries.flatMap(([domain, each]) => [
      ...[domain, 'a{sv}', '2'],
      ...['servers', ...listWords(each.servers)],
      ...['options', ...listWords(each.options)],
    ]),
  ];
}

/**
 * The servers and search domains that NetworkManager has learnt for its devices, of what
 * `nmcli --terse --escape no --fields IP4,IP6 device show` prints.
 */
export function parseDevices(listing: string): { servers: string[]; searchDomains: string[] } {
  const valuesOf = (field: RegExp): string[] => [
    ...new Set(listing.split('\n').flatMap((line) => field.exec(line)?.[1] ?? [])),
  ];
  return {
    servers: valuesOf(/^IP[46]\.DNS\[\d+\]:(.+)$/),
    searchDomains: [
      ...valuesOf(/^IP[46]\.SEARCHES\[\d+\]:(.+)$/),
      ...valuesOf(/^IP[46]\.DOMAIN\[\d+\]:(.+)$/),
    ].filter((domain) => !domain.startsWith('~')),
  };
}

function listWords(items: readonly string[]): string[] {
  return ['as', String(items.length), ...items];
}
