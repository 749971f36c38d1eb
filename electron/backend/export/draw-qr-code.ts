import { PNG } from 'pngjs';
import { encodeQR } from 'qr';
import { FaultError } from '../../../shared/fault.ts';

/** The modules of a code row by row, true for dark, its quiet zone included. */
export type QrModules = readonly (readonly boolean[])[];

/** Modules of white around a code (ISO/IEC 18004, section 6.3.8). */
const quietZone = 4;

/** Pixels of a module in a picture, each way. */
const moduleSize = 8;

/**
 * The QR code of a text, in UTF-8, with as much error correction as there is room for.
 *
 * @throws FaultError `qr-too-large`
 */
export function qrModules(text: string): QrModules {
  for (const ecc of ['medium', 'low'] as const) {
    try {
      return encodeQR(text, 'raw', { ecc, encoding: 'byte', border: quietZone });
    } catch {
      // It has no room for that much correction.
    }
  }
  throw new FaultError({
    code: 'qr-too-large',
    message: `The profile has ${Buffer.byteLength(text)} bytes; a QR code holds at most 2953.`,
    hint: 'Leave comments out, or merge AllowedIPs; or carry it over as a file: adit export NAME --as zip.',
  });
}

/** A code in block characters, two modules each. @param coloured as black on white, whatever the terminal's colours are */
export function qrText(modules: QrModules, coloured: boolean): string {
  const lines: string[] = [];
  for (let y = 0; y < modules.length; y += 2) {
    const [upper = [], lower = []] = [modules[y], modules[y + 1]];
    const blocks = upper.map((isDark, x) => blockOf(isDark, lower[x] === true)).join('');
    lines.push(coloured ? `\u001b[30;107m${blocks}\u001b[0m` : blocks);
  }
  return lines.join('\n');
}

function blockOf(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀';
  return lower ? '▄' : ' ';
}

/** A code as an SVG document. */
export function qrSvg(modules: QrModules): string {
  const size = modules.length;
  const path = modules
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('');
  const box = `0 0 ${size} ${size}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" width="${size * moduleSize}" height="${size * moduleSize}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}h-${size}z"/><path d="${path}"/></svg>\n`;
}

/** A code as a PNG picture. */
export function qrPng(modules: QrModules): Uint8Array {
  const size = modules.length * moduleSize;
  const png = new PNG({ width: size, height: size });
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const isDark = modules[Math.floor(y / moduleSize)]?.[Math.floor(x / moduleSize)] === true;
      png.data.fill(isDark ? 0 : 0xff, (y * size + x) * 4, (y * size + x) * 4 + 3);
      png.data[(y * size + x) * 4 + 3] = 0xff;
    }
  }
  return PNG.sync.write(png, { colorType: 0 });
}
