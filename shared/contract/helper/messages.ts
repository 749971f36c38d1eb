import { z } from '../schema.ts';
import { dnsStatus } from './dns.ts';
import { isFaultCode } from '../../fault.ts';
import type { Fault, FaultCode } from '../../fault.ts';
import { isSearchDomain, readDomain } from '../../tunnel/domain.ts';
import {
  formatInterfaceAddress,
  formatPrefix,
  networkOf,
  parseInterfaceAddress,
} from '../../network/prefix.ts';
import type { InterfaceAddress, Prefix } from '../../network/prefix.ts';
import type { TunnelChange } from '../../tunnel/change.ts';
import type { PeerStatus, TunnelHead, TunnelStatus } from '../../tunnel/status.ts';
import { scriptLimits } from '../../tunnel/scripts.ts';
import type { Tunnel } from '../../tunnel/tunnel.ts';

/** Limits on what one message may hold; the frame limit bounds the rest. */
const most = {
  addresses: 256,
  peers: 10_000,
  allowedIpsOfPeer: 20_000,
  nameLength: 255,
  dnsEntries: 64,
  excluded: 1_000,
} as const;

const keyText = z.string().regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, 'not a canonical base64 key');
const port = z.int().min(0).max(65_535);
const mark = z.int().min(0).max(0xffff_ffff);
const displayName = z
  .string()
  .min(1)
  .max(most.nameLength)
  .regex(/^[^\p{Cc}]*$/u, 'a control character');

/** The name of an interface of ours: what wg-quick takes, less the names that the kernel keeps for itself. */
export const interfaceName = z
  .string()
  .regex(/^[a-zA-Z0-9_=+.][a-zA-Z0-9_=+.-]{0,14}$/)
  .refine((name) => !['.', '..', 'all', 'default', 'lo'].includes(name), 'a reserved name');

const interfaceAddress = z.string().transform((text, context): InterfaceAddress => {
  const address = parseInterfaceAddress(text);
  if (address !== null && formatInterfaceAddress(address) === text) return address;
  context.addIssue({ code: 'custom', message: 'not a canonical ADDRESS/LENGTH' });
  return z.NEVER;
});

const prefix = z.string().transform((text, context): Prefix => {
  const address = parseInterfaceAddress(text);
  if (address !== null && formatPrefix(networkOf(address)) === text) return networkOf(address);
  context.addIssue({ code: 'custom', message: 'not a canonical prefix' });
  return z.NEVER;
});

const domain = z.string().refine((text) => readDomain(text) === text, 'not a canonical domain');
const searchDomain = z.string().refine(isSearchDomain, 'not a search domain');

const endpoint = z.strictObject({
  host: z.string().regex(/^[A-Za-z0-9._:%-]{1,253}$/, 'not an address or a DNS name'),
  port,
});

const tunnelPeer = z.strictObject({
  publicKey: keyText,
  presharedKey: keyText.nullable(),
  endpoint: endpoint.nullable(),
  allowedIps: z.array(prefix).max(most.allowedIpsOfPeer),
  persistentKeepalive: z.int().min(1).max(65_535).nullable(),
  name: displayName.nullable(),
});

/** Commands for bash, a line each. Whether they are run is not the caller's to say. */
const commands = z
  .array(
    z
      .string()
      .min(1)
      .max(scriptLimits.characters)
      .regex(/^[^\0\n]*$/, 'a NUL or a line break'),
  )
  .max(scriptLimits.commands);

/** A tunnel as it crosses the socket: prefixes and addresses are canonical text. */
export const tunnelMessage = z.strictObject({
  name: displayName,
  interface: interfaceName,
  privateKey: keyText,
  listenPort: port.nullable(),
  fwMark: mark.nullable(),
  addresses: z.array(interfaceAddress).max(most.addresses),
  mtu: z.int().min(68).max(65_535).nullable(),
  table: z.union([z.enum(['auto', 'off']), z.int().min(1).max(0xffff_ffff)]),
  dns: z.strictObject({
    servers: z.array(z.string().regex(/^[0-9a-fA-F.:]{1,45}(%[A-Za-z0-9._-]{1,15})?$/)).max(most.dnsEntries),
    searchDomains: z.array(searchDomain).max(most.dnsEntries),
    domains: z.array(domain).max(most.dnsEntries),
  }),
  peers: z.array(tunnelPeer).max(most.peers),
  exclude: z.array(prefix).max(most.excluded),
  killSwitch: z.strictObject({ allowLan: z.boolean() }).nullable(),
  scripts: z.strictObject({ PreUp: commands, PostUp: commands, PreDown: commands, PostDown: commands }),
  saveConfig: z.boolean(),
}) satisfies z.ZodType<Tunnel>;

/** The text form of a tunnel, for {@link tunnelMessage} on the other side. */
export function tunnelToMessage(tunnel: Tunnel): z.input<typeof tunnelMessage> {
  return {
    ...tunnel,
    addresses: tunnel.addresses.map(formatInterfaceAddress),
    dns: {
      servers: [...tunnel.dns.servers],
      searchDomains: [...tunnel.dns.searchDomains],
      domains: [...tunnel.dns.domains],
    },
    peers: tunnel.peers.map((peer) => ({ ...peer, allowedIps: peer.allowedIps.map(formatPrefix) })),
    exclude: tunnel.exclude.map(formatPrefix),
    scripts: {
      PreUp: [...tunnel.scripts.PreUp],
      PostUp: [...tunnel.scripts.PostUp],
      PreDown: [...tunnel.scripts.PreDown],
      PostDown: [...tunnel.scripts.PostDown],
    },
  };
}

const timestamp = z.string();
const count = z.number().min(0);

const peerStatus = z.strictObject({
  publicKey: z.string(),
  name: z.string().nullable(),
  endpoint: z.string().nullable(),
  allowedIps: z.array(z.string()),
  state: z.enum(['connected', 'handshaking', 'idle', 'stale']),
  latestHandshake: timestamp.nullable(),
  rxBytes: count,
  txBytes: count,
  persistentKeepalive: z.number().nullable(),
}) satisfies z.ZodType<PeerStatus>;

const note = z.strictObject({ code: z.string(), message: z.string(), hint: z.string() });

const tunnelHead = z.strictObject({
  name: z.string(),
  interface: z.string(),
  state: z.enum([
    'down',
    'connecting',
    'connected',
    'handshaking',
    'idle',
    'stale',
    'disconnecting',
    'failed',
  ]),
  since: timestamp.nullable(),
  engine: z.enum(['kernel', 'wireguard-go']).nullable(),
  engineVersion: z.string().nullable(),
  mtu: count.nullable(),
  listenPort: count.nullable(),
  fwMark: count.nullable(),
  publicKey: z.string().nullable(),
  addresses: z.array(z.string()),
  dns: dnsStatus,
  killSwitch: z.enum(['off', 'on', 'blocking']),
  scripts: z.enum(['none', 'refused', 'ran']),
  warnings: z.array(note),
  failure: note.nullable(),
}) satisfies z.ZodType<TunnelHead>;

/** The live state of one tunnel, from the helper. */
export const tunnelStatus: z.ZodType<TunnelStatus> = tunnelHead.extend({ peers: z.array(peerStatus) });

/** A change of one tunnel, pushed by the helper to those who watch. */
export const tunnelChange: z.ZodType<TunnelChange> = z.strictObject({
  interface: z.string(),
  head: tunnelHead.nullable().optional(),
  peers: z.array(peerStatus).optional(),
  removedPeers: z.array(z.string()).optional(),
});

/** A fault as it crosses the socket, in the `data` of a JSON-RPC error. */
export const faultMessage: z.ZodType<Fault> = z.object({
  code: z.custom<FaultCode>((code) => typeof code === 'string' && isFaultCode(code)),
  message: z.string(),
  hint: z.string(),
  command: z.string().exactOptional(),
});

/** A JSON-RPC 2.0 request, before anything is known of its method. No batches, and every request wants an answer. */
export const requestEnvelope = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.int(), z.string().max(64)]),
  method: z.string().max(64),
  params: z.unknown(),
});
