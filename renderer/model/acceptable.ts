import type { Fault } from '../../shared/fault.ts';

/** A way on after a fault that a person may decide to go on in spite of. */
export interface WayOn {
  /** On its button. */
  readonly words: string;
  /** Whether what is in conflict stays out of the tunnel; else the fault itself is accepted. */
  readonly subtracts: boolean;
}

const anyway: WayOn = { words: 'Connect anyway', subtracts: false };
const keepOut: WayOn = { words: 'Keep it out of the tunnel', subtracts: true };

const waysFrom: Partial<Readonly<Record<Fault['code'], readonly WayOn[]>>> = {
  'scripts-refused': [{ words: 'Connect without them', subtracts: false }],
  'route-taken': [keepOut, anyway],
  'gateway-captured': [keepOut, anyway],
  'name-server-captured': [keepOut, anyway],
  'route-shadowed': [anyway],
  'full-tunnel-twice': [anyway],
};

/** The ways on after a fault, the best first; none where it cannot be gone on from. */
export function waysOn(fault: Fault): readonly WayOn[] {
  return waysFrom[fault.code] ?? [];
}
