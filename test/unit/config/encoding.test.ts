import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../../shared/config/index.ts';
import { undoMojibake } from '../../../shared/config/text/mojibake.ts';

const text = '[Interface]\n# 家里的 PC 🏠\nListenPort = 51820\n';

function utf16(source: string, bigEndian: boolean, mark: boolean): Buffer {
  const bytes = Buffer.from((mark ? '\ufeff' : '') + source, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

describe('decode', () => {
  it.each([
    ['UTF-8', Buffer.from(text), { charset: 'utf-8', bom: false }],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), { charset: 'utf-8', bom: true }],
    ['UTF-16 LE with a mark', utf16(text, false, true), { charset: 'utf-16le', bom: true }],
    ['UTF-16 BE with a mark', utf16(text, true, true), { charset: 'utf-16be', bom: true }],
    ['UTF-16 LE without a mark', utf16(text, false, false), { charset: 'utf-16le', bom: false }],
    ['UTF-16 BE without a mark', utf16(text, true, false), { charset: 'utf-16be', bom: false }],
  ] as const)('reads %s', (_, bytes, encoding) => {
    expect(decode(bytes)).toEqual({ text, encoding });
  });

  it('reads what is neither as Latin-1, one character for a byte', () => {
    expect(decode(Buffer.from('# B\u00fcro\n', 'latin1'))).toEqual({
      text: '# B\u00fcro\n',
      encoding: { charset: 'latin-1', bom: false },
    });
  });

  it.each([
    ['an overlong form', [0xc0, 0x80]],
    ['an overlong form of three bytes', [0xe0, 0x80, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a sequence cut off', [0x61, 0xe5, 0xae]],
    ['a lone continuation', [0x80]],
  ])('takes %s for no UTF-8', (_, bytes) => {
    expect(decode(Uint8Array.from(bytes)).encoding.charset).toBe('latin-1');
  });

  it('does not take a few NULs for UTF-16', () => {
    expect(decode(Buffer.from('[Interface]\0\0\n')).encoding.charset).toBe('utf-8');
  });
});

describe('encode', () => {
  it('writes UTF-8 where an edited text no longer fits Latin-1', () => {
    expect(Buffer.from(encode('# 家', { charset: 'latin-1', bom: false })).toString()).toBe('# 家');
  });

  it('writes a replacement character for half a surrogate pair', () => {
    expect(Buffer.from(encode('\ud83c')).toString()).toBe('\ufffd');
  });
});

describe('undoMojibake', () => {
  it.each(['家', '主机B的publickey', 'Büro', '“quoted”', '🏠'])('gives %s back', (original) => {
    const damaged = Array.from(Buffer.from(original), (byte) =>
      new TextDecoder('windows-1252').decode(Uint8Array.of(byte)),
    );
    expect(undoMojibake(damaged.join(''))).toBe(original);
  });

  it.each(['plain', 'Büro', 'naïve café', '家', 'Ã'])('leaves %s alone', (fine) => {
    expect(undoMojibake(fine)).toBeNull();
  });
});
