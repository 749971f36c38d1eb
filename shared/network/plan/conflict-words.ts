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
  const inside = prefix === against ? prefix : `${against} in ${prefix}`;
  switch (conflict.code) {
    case 'route-taken':
      return {
        message: `${inside} is ${owner} already: it would go into the tunnel as a whole.`,
        hint: `Subtract it, and it stays where it is; go on, and ${owner} is out of reach while the tunnel is up; or stop.`,
      };
    case 'route-split':
      return {
        message: `${prefix} is a part of ${against}, which is ${owner}: that part would go into the tunnel.`,
        hint: 'The rest stays where it is. Subtract it if you need that part here.',
      };
    case 'route-shadowed':
      return conflict.severity === 'error' ? whollyShadowed(conflict) : partlyShadowed(conflict);
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
      return twice(conflict);
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

/** The tunnel would carry nothing of its prefix. */
function whollyShadowed({ prefix: own, against, owner }: Conflict): ConflictWords {
  const prefix = formatPrefix(own);
  switch (owner.kind) {
    case 'refusal':
      return {
        message: `${prefix} is refused by this machine itself (${owner.name}), before the tunnel is asked: nothing of it would go into the tunnel.`,
        hint: 'Remove that route or rule, if you need these addresses in the tunnel.',
      };
    case 'tunnel':
      return {
        message: `${prefix} is ${nameOf(owner)} already, which came up first and keeps it: this one would carry nothing of it.`,
        hint: `Take ${owner.name} down first; or go on, and this one carries it when ${owner.name} is down.`,
      };
    case 'vpn':
    case 'bridge':
    case 'lan':
    case 'other':
      return {
        message: `${prefix} stays with what is ${nameOf(owner)} (${formatPrefix(against)}), by a rule that is asked before the tunnel: nothing of it would go into the tunnel.`,
        hint: `Take ${owner.interface} down, or its rule away, if you need these addresses in the tunnel.`,
      };
  }
}

/** What is more specific stays where it is. */
function partlyShadowed({ prefix: own, against: inner, owner }: Conflict): ConflictWords {
  const [prefix, against] = [formatPrefix(own), formatPrefix(inner)];
  if (owner.kind === 'refusal')
    return {
      message: `${against} of ${prefix} is refused by this machine itself (${owner.name}): what you look for in the tunnel under these addresses is not found.`,
      hint: 'Remove that route or rule, if you need these addresses in the tunnel.',
    };
  return {
    message: `${against} of ${prefix} is ${nameOf(owner)}, and stays there: what you look for in the tunnel under these addresses is not found.`,
    hint: `Take ${owner.interface} down, or give its network other addresses, if you need them in the tunnel.`,
  };
}

function twice({ prefix: own, against: other, owner, isCarried }: Conflict): ConflictWords {
  const both = `${formatPrefix(own)} is for everything, and so is ${formatPrefix(other)}, ${nameOf(owner)}`;
  const hint = `Take ${owner.name} down first, or go on if that is what you mean.`;
  if (!isCarried)
    return {
      message: `${both}, which keeps what it has: this tunnel would carry nothing of it.`,
      hint,
    };
  if (owner.kind === 'tunnel')
    return { message: `${both}, which would carry nothing more while this tunnel is up.`, hint };
  return {
    message: `${both}: the tunnel would take what goes there now, and send its own packets there. If that sends its own into the tunnel, they go round, and neither carries anything.`,
    hint,
  };
}

function nameOf({ kind, interface: device, name, user }: RouteOwner): string {
  switch (kind) {
    case 'tunnel':
      return user === null ? `the tunnel "${name}"` : `the tunnel ${device} of user ${user}`;
    case 'vpn':
      return `another VPN’s, on ${device}`;
    case 'bridge':
      return `the network of ${device}`;
    case 'lan':
      return `the local network on ${device}`;
    case 'other':
      return `on ${device}`;
    case 'refusal':
      return `refused by ${name}`;
  }
}

function wholeLength({ family }: Prefix): string {
  return `/${addressBits[family]}`;
}

function hostOf(prefix: string): string {
  return prefix.slice(0, prefix.lastIndexOf('/'));
}
