/** The version bytes of the addresses that KYC meets. */
const versions: Readonly<Record<StrkeyKind, number>> = {
  account: 6 << 3,
  muxed: 12 << 3,
  contract: 2 << 3,
  seed: 18 << 3,
};

/** What a strkey holds: an account (`G`), a muxed account (`M`), a contract (`C`) or a secret seed (`S`). */
export type StrkeyKind = 'account' | 'muxed' | 'contract' | 'seed';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** By character code; -1 for those that are no letter of the alphabet. */
const letterValues = Int8Array.from({ length: 128 }, (_, code) => alphabet.indexOf(String.fromCharCode(code)));
const payloadBytes = { account: 32, muxed: 40, contract: 32, seed: 32 } as const;

/** The canonical spelling of `payload` as a strkey. @see SEP-23 */
export function encodeStrkey(kind: StrkeyKind, payload: Uint8Array): string {
  const body = Buffer.concat([Buffer.from([versions[kind]]), payload]);
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(crc16(body));
  return toBase32(Buffer.concat([body, checksum]));
}

/** The bytes inside a strkey of that kind; undefined unless `text` is its one canonical spelling. @see SEP-23 */
export function decodeStrkey(kind: StrkeyKind, text: string): Buffer | undefined {
  const size = payloadBytes[kind];
  if (text.length !== Math.ceil(((size + 3) * 8) / 5)) return undefined;
  const bytes = fromBase32(text);
  if (bytes === undefined || bytes[0] !== versions[kind]) return undefined;
  const checksum = bytes.readUInt16LE(1 + size);
  return crc16(bytes.subarray(0, 1 + size)) === checksum ? bytes.subarray(1, 1 + size) : undefined;
}

function toBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31];
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31];
}

/** Undefined for letters that are none, and for bits left over that are not zero: another spelling of the same bytes. */
function fromBase32(text: string): Buffer | undefined {
  const bytes = Buffer.alloc(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const value = letterValues[text.charCodeAt(index)] ?? -1;
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 0xff;
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}

/** CRC-16/XMODEM, the checksum of SEP-23. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (crcOf[(crc >> 8) ^ byte] ?? 0);
  return crc;
}

/** The checksum of each single byte. */
const crcOf: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) !== 0 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});
