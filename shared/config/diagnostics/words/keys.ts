import type { KeyProblem } from '../../values/key.ts';
import { entry } from '../entry.ts';

const problems: Readonly<Record<KeyProblem, string>> = {
  length: 'it is not 44 characters long',
  padding: 'it does not end in "="',
  alphabet: 'it has a character that base64 does not know',
  'url-alphabet': 'it is base64url, with - and _ in place of + and /',
  'spare-bits': 'its last character before the "=" carries bits beyond the 32 bytes, which no key has',
};

/** PrivateKey, PublicKey and PresharedKey. No words quote a value. */
export const keyEntries = {
  'key-malformed': entry(
    'wg',
    'error',
    'A key is not 32 bytes in canonical base64.',
    (field: string, problem: KeyProblem) => ({
      message: `${field} is not a WireGuard key: ${problems[problem]}.`,
      hint:
        problem === 'spare-bits'
          ? 'A character was mistyped or cut off. Other programs overlook it; wg refuses. Copy the key again.'
          : 'A key is 43 characters of base64 and a "=". Copy it again from where it was made.',
    }),
  ),
  'key-placeholder': entry('wg', 'error', 'A placeholder stands where a key belongs.', (field: string) => ({
    message: `${field} holds a placeholder, not a key.`,
    hint:
      field === 'PublicKey'
        ? 'Ask the other side for "wg show INTERFACE public-key".'
        : 'Fill in the real key.',
  })),
  'key-hidden': entry(
    'wg',
    'error',
    'Adit’s own placeholder for a hidden key was left where no key is stored.',
    (field: string) => ({
      message: `${field} is hidden, and no key is stored for this place.`,
      hint: 'Enter the key.',
    }),
  ),
  'key-is-address': entry(
    'wg',
    'error',
    'An address stands where a key belongs.',
    (field: string, meant: string) => ({
      message: `${field} holds an address. ${meant} may have been meant.`,
      hint: `Change the key to ${meant} and give ${field} its own line.`,
    }),
  ),
  'private-key-zero': entry(
    'adit',
    'error',
    'The private key is all zeros, which WireGuard takes for none.',
    () => ({
      message: 'This private key is all zeros, which WireGuard takes for no key at all.',
      hint: 'Put in the real key, or make a new one.',
    }),
  ),
  'private-key-unclamped': entry('adit', 'info', 'The private key was not made by wg genkey.', () => ({
    message: 'This private key was not made for WireGuard: five of its bits will be changed when it is used.',
    hint: 'It works. "wg show" will print it differently; its public key is the same.',
  })),
  'preshared-key-zero': entry('adit', 'info', 'The preshared key is all zeros, which means none.', () => ({
    message: 'A preshared key of all zeros means none.',
    hint: 'Remove the line, or put in the real key if the other side has one.',
  })),
  'preshared-key-reused': entry(
    'adit',
    'warning',
    'The preshared key is at the same time another key of the file.',
    () => ({
      message: 'This preshared key is used as another key in this file too.',
      hint: 'Make a key of its own with "wg genpsk", the same for both sides.',
    }),
  ),
  'public-key-zero': entry('adit', 'warning', 'A public key is all zeros, which no device can have.', () => ({
    message: 'This public key is all zeros; no device can have it.',
    hint: 'Put in the public key of the other side.',
  })),
  'own-public-key': entry(
    'adit',
    'warning',
    'A peer has the interface’s own key and is passed over.',
    () => ({
      message: 'This is the public key of this interface itself; WireGuard silently passes over such a peer.',
      hint: 'Put in the public key of the other side, or remove the peer.',
    }),
  ),
  'private-key-as-public': entry(
    'adit',
    'error',
    'A peer’s public key is the private key of the interface.',
    () => ({
      message: 'The private key of this interface stands here as a public key.',
      hint: 'Put in the public key of the other side. If this file went out of your hands, make a new private key.',
    }),
  ),
};
