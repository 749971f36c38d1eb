import { z } from '../schema.ts';
import { decisions, destinationText, routeExplanation, tunnelPlan } from './advice.ts';
import { longestOpening } from '../../tunnel/status.ts';
import { interfaceName, tunnelChange, tunnelMessage, tunnelStatus } from './messages.ts';

/**
 * The contract between the app and its root helper: JSON-RPC 2.0 over a Unix socket. Both sides derive their types
 * from this table, and both check every message against it.
 */

/** Grows when a message changes its meaning or a verb goes away. Helper and client must speak the same one. */
export const helperProtocol = 1;

/** Seconds `up` may be asked to wait for a handshake. */
const longestWait = 600;

/** What can be asked of the helper, with the shape of the question and of the answer. */
export const helperVerbs = {
  /** The first message on a connection. Says who is there; anything else before it is refused. */
  hello: {
    params: z.strictObject({ protocol: z.int() }),
    result: z.object({ protocol: z.int(), version: z.string(), owner: z.int(), pid: z.int() }),
  },
  /** Sets a tunnel up and answers when link and routes stand, or, with `wait`, when a peer has shaken hands. */
  up: {
    params: z.strictObject({
      tunnel: tunnelMessage,
      wait: z.number().min(0).max(longestWait).nullable(),
      ...decisions,
      /** Of a tunnel that is up, only peers and addresses are changed: what else was decided since waits for the person's own `up`. */
      peersOnly: z.boolean().default(false),
    }),
    result: tunnelStatus,
  },
  /** What `up` would do, and what the tunnel would run into. Changes nothing. */
  plan: { params: z.strictObject({ tunnel: tunnelMessage }), result: tunnelPlan },
  /** Where a packet of this machine's to an address or name would go, and why not elsewhere. A mark of 0 is none. */
  explain: {
    params: z.strictObject({ destination: destinationText, mark: z.int().min(0).max(0xffff_ffff) }),
    result: routeExplanation,
  },
  /** Takes one tunnel down, or all of them, and answers with the interfaces that went. */
  down: {
    params: z.strictObject({ interface: interfaceName.nullable() }),
    result: z.array(z.string()),
  },
  /**
   * Opens the uplink to the owner's programs for some minutes although the kill switch of a tunnel blocks it, so that somebody can sign in
   * at a captive portal; 0 closes it. It closes by itself when a peer answers.
   */
  openUplink: {
    params: z.strictObject({ interface: interfaceName, minutes: z.int().min(0).max(longestOpening) }),
    /** When it closes, ISO 8601; null where it is closed. */
    result: z.object({ until: z.string().nullable() }),
  },
  /** The state of every tunnel that is up, read afresh. */
  status: { params: z.strictObject({}), result: z.array(tunnelStatus) },
  /** The same, and from then on a `change` notification for every difference. */
  watch: { params: z.strictObject({}), result: z.array(tunnelStatus) },
  /** Undoes whatever no tunnel that is up accounts for; answers with a line for each thing undone. */
  recover: { params: z.strictObject({}), result: z.array(z.string()) },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

/** A verb of the helper. */
export type HelperVerb = keyof typeof helperVerbs;

/** The question of a verb, as the one who asks writes it. */
export type HelperQuestion<V extends HelperVerb> = z.input<(typeof helperVerbs)[V]['params']>;

/** The question of a verb, as the helper receives it: parsed. */
export type HelperParams<V extends HelperVerb> = z.output<(typeof helperVerbs)[V]['params']>;

/** The answer of a verb. */
export type HelperResult<V extends HelperVerb> = z.output<(typeof helperVerbs)[V]['result']>;

/** What checks the answer of a verb. */
export function resultSchema<V extends HelperVerb>(verb: V): z.ZodType<HelperResult<V>> {
  return helperVerbs[verb].result as unknown as z.ZodType<HelperResult<V>>;
}

/** The helper's side: a handler for each verb. A verb without one is a type error. */
export type HelperHandlers<Caller> = {
  readonly [V in HelperVerb]: (params: HelperParams<V>, caller: Caller) => Promise<HelperResult<V>>;
};

/** The one notification of the helper: something about a tunnel is different now. */
export const changeNotification = { method: 'change', params: tunnelChange } as const;

/** The JSON-RPC error code under which a fault travels; the fault itself is the error's `data`. */
export const faultErrorCode = -32_000;
