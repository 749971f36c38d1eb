import { isPort, strictAddress, strictEndpoint } from './strict-values.ts';
import { refused } from './rule-set.ts';
import type { Finding, RuleSet } from './rule-set.ts';

const program = 'WireGuard’s app for macOS and iOS';

function unknownKey(key: string): () => Finding {
  return () => refused(`${program} does not know ${key}.`);
}

const fields: RuleSet['fields'] = {
  Address: strictAddress(program),
  FwMark: unknownKey('FwMark'),
  SaveConfig: unknownKey('SaveConfig'),
  Table: unknownKey('Table'),
  PreUp: unknownKey('PreUp'),
  PostUp: unknownKey('PostUp'),
  PreDown: unknownKey('PreDown'),
  PostDown: unknownKey('PostDown'),
  ListenPort: (value) =>
    isPort(value) ? null : refused(`${program} takes a number from 0 to 65535 for a port.`),
  MTU: (value) => (/^[0-9]{1,5}$/.test(value) ? null : refused(`${program} takes a plain number for MTU.`)),
  Endpoint: strictEndpoint(program),
  PersistentKeepalive: (value) =>
    /^[0-9]+$/.test(value) ? null : refused(`${program} takes a number for PersistentKeepalive, not "off".`),
};

/** @see wireguard-apple Sources/Shared/Model/TunnelConfiguration+WgQuickConfig.swift */
export const appleRules: RuleSet = {
  blanksInside: refused(`${program} allows no blanks inside a header, a key or a value.`),
  secondInterface: refused(`${program} allows one [Interface] only.`),
  interfaceAfterPeer: refused(`${program} allows one [Interface] only.`),
  samePeerAgain: refused(`${program} allows one [Peer] with a key only.`),
  repeatedKey: refused(`${program} allows each key once in a section.`),
  // An empty list of addresses or servers is one to it.
  emptyValue: (field) =>
    field === 'Address' || field === 'DNS' ? null : (fields[field]?.('', false) ?? null),
  noPrivateKey: refused(`${program} wants a private key.`),
  fields,
};
