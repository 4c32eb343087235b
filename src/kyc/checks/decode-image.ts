import type { Sharp as Pipeline, SharpOptions } from 'sharp';
import type { CheckFile } from './check.ts';
import { loadSharp, oneAtATime, type Sharp } from './load-sharp.ts';

/** The size of an image as it is to be looked at or not, in pixels: which side is which does not matter. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** It is the image's own fault that it cannot be shown: it is broken off, damaged, or not what it says. */
export class UnreadableImage extends Error {
  constructor() {
    super('the image cannot be decoded');
    this.name = 'UnreadableImage';
  }
}

/** More than uploads may have. */
const maxPixels = 40_000_000;
const timeoutSeconds = 30;
/** Small enough to cost nothing, and every row of the image is decoded for it. */
const thumbnailPixels = 64;

/** How files of each type begin, in hexadecimal; only these formats' decoders ever see a byte. */
const beginnings: Readonly<Record<string, RegExp>> = {
  'image/jpeg': /^ffd8ff/,
  'image/png': /^89504e470d0a1a0a/,
  'image/webp': /^52494646.{8}57454250/,
};
const heicBeginning = /^.{8}66747970/;
const beginningBytes = 12;

/**
 * The JPEGs of some phones say one thing wrong that every viewer overlooks.
 * @see https://github.com/lovell/sharp/issues/1578
 */
const harmless = /^VipsJpeg: Invalid SOS parameters for sequential JPEG\s*$/;
/** What is ours to mend and says nothing of the image. */
const ourFault = /memory|unable to allocate|timeout|system error/i;

/** Whether an image of that type can be decoded here; HEIC only where somebody built the library with a decoder for it. */
export async function canDecode(contentType: string): Promise<boolean> {
  return beginningOf(contentType, await loadSharp()) !== undefined;
}

/**
 * Decodes an image whole and answers its size. One at a time; memory held: the file, and a few MB, or, of a progressive or interlaced
 * image, up to 3 bytes a pixel.
 * @throws UnreadableImage; other errors say nothing of the image
 */
export function decodeImage(file: CheckFile, signal: AbortSignal): Promise<ImageSize> {
  return withImage(file, signal, async (open) => {
    const { width, height } = await open().metadata();
    const decode = (failOn: 'warning' | 'error'): Promise<Buffer> =>
      open({ failOn }).resize(thumbnailPixels, thumbnailPixels, { fit: 'fill' }).raw().toBuffer();
    await decode('warning').catch((error: Error) => {
      if (!harmless.test(error.message)) throw error;
      return decode('error');
    });
    return { width, height };
  });
}

/**
 * Does something with an image while it is in memory, when its turn has come, and wipes it.
 * @throws UnreadableImage when that fails because of the image
 */
export function withImage<T>(
  file: CheckFile,
  signal: AbortSignal,
  use: (open: (options?: SharpOptions) => Pipeline) => Promise<T>,
): Promise<T> {
  return oneAtATime(async () => {
    const sharp = await loadSharp();
    const begins = beginningOf(file.contentType, sharp);
    if (begins === undefined) throw new TypeError(`no image that can be decoded: ${file.contentType}`);
    const bytes = await readWhole(file, signal);
    const open = (options: SharpOptions = {}): Pipeline =>
      sharp(bytes, { limitInputPixels: maxPixels, ...options }).timeout({ seconds: timeoutSeconds });
    try {
      if (!begins.test(bytes.toString('hex', 0, beginningBytes))) throw new UnreadableImage();
      return await use(open);
    } catch (error) {
      throw error instanceof Error && !ourFault.test(error.message) ? new UnreadableImage() : error;
    } finally {
      bytes.fill(0);
    }
  });
}

function beginningOf(contentType: string, sharp: Sharp): RegExp | undefined {
  if (Object.hasOwn(beginnings, contentType)) return beginnings[contentType];
  const isHeic = contentType === 'image/heic' || contentType === 'image/heif';
  return isHeic && sharp.format.heif.input.fileSuffix?.includes('.heic') ? heicBeginning : undefined;
}

/** The library collects a stream before it begins, in more memory than this. */
async function readWhole(file: CheckFile, signal: AbortSignal): Promise<Buffer> {
  signal.throwIfAborted();
  const bytes = Buffer.allocUnsafeSlow(file.sizeBytes);
  let filled = 0;
  for await (const piece of file.open()) {
    signal.throwIfAborted();
    if (filled + piece.length <= bytes.length) bytes.set(piece, filled);
    filled += piece.length;
  }
  if (filled !== bytes.length) throw new Error('the file is not as long as it was when it came');
  return bytes;
}
