import { addressBits } from '../address.ts';
import { formatPrefix } from '../prefix.ts';
import type { Prefix } from '../prefix.ts';
import type { Conflict, RouteOwner } from './conflicts.ts';

/** A conflict as a person is told of it. */
export interface ConflictWords {
  /** What would happen. */
  readonly message: string;
  /** What can be done. */
  readonly hint: string;
}

/** Says what a conflict means. */
export function wordsOf(conflict: Conflict): ConflictWords {
  const prefix = formatPrefix(conflict.prefix);
  const against = formatPrefix(conflict.against);
  const owner = nameOf(conflict.owner);
  switch (conflict.code) {
    case 'route-taken':
      return {
        message: `${prefix} is ${owner} already: it would go into the tunnel as a whole.`,
        hint: `Subtract it, and it stays where it is; go on, and ${owner} is out of reach while the tunnel is up; or stop.`,
      };
    case 'route-split':
      return {
        message: `${prefix} is a part of ${against}, which is ${owner}: that part would go into the tunnel.`,
        hint: 'The rest stays where it is. Subtract it if you need that part here.',
      };
    case 'route-shadowed':
      return {
        message: `${against} of ${prefix} is ${owner}, and stays there: what you look for in the tunnel under these addresses is not found.`,
        hint: `Take ${conflict.owner.interface} down, or give its network other addresses, if you need them in the tunnel.`,
      };
    case 'address-taken':
      return {
        message: `${hostOf(prefix)} is an address of this machine already, on ${conflict.owner.interface}: what others send to it there is dropped while the tunnel is up.`,
        hint: `Give the profile the address that the far side keeps for it, or take it off ${conflict.owner.interface}.`,
      };
    case 'address-network-taken':
      return {
        message:
          prefix === against
            ? `${prefix} around the address of the tunnel is ${owner} already: it would go into the tunnel as a whole.`
            : `${prefix} around the address of the tunnel is a part of ${against}, which is ${owner}: that part would go into the tunnel.`,
        hint: `Write ${wholeLength(conflict.prefix)} behind the address in the profile, and only AllowedIPs decide what goes into the tunnel.`,
      };
    case 'full-tunnel-twice':
      return {
        message: `${prefix} is for everything, and so is ${against} of ${owner}: one of them would carry nothing.`,
        hint: `Take ${conflict.owner.name} down first, or go on if that is what you mean.`,
      };
    case 'gateway-captured':
      return {
        message: `The gateway of this machine, ${hostOf(against)}, lies in ${prefix}: it would be looked for in the tunnel.`,
        hint: 'Subtract it, and it is reached as before; or go on if nothing but the way out is asked of it.',
      };
    case 'name-server-captured':
      return {
        message: `The name server in use, ${hostOf(against)}, lies in ${prefix}: it would be asked through the tunnel.`,
        hint: 'Subtract it, and it is asked as before; or go on if it is the tunnel’s own.',
      };
  }
}

function nameOf({ kind, interface: device, name }: RouteOwner): string {
  switch (kind) {
    case 'tunnel':
      return `the tunnel "${name}"`;
    case 'vpn':
      return `another VPN’s, on ${device}`;
    case 'bridge':
      return `the network of ${device}`;
    case 'lan':
      return `the local network on ${device}`;
    case 'other':
      return `on ${device}`;
  }
}

function wholeLength({ family }: Prefix): string {
  return `/${addressBits[family]}`;
}

function hostOf(prefix: string): string {
  return prefix.slice(0, prefix.lastIndexOf('/'));
}
