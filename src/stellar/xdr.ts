/**
 * Reads XDR front to back, and takes nothing but the one canonical spelling: padding is zero, a flag 0 or 1, a length within its bound.
 * Every fault is a RangeError, that of bytes which end too early among them.
 * @see RFC 4506
 */
export class XdrReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** How many bytes have been read. */
  get at(): number {
    return this.#at;
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#pass(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#pass(8));
  }

  uint64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#pass(8));
  }

  /** Exactly `length` bytes, and the zeros behind them. */
  opaque(length: number): Buffer {
    const at = this.#pass(length);
    const padding = paddingOf(length);
    const padAt = this.#pass(padding);
    for (let index = padAt; index < padAt + padding; index++)
      if (this.#bytes.readUInt8(index) !== 0) throw new RangeError('expected zeros as padding');
    return this.#bytes.subarray(at, at + length);
  }

  /** As many bytes as they say themselves, at most `max`. */
  varOpaque(max: number): Buffer {
    return this.opaque(this.#count(max));
  }

  /** What may be missing. */
  optional<Value>(read: () => Value): Value | undefined {
    return this.#count(1) === 1 ? read() : undefined;
  }

  /** A list of at most `max`. */
  array<Value>(max: number, read: () => Value): Value[] {
    return Array.from({ length: this.#count(max) }, read);
  }

  /** @throws RangeError when bytes are left */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError('expected no more bytes');
  }

  #count(max: number): number {
    const count = this.uint32();
    if (count > max) throw new RangeError(`expected at most ${max}`);
    return count;
  }

  #pass(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw new RangeError('expected more bytes');
    this.#at += length;
    return at;
  }
}

/** XDR of an unsigned 32-bit number, which is also a length, a flag and the choice of a union. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** XDR of a signed 64-bit number. */
export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

/** XDR of an unsigned 64-bit number. */
export function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** XDR of bytes that say how many they are. */
export function varOpaque(value: Buffer): Buffer {
  return Buffer.concat([uint32(value.length), value, Buffer.alloc(paddingOf(value.length))]);
}

/** XDR of what may be missing. */
export function optional(encoded: Buffer | undefined): Buffer {
  return encoded === undefined ? uint32(0) : Buffer.concat([uint32(1), encoded]);
}

/** XDR of a list, from that of its items. */
export function array(encoded: readonly Buffer[]): Buffer {
  return Buffer.concat([uint32(encoded.length), ...encoded]);
}

function paddingOf(length: number): number {
  return -length & 3;
}
