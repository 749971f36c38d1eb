import { decodeQR } from 'qr/decode.js';
import { FaultError } from '../../../shared/fault.ts';
import type { Pixels } from './picture.ts';

/** Milliseconds for a second and further looks at a picture in which no code was found at once. */
const longestSearch = 2000;

/**
 * The bytes of the QR code in a picture.
 *
 * @throws FaultError `qr-not-found`
 */
export function readQrCode({ width, height, data }: Pixels): Uint8Array {
  try {
    const text = decodeQR(
      { width, height, data },
      {
        format: 'RGBA',
        effort: Infinity,
        timeLimit: longestSearch,
        // One character for each byte: what they mean is for whoever reads configurations.
        textDecoder: (bytes) => Buffer.from(bytes).toString('latin1'),
      },
    );
    return Buffer.from(text, 'latin1');
  } catch {
    throw new FaultError({
      code: 'qr-not-found',
      message: 'There is no QR code in the picture, or none that can be read.',
      hint: 'It has to be sharp, whole, and with some white around it; a screenshot is better than a photo.',
    });
  }
}
