import { readEndpoint } from '../values/endpoint.ts';
import { refused } from './rule-set.ts';
import type { FieldRule } from './rule-set.ts';

/** How both apps read an endpoint: brackets around IPv6 and nothing else, a number in range for a port. */
export function strictEndpoint(program: string): FieldRule {
  return (value) => {
    const endpoint = readEndpoint(value);
    if (endpoint.kind !== 'read') return null;
    const { host, port, bracketed } = endpoint;
    if (port.kind !== 'plain' && port.kind !== 'signed')
      return refused(`${program} takes a number from 0 to 65535 for a port.`);
    const isIPv6 = host.kind === 'address' && host.address.family === 6;
    if (isIPv6 && !bracketed) return refused(`${program} wants brackets around an IPv6 address.`);
    if (!isIPv6 && bracketed) return refused(`${program} wants brackets around IPv6 addresses only.`);
    return null;
  };
}

/** How both apps read Address: items between commas, no netmask. */
export function strictAddress(program: string): FieldRule {
  return (value) => {
    const items = value.split(',').map((item) => item.trim());
    if (items.some((item) => item === '')) return refused(`${program} takes no empty item.`);
    if (items.some((item) => /\s/.test(item))) return refused(`${program} wants commas between addresses.`);
    return items.some((item) => /\/[0-9]+\./.test(item)) ? refused(`${program} takes no netmask.`) : null;
  };
}

/** Whether both apps take a port. */
export function isPort(value: string): boolean {
  return /^[+]?[0-9]+$/.test(value) && Number(value) <= 65_535;
}
