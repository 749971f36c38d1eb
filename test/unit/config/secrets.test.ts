import { describe, expect, it } from 'vitest';
import { hiddenKey } from '../../../shared/contract/ui/verbs.ts';
import { hideKeys, restoreKeys } from '../../../shared/config/index.ts';

const secret = 'wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=';
const psk = '5htJA/UoIulrgAn9tDdUxt1WYmOriCXIujBVVaz/uZI=';
const otherPsk = 'pSAxmHb6xXRMl9667pFMLg/1cRBFDRjcVdD7PKtMP1M=';
const a = 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=';
const b = 'kVq2ATMTckCKEJFF4TM3QYibxzlh+b9CV4GZ4meQYAo=';

describe('hideKeys', () => {
  it.each([
    ['as usual', `PrivateKey = ${secret}`],
    ['without blanks', `PrivateKey=${secret}`],
    ['in another case', `PRIVATEKEY = ${secret}`],
    ['with blanks in the key', `Pri vate\tKey = ${secret}`],
    ['with a NUL in the key', `Priv\0ateKey = ${secret}`],
    [
      'with blanks in the value',
      `PrivateKey = ${secret.slice(0, 9)} ${secret.slice(9, 30)}\t${secret.slice(30)}`,
    ],
    ['with a CR in the value', `PrivateKey = ${secret.slice(0, 20)}\r${secret.slice(20)}`],
    ['with a dash in the key', `private-key: ${secret.slice(0, 20)} ${secret.slice(20)}`],
    ['commented out', `#PrivateKey = ${secret}`],
    ['commented out with blanks', ` ## Private Key = ${secret.slice(0, 20)} ${secret.slice(20)}`],
    ['behind another comment', `MTU = 1400 # PresharedKey = ${secret}`],
    ['as a preshared key', `presharedkey=${secret}`],
    ['in quotes', `PrivateKey = "${secret}"`],
    ['with a =, twice', `PrivateKey == ${secret}`],
    ['without its =', `PrivateKey ${secret.slice(0, 20)} ${secret.slice(20)}`],
    ['with a full-width =', `PrivateKey ＝ ${secret.slice(0, 20)} ${secret.slice(20)}`],
    ['cut by a #', `PrivateKey = ${secret.slice(0, 20)}#${secret.slice(20)}`],
    ['without its padding', `PrivateKey = ${secret.slice(0, 43)}`],
    ['on a line of its own', secret],
    ['in a comment', `# the old one was ${secret}`],
    ['in a command', `PostUp = wg set %i private-key <(echo ${secret})`],
    ['behind a misspelled key', `PrivatKey = ${secret}`],
    ['in hexadecimal', `key ${Buffer.from(secret, 'base64').toString('hex')}`],
    ['with a letter that folds to k', `Private\u212aey = ${secret.slice(0, 20)} ${secret.slice(20)}`],
    ['as the output of wg show', `  private key: ${secret}`],
    ['in base64url', `# ${secret.replaceAll('+', '-').replaceAll('/', '_')}`],
  ])('hides a key %s', (_, line) => {
    const hidden = hideKeys(`[Interface]\n${line}\nMTU = 1400\n`);
    const squeezed = hidden.replace(/[\0\s]/g, '');
    for (let at = 0; at + 8 <= 43; at += 1) expect(squeezed).not.toContain(secret.slice(at, at + 8));
    expect(squeezed).not.toContain(Buffer.from(secret, 'base64').toString('hex'));
    expect(hidden).toContain(hiddenKey);
    expect(hidden.split('\n')).toHaveLength(4);
  });

  it.each(['hunter2', '<Server_PrivateKey>', '略', '10.200.200.47/24', 'x'])(
    'hides the value %s, which is no key',
    (value) => {
      expect(hideKeys(`PrivateKey = ${value} # note\n`)).toBe(`PrivateKey = ${hiddenKey} # note\n`);
    },
  );

  it.each([
    `PublicKey = ${a}`,
    `#PublicKey = ${a}`,
    `  public key: ${a}`,
    `peer: ${a}`,
    'PrivateKey = ',
    'PrivateKey = # later',
    '# the private key is kept elsewhere',
    'PostUp = wg set %i private-key /etc/wireguard/key',
    'Endpoint = a-rather-long-name-of-a-host-without-capitals.example:51820',
    'PostUp = /usr/local/share/wireguard/hooks/bring-up-the-interface',
  ])('leaves %s alone', (line) => {
    expect(hideKeys(`${line}\n`)).toBe(`${line}\n`);
  });

  it('hides a private key that was put in the place of a public one', () => {
    expect(hideKeys(`PrivateKey = ${secret}\nPublicKey = ${secret}`)).toBe(
      `PrivateKey = ${hiddenKey}\nPublicKey = ${hiddenKey}`,
    );
  });

  it('hides a private key behind a broken name, with blanks in it, or with more letters before it', () => {
    const nuls = Array.from(secret).join('\0');
    for (const [name, value] of [
      ['Pri,ateKey', `${secret.slice(0, 9)} \t${secret.slice(9)}`],
      ['\0P\0r\0i\0v\0Allowed\0t\0e\0K\0e\0y', nuls],
      ['PublicKey', `/${secret}`],
    ] as const) {
      expect(hideKeys(`PrivateKey = ${secret}\n${name} = ${value} # mine`)).toBe(
        `PrivateKey = ${hiddenKey}\n${name} = ${hiddenKey} # mine`,
      );
    }
    expect(hideKeys(`Key = ${nuls}`)).toBe(`Key = ${hiddenKey}`);
  });

  it('keeps everything else, line ends too', () => {
    expect(hideKeys(`\ufeff[Interface]\r\nPrivateKey=${secret} # mine\r\n`)).toBe(
      `\ufeff[Interface]\r\nPrivateKey=${hiddenKey} # mine\r\n`,
    );
  });
});

const profile = [
  '[Interface]',
  `PrivateKey = ${secret}`,
  'MTU = 1400',
  `# PrivateKey = ${otherPsk}`,
  '',
  '[Peer]',
  `PublicKey = ${a}`,
  `PresharedKey = ${psk} # aws`,
  '',
  '[Peer]',
  `PublicKey = ${b}`,
  `PresharedKey=${otherPsk}`,
  '',
].join('\n');

const shown = hideKeys(profile);

describe('restoreKeys', () => {
  it('gives the original back for an untouched text', () => {
    expect(restoreKeys(shown, profile)).toBe(profile);
  });

  it('keeps a new key, and the others', () => {
    const edited = shown.replace(`PrivateKey = ${hiddenKey}\nMTU`, `PrivateKey = ${otherPsk}\nMTU`);
    expect(restoreKeys(edited, profile)).toBe(profile.replace(secret, otherPsk));
  });

  it('follows a peer that was moved', () => {
    const peers = shown.split('\n\n');
    const edited = [peers[0], peers[2]?.trimEnd(), peers[1], ''].join('\n\n');
    const restored = restoreKeys(edited, profile);
    expect(restored).toContain(`PublicKey = ${b}\nPresharedKey=${otherPsk}`);
    expect(restored).toContain(`PublicKey = ${a}\nPresharedKey = ${psk} # aws`);
  });

  it('follows a line that was edited around its value', () => {
    const edited = shown.replace(`PresharedKey = ${hiddenKey} # aws`, `presharedkey=${hiddenKey}`);
    expect(restoreKeys(edited, profile)).toContain(`presharedkey=${psk}\n`);
  });

  it('does not shift to the next peer when one is removed', () => {
    const peers = shown.split('\n\n');
    expect(restoreKeys([peers[0], peers[2]].join('\n\n'), profile)).toContain(
      `PublicKey = ${b}\nPresharedKey=${otherPsk}`,
    );
  });

  it('keeps the preshared key of a peer whose public key was changed in its place', () => {
    const renewed = 'qn0Xfyzs6bLKgKcfXwcSt91DUxSbtATDIfe4xwsnsGg=';
    expect(restoreKeys(shown.replace(a, renewed), profile)).toBe(profile.replace(a, renewed));
  });

  it('leaves the placeholder where no key was', () => {
    const copied = `${shown}\n[Peer]\nPublicKey = qn0Xfyzs6bLKgKcfXwcSt91DUxSbtATDIfe4xwsnsGg=\nPresharedKey = ${hiddenKey}\n`;
    expect(restoreKeys(copied, profile).split(hiddenKey)).toHaveLength(2);
  });

  it.each([
    `PublicKey = ${hiddenKey}`,
    `# Name = ${hiddenKey}`,
    `Endpoint = ${hiddenKey}:51820`,
    `PostUp = echo ${hiddenKey}`,
    `[${hiddenKey}]`,
    hiddenKey,
  ])('puts no key where it would be shown: %s', (line) => {
    const restored = restoreKeys(`${line}\n${shown}\n${line}\n`, profile);
    expect(restored.split('\n').filter((text) => text === line)).toHaveLength(2);
  });

  it('shows no key whose only cover was another line that is gone', () => {
    const original = `[Interface]\nPrivateKey = ${secret}\n[Peer]\nPublicKey = ${secret}\n`;
    expect(restoreKeys(hideKeys(original), original)).toBe(original);
    const edited = `[Interface]\n[Peer]\nPublicKey = ${hiddenKey}\n`;
    expect(hideKeys(restoreKeys(edited, original))).not.toContain(secret);
  });
});
