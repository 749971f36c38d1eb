import { decode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import { boundedPng, pngSize } from './png-bounds.ts';

/** The most pixels of a picture that is looked at: 16 megapixels, more than most phones' photos have. */
export const mostPixels = 16 * 1024 * 1024;

/** The most memory for decoding a JPEG, in MiB. */
const jpegMemory = 512;

/**
 * The most scans of a JPEG. Each is a pass over the whole picture and may be a few bytes long; progressive files of all encoders
 * have about ten.
 */
const mostScans = 32;

/** A picture, four bytes a pixel: red, green, blue, alpha. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * The pixels of a picture. Its size is checked before room is made for it.
 *
 * @throws FaultError `image-too-large`, `image-damaged`
 */
export function pixelsOf(bytes: Uint8Array, kind: 'png' | 'jpeg'): Pixels {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return kind === 'png' ? pixelsOfPng(buffer) : pixelsOfJpeg(buffer);
}

function pixelsOfPng(bytes: Buffer): Pixels {
  const size = pngSize(bytes);
  if (size !== null && size.width * size.height > mostPixels) throw new FaultError(tooLarge);
  const bounded = boundedPng(bytes);
  if (bounded === null) throw new FaultError(damaged);
  try {
    const { width, height, data } = PNG.sync.read(bounded);
    return { width, height, data };
  } catch {
    throw new FaultError(damaged);
  }
}

function pixelsOfJpeg(bytes: Buffer): Pixels {
  if (scansOf(bytes) > mostScans) throw new FaultError(damaged);
  try {
    return decode(bytes, {
      useTArray: true,
      tolerantDecoding: false,
      maxResolutionInMP: mostPixels / 1_000_000,
      maxMemoryUsageInMB: jpegMemory,
    });
  } catch (error) {
    const limit = /^max(Resolution|MemoryUsage)/.test(error instanceof Error ? error.message : '');
    throw new FaultError(limit ? tooLarge : damaged);
  }
}

/** How often the marker of a scan stands in a JPEG; compressed data never holds it by chance (ITU-T T.81, B.1.1.5). */
function scansOf(bytes: Buffer): number {
  let scans = 0;
  const marker = Buffer.from([0xff, 0xda]);
  for (let at = bytes.indexOf(marker); at >= 0 && scans <= mostScans; at = bytes.indexOf(marker, at + 2)) {
    scans += 1;
  }
  return scans;
}

const tooLarge: Fault = {
  code: 'image-too-large',
  message: `The picture has more than ${mostPixels / 1024 / 1024} megapixels.`,
  hint: 'Cut the QR code out of it, or make a screenshot of it.',
};

const damaged: Fault = {
  code: 'image-damaged',
  message: 'The picture is cut off or damaged.',
  hint: 'Open it in a picture viewer, and save it again as PNG.',
};
