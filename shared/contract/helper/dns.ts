import { z } from '../schema.ts';

/** How names are resolved while a tunnel is up. */
export const dnsStatus = z.strictObject({
  backend: z.string(),
  mode: z.enum(['all', 'split', 'none']),
  reason: z.string(),
  servers: z.array(z.string()),
  domains: z.array(z.string()),
  searchDomains: z.array(z.string()),
});
