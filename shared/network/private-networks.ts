import { parsePrefix } from './prefix.ts';
import type { Prefix } from './prefix.ts';

/** Networks that no router of the internet takes packets to. @see RFC 1918, RFC 6598, RFC 4193 */
export const privateNetworks: readonly Prefix[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
].flatMap((text) => parsePrefix(text) ?? []);
