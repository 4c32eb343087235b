/** What a reader wants next: to pass over bytes, then to be given some. */
type Ask = readonly [skip: number, take: number];
/** Reads one header, ask by ask; ends with the number of pixels, or undefined when the bytes are no such header. */
type HeaderReader = Generator<Ask, number | undefined, Buffer>;

/** A HEIF file's description of its pictures is a few kB; one larger than this is taken for broken. */
const maxMetaBytes = 256 * 1024;

/**
 * Tells how many pixels a jpg, png, webp or heic has, from its header alone as the bytes stream by: an image of a few kB that unpacks
 * to gigabytes is noticed before anybody unpacks it. Every step passes over at least one byte, so no bytes can make it loop.
 * Choice: own readers, because the library at hand (image-size) had three endless loops on crafted files within a year.
 */
export class PixelCounter {
  readonly #reader: HeaderReader = readHeader();
  #skip = 0;
  #take = 0;
  #held: Buffer = Buffer.alloc(0);
  #isDone = false;
  #pixels: number | undefined;

  constructor() {
    this.#resume(this.#held);
  }

  /** Undefined while the header has not been read, and for what is no image with one. */
  get pixels(): number | undefined {
    return this.#pixels;
  }

  push(bytes: Uint8Array): void {
    let rest = bytes;
    while (!this.#isDone && rest.length > 0) {
      const skipped = Math.min(this.#skip, rest.length);
      const taken = Math.min(this.#take - this.#held.length, rest.length - skipped);
      this.#skip -= skipped;
      if (taken > 0) this.#held = Buffer.concat([this.#held, rest.subarray(skipped, skipped + taken)]);
      rest = rest.subarray(skipped + taken);
      if (this.#skip === 0 && this.#held.length === this.#take) this.#resume(this.#held);
    }
  }

  #resume(given: Buffer): void {
    const { done, value } = this.#reader.next(given);
    this.#isDone = done === true;
    if (typeof value === 'number' && value > 0) this.#pixels = value;
    if (typeof value === 'object') [this.#skip, this.#take] = value;
    this.#held = Buffer.alloc(0);
  }
}

function* readHeader(): HeaderReader {
  const start = yield [0, 2];
  if (start.readUInt16BE() === 0xffd8) return yield* readJpeg();
  const magic = Buffer.concat([start, yield [0, 10]]);
  if (magic.readUInt32BE() === 0x89504e47) return yield* readPng();
  if (magic.toString('latin1', 0, 4) === 'RIFF' && magic.toString('latin1', 8) === 'WEBP') return yield* readWebp();
  if (magic.toString('latin1', 4, 8) === 'ftyp') return yield* readHeif(magic.readUInt32BE() - magic.length);
  return undefined;
}

/** @see ITU-T T.81 § B.1.1: segments up to the frame header */
function* readJpeg(): HeaderReader {
  for (;;) {
    const marker = yield* readMarker();
    const length = (yield [0, 2]).readUInt16BE();
    if (!mayPrecedePicture(marker) || length < 2) return undefined;
    if (isStartOfFrame(marker)) {
      const frame = yield [1, 4];
      return frame.readUInt16BE(0) * frame.readUInt16BE(2);
    }
    if (length > 2) yield [length - 3, 1];
  }
}

/** The next marker, 0 where there is none. Any number of fill bytes may come before it. */
function* readMarker(): Generator<Ask, number, Buffer> {
  if ((yield [0, 1])[0] !== 0xff) return 0;
  for (;;) {
    const [marker = 0] = yield [0, 1];
    if (marker !== 0xff) return marker;
  }
}

/** Not so the marks within, before and after the coded picture, which have no length either. */
function mayPrecedePicture(marker: number): boolean {
  return marker >= 0xc0 && (marker < 0xd0 || marker > 0xda);
}

function isStartOfFrame(marker: number): boolean {
  return marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** @see PNG § 11.2.1: IHDR comes first */
function* readPng(): HeaderReader {
  const header = yield [0, 12];
  return header.toString('latin1', 0, 4) === 'IHDR' ? header.readUInt32BE(4) * header.readUInt32BE(8) : undefined;
}

/** @see RFC 9649 § 2.4: the first chunk says the size, in one of three ways */
function* readWebp(): HeaderReader {
  const header = yield [0, 18];
  const data = header.subarray(8);
  switch (header.toString('latin1', 0, 4)) {
    case 'VP8 ':
      return (data.readUInt16LE(6) & 0x3fff) * (data.readUInt16LE(8) & 0x3fff);
    case 'VP8L':
      return ((data.readUInt32LE(1) & 0x3fff) + 1) * (((data.readUInt32LE(1) >>> 14) & 0x3fff) + 1);
    case 'VP8X':
      return (data.readUIntLE(4, 3) + 1) * (data.readUIntLE(7, 3) + 1);
    default:
      return undefined;
  }
}

/** @see ISO/IEC 23008-12 § 6.5.3: the largest of the pictures that the meta box describes */
function* readHeif(firstBoxRest: number): HeaderReader {
  let skip = firstBoxRest;
  for (;;) {
    if (skip < 0) return undefined;
    const header = yield [skip, 8];
    const size = header.readUInt32BE();
    const isLarge = size === 1;
    const rest = isLarge ? Number((yield [0, 8]).readBigUInt64BE()) - 16 : size - 8;
    if (header.toString('latin1', 4) !== 'meta') skip = rest;
    else if (rest < 4 || rest > maxMetaBytes) return undefined;
    else return largestPicture(yield [4, rest - 4]);
  }
}

function largestPicture(meta: Buffer): number | undefined {
  const properties = [...boxes(meta, 'iprp')].flatMap((iprp) => [...boxes(iprp, 'ipco')]);
  const sizes = properties.flatMap((ipco) => [...boxes(ipco, 'ispe')]).filter((ispe) => ispe.length >= 12);
  return Math.max(0, ...sizes.map((ispe) => ispe.readUInt32BE(4) * ispe.readUInt32BE(8)));
}

/** The contents of the boxes of one kind, one after the other. */
function* boxes(within: Buffer, kind: string): Generator<Buffer> {
  for (let at = 0; at + 8 <= within.length; ) {
    const size = within.readUInt32BE(at);
    if (size < 8) return;
    if (within.toString('latin1', at + 4, at + 8) === kind) yield within.subarray(at + 8, at + size);
    at += size;
  }
}
