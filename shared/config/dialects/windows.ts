import { isPort, strictAddress, strictEndpoint } from './strict-values.ts';
import { different, ignored, refused } from './rule-set.ts';
import type { RuleSet } from './rule-set.ts';

const program = 'WireGuard for Windows';
const script = ignored(
  `${program} runs commands only where an administrator has allowed it, one of each kind, with cmd and without %i.`,
);

/** @see wireguard-windows conf/parser.go FromWgQuick; docs/adminregistry.md */
export const windowsRules: RuleSet = {
  blanksInside: refused(`${program} allows no blanks inside a header, a key or a value.`),
  secondInterface: null,
  interfaceAfterPeer: different(`${program} adds the peer above this [Interface] twice.`),
  samePeerAgain: different(`${program} keeps two peers with this key.`),
  repeatedKey: null,
  emptyValue: () => refused(`${program} wants a value for every key.`),
  noPrivateKey: refused(`${program} wants a private key.`),
  fields: {
    Address: strictAddress(program),
    FwMark: () => refused(`${program} does not know FwMark.`),
    SaveConfig: () => refused(`${program} does not know SaveConfig.`),
    ListenPort: (value) =>
      isPort(value) ? null : refused(`${program} takes a number from 0 to 65535 for a port.`),
    MTU: (value) => {
      const mtu = /^[0-9]{1,5}$/.test(value) ? Number(value) : NaN;
      return mtu >= 576 && mtu <= 65_535 ? null : refused(`${program} takes an MTU from 576 to 65535.`);
    },
    Table: (value) => {
      if (value === 'off' || value === 'auto' || value === 'main') return null;
      return /^[0-9]{1,10}$/.test(value)
        ? ignored(`${program} knows no routing tables and sets its routes as usual.`)
        : refused(`${program} takes auto, main, off or a number for Table.`);
    },
    PreUp: () => script,
    PostUp: () => script,
    PreDown: () => script,
    PostDown: () => script,
    Endpoint: strictEndpoint(program),
    PersistentKeepalive: (value) =>
      /^[a-z]+$/i.test(value) && value !== 'off'
        ? refused(`${program} takes "off" in lower case only.`)
        : null,
  },
};
