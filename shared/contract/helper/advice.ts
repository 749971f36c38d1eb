import { z } from '../schema.ts';
import { dnsStatus } from './dns.ts';

/** How somebody has decided about conflicts before they are known, in the question of `up`. */
export const decisions = {
  /** Codes of conflicts to go on in spite of. */
  accept: z.array(z.string().max(64)).max(32).default([]),
  /** Whether what is in conflict stays out of the tunnel. */
  subtract: z.boolean().default(false),
  /** Whether the owner's tunnels that are in conflict go down for it; where it cannot come up, they are back. */
  switch: z.boolean().default(false),
};

/** An address, or a DNS name. */
export const destinationText = z.string().regex(/^[A-Za-z0-9._:%-]{1,253}$/, 'not an address or a DNS name');

/** Whose an interface is. */
const linkOwner = z.strictObject({
  kind: z.enum(['tunnel', 'vpn', 'bridge', 'lan', 'other']),
  interface: z.string(),
  name: z.string(),
});

const owner = z.strictObject({
  /** A `refusal` is a route or rule by which this machine itself lets nothing go: without an interface, named by its text. */
  kind: z.enum([...linkOwner.shape.kind.options, 'refusal']),
  interface: z.string(),
  name: z.string(),
});

const conflict = z.strictObject({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  /** The tunnel's prefix, and what it meets; "." twice where it is about all names. */
  prefix: z.string(),
  against: z.string(),
  owner,
  message: z.string(),
  hint: z.string(),
  choices: z.array(z.enum(['subtract', 'accept', 'stop'])),
});

/** What would be done for a tunnel. */
export const tunnelPlan = z.strictObject({
  name: z.string(),
  interface: z.string(),
  /** Bytes. */
  mtu: z.number(),
  /** The prefixes for which routes would lead into the tunnel. */
  routes: z.array(z.string()),
  /** The endpoints inside of them, whose packets are kept out of the tunnel by their mark. */
  exempt: z.array(z.string()),
  /** Every change to the network, and every script that is allowed, in order. */
  steps: z.array(z.string()),
  /** How names would be resolved. */
  dns: dnsStatus,
  conflicts: z.array(conflict),
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string(), hint: z.string() })),
});

/** Where a packet would go. */
export const routeExplanation = z.strictObject({
  destination: z.string(),
  /** The name that was asked about, and who answers it; null and none for an address. */
  name: z.string().nullable(),
  nameServers: z.array(z.string()),
  mark: z.number().nullable(),
  tunnel: z.string().nullable(),
  peer: z.strictObject({ publicKey: z.string(), name: z.string().nullable() }).nullable(),
  interface: z.string().nullable(),
  /** Whose that is. */
  owner: linkOwner.nullable(),
  gateway: z.string().nullable(),
  source: z.string().nullable(),
  route: z.string().nullable(),
  rule: z.string().nullable(),
  /** The rules that were asked before and did not decide. */
  passed: z.array(z.strictObject({ rule: z.string(), reason: z.string() })),
  /** The other routes that lead there. */
  losers: z.array(z.strictObject({ route: z.string(), reason: z.string() })),
  /** All of it in a sentence. */
  verdict: z.string(),
});
