import { different } from './rule-set.ts';
import type { FieldRule, RuleSet } from './rule-set.ts';

const hashPassed: FieldRule = (_, hasComment) =>
  hasComment ? different('wg-quick since v1.0.20260223 passes what follows the # to bash as well.') : null;

const preUp: FieldRule = (value, hasComment) =>
  hashPassed(value, hasComment) ??
  different('wg-quick since v1.0.20250521 runs PreUp when the interface exists already.');

/** @see wireguard-tools src/config.c parse_ip_prefix; src/wg-quick/linux.bash parse_options and cmd_up */
export const newerToolsRules: RuleSet = {
  blanksInside: null,
  secondInterface: null,
  interfaceAfterPeer: null,
  samePeerAgain: null,
  repeatedKey: null,
  emptyValue: () => null,
  noPrivateKey: null,
  fields: {
    PreUp: preUp,
    PostUp: hashPassed,
    PreDown: hashPassed,
    PostDown: hashPassed,
    AllowedIPs: (value) =>
      /(^|,)\s*[+-]/.test(value)
        ? different(
            'wg since v1.0.20250521 takes the sign for a change to what the peer has, and no longer replaces its AllowedIPs.',
          )
        : null,
  },
};
