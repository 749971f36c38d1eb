import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import type { Neighbour, Sole } from '../../../shared/network/plan/neighbours.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import type { LiveTunnel } from './live-tunnel.ts';

/** `tunnel-not-up`, of an interface. */
export function notUp(interfaceName: string): FaultError {
  return new FaultError({
    code: 'tunnel-not-up',
    message: `No tunnel with the interface ${interfaceName} is up.`,
    hint: '"adit status" shows which are.',
  });
}

/** `tunnel-not-up`, of a tunnel that was taken down while it was coming up. */
export function cancelled(name: string): FaultError {
  return new FaultError({
    code: 'tunnel-not-up',
    message: `The tunnel "${name}" was taken down while it was coming up.`,
    hint: 'Nothing of it was made.',
  });
}

/** `interface-in-use`, by another tunnel of ours. */
export function anotherTunnelsInterface(tunnel: Tunnel, holder: LiveTunnel): FaultError {
  return new FaultError({
    code: 'interface-in-use',
    message: `The tunnel "${holder.prepared.tunnel.name}" has the interface ${tunnel.interface} already.`,
    hint: 'Take that tunnel down first, or rename one of the two profiles.',
  });
}

/** What keeps names from being put back, of tunnels that are down for all that. */
export function namesLeft(gone: readonly string[], fault: Fault): Fault {
  return {
    ...fault,
    message: `${gone.join(', ')} is down, but names are not looked up as before: ${fault.message}`,
    hint: `${fault.hint} The helper tries again by itself.`,
  };
}

/** `full-tunnel-taken`, `kill-switch-taken`, `names-taken` */
export function soleTaken({ sole, neighbour }: { sole: Sole; neighbour: Neighbour }): FaultError {
  const { code, what } = (
    {
      'full tunnel': { code: 'full-tunnel-taken', what: 'All traffic of this machine is' },
      'kill switch': { code: 'kill-switch-taken', what: 'The kill switch of this machine is' },
      'all names': { code: 'names-taken', what: 'The names that this machine looks up are' },
    } as const
  )[sole];
  return new FaultError({
    code,
    message: `${what} another user's already: user ${neighbour.owner} has the tunnel ${neighbour.tunnel.interface}, and the first one wins.`,
    hint: 'Nothing was changed. That user has to take the tunnel down first.',
  });
}

/** `kill-switch-not-blocking` */
export function notBlocking(live: LiveTunnel): FaultError {
  const { name, killSwitch } = live.prepared.tunnel;
  return new FaultError({
    code: 'kill-switch-not-blocking',
    message:
      killSwitch === null
        ? `The tunnel "${name}" has no kill switch that could be opened.`
        : `The tunnel "${name}" carries: there is nothing to open the kill switch for.`,
    hint: 'Nothing was changed. The uplink is opened only while a kill switch blocks because no peer answers.',
  });
}

/** `handshake-timeout` */
export function noHandshake(live: LiveTunnel, seconds: number): FaultError {
  const { name } = live.prepared.tunnel;
  return new FaultError({
    code: 'handshake-timeout',
    message: `The tunnel "${name}" stands, but no peer has answered within ${seconds} s.`,
    hint:
      'Check that the other side runs, that it knows the public key of this profile, that both or neither have the preshared ' +
      'key, and that its UDP port is open. The tunnel was left up.',
    command: `adit down ${JSON.stringify(name)}`,
  });
}
