import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Something that was searched, and what to call it in a finding. */
export interface Haystack {
  readonly name: string;
  readonly bytes: Buffer;
}

type Encoding = (value: Buffer) => readonly Buffer[];

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16 = (value: Buffer): Buffer => Buffer.from(value.toString('utf8'), 'utf16le');

/** Every spelling in which a value could lie somewhere. */
export const encodings: Readonly<Record<string, Encoding>> = {
  'UTF-8': (value) => [value],
  'UTF-16LE': (value) => [utf16(value)],
  'UTF-16BE': (value) => [utf16(value).swap16()],
  base64: (value) => [0, 1, 2].map((shift) => ascii(base64At(value, shift))),
  base64url: (value) => [0, 1, 2].map((shift) => ascii(base64At(value, shift).replace(/\+/g, '-').replace(/\//g, '_'))),
  hex: (value) => [ascii(value.toString('hex'))],
  'percent-encoding': (value) => [
    ascii(encodeURIComponent(value.toString('utf8'))),
    ascii(value.toString('hex').replace(/../g, '%$&')),
    ascii(encodeURIComponent(value.toString('utf8')).replace(/%20/g, '+')),
  ],
  'JSON escapes': (value) => [ascii(escaped(value))],
};

/** The characters that `value` always becomes when it starts `shift` bytes after a multiple of three. */
function base64At(value: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), value]).toString('base64');
  const whole = Math.floor((shift + value.length) / 3) * 4;
  return text.slice(shift === 0 ? 0 : 4, whole);
}

function escaped(value: Buffer): string {
  const units = value.toString('utf8').split('');
  return units.map((unit) => (unit <= '~' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)).join('');
}

/** Where any of the values lies in any spelling, whatever its case: "e-mail as base64 in anchor-kyc.db-wal". */
export function findValues(values: Readonly<Record<string, string>>, haystacks: readonly Haystack[]): string[] {
  const needles = Object.entries(values).flatMap(([label, value]) => needlesOf(label, value));
  const findings = new Set<string>();
  for (const { name, bytes } of haystacks) {
    const lowered = lowerAscii(bytes);
    for (const { label, encoding, needle, isCased } of needles) {
      if ((isCased ? bytes : lowered).includes(needle)) findings.add(`${label} as ${encoding} in ${name}`);
    }
  }
  return [...findings];
}

interface Needle {
  readonly label: string;
  readonly encoding: string;
  readonly needle: Buffer;
  readonly isCased: boolean;
}

function needlesOf(label: string, value: string): Needle[] {
  return Object.entries(encodings).flatMap(([encoding, encode]) => {
    const isCased = encoding.startsWith('base64');
    // A server may put an address into lower case before it encodes it.
    const spellings = isCased ? [value, value.toLowerCase()] : [value];
    const needles = spellings.flatMap((spelling) => encode(Buffer.from(spelling)));
    return needles.map((needle) => ({ label, encoding, needle: isCased ? needle : lowerAscii(needle), isCased }));
  });
}

function lowerAscii(bytes: Buffer): Buffer {
  const lowered = Buffer.from(bytes);
  for (let at = 0; at < lowered.length; at++) {
    const byte = lowered[at] ?? 0;
    if (byte >= 65 && byte <= 90) lowered[at] = byte + 32;
  }
  return lowered;
}

/** Every file under a directory. One that goes away meanwhile is left out. */
export async function filesUnder(directory: string): Promise<Haystack[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const read = entries.map(async (entry): Promise<Haystack[]> => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    return readFile(path).then(
      (bytes) => [{ name: path.slice(directory.length + 1), bytes: Buffer.concat([ascii(`${entry.name}\n`), bytes]) }],
      () => [],
    );
  });
  return (await Promise.all(read)).flat();
}
