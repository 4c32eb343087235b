import type { Sharp as Pipeline } from 'sharp';
import type { CheckFile } from './check.ts';
import { withImage } from './decode-image.ts';

/** What encodes each type again, with the settings that hold the least memory and still lose nothing to the eye. */
const encoders: Readonly<Record<string, (image: Pipeline) => Pipeline>> = {
  'image/jpeg': (image) => image.jpeg({ quality: 90, optimiseCoding: false }),
  'image/png': (image) => image.png({ compressionLevel: 6 }),
  // Less effort fails on images with much detail.
  'image/webp': (image) => image.webp({ quality: 90, effort: 2 }),
};

/** A webp of more pixels would be unpacked into a temporary file; no plain byte of a customer's may reach the disk. */
const maxWebpPixels = 24_000_000;

/** The types of image that {@link stripMetadata} takes. */
export const strippableTypes: readonly string[] = Object.keys(encoders);

/**
 * The image without anything but its pixels: no EXIF (place, time, camera, thumbnail), XMP, IPTC, comments or colour profile; turned upright
 * and in sRGB. Same type as before; a webp of more than 24 megapixels becomes smaller. One at a time; memory held: the file before and after,
 * and up to 9 bytes a pixel.
 * @throws UnreadableImage; TypeError for other types than {@link strippableTypes}
 */
export async function stripMetadata(file: CheckFile, signal: AbortSignal): Promise<Buffer> {
  const encode = encoders[file.contentType];
  if (encode === undefined) throw new TypeError(`no image that can be stripped: ${file.contentType}`);
  return withImage(file, signal, async (open) => {
    const { width, height } = (await open().metadata()).autoOrient;
    const upright = open({ failOn: 'error', autoOrient: true });
    const shrink = Math.sqrt(maxWebpPixels / (width * height));
    const isTooLarge = file.contentType === 'image/webp' && shrink < 1;
    return encode(isTooLarge ? upright.resize({ width: Math.floor(width * shrink) }) : upright).toBuffer();
  });
}
