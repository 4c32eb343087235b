import { type BodyLimits, tooLarge, tooMany } from './body-limits.ts';
import { fieldLabel, givenTwice } from './field-label.ts';

/** Gathers the fields of one body, whatever its format, and holds them to the limits and to being named once. */
export class BodyFields<F> {
  readonly values: Map<string, string> = new Map();
  readonly files: Map<string, F> = new Map();
  readonly unknownFiles: Set<string> = new Set();
  readonly limits: BodyLimits;
  readonly #names = new Set<string>();
  #textCount = 0;
  #fileCount = 0;
  #textBytes = 0;

  constructor(limits: BodyLimits) {
    this.limits = limits;
  }

  /** Announces a text field. Throws if its name was seen before or is too long, or if it is one field too many. */
  claimText(name: string): void {
    if (++this.#textCount > this.limits.fields) throw tooMany('error.too_many_fields', this.limits.fields);
    this.#claim(name);
  }

  /** Announces a file, as {@link claimText} does a text field. */
  claimFile(name: string): void {
    if (++this.#fileCount > this.limits.files) throw tooMany('error.too_many_files', this.limits.files);
    this.#claim(name);
  }

  /** Adds to the text read so far; throws once it is more than all text together may be. */
  countText(bytes: number): void {
    this.#textBytes += bytes;
    if (this.#textBytes > this.limits.textBytes) throw tooLarge({ key: 'thing.body_text' }, this.limits.textBytes);
  }

  /** Throws if a text value of that many bytes is longer than one may be. */
  checkValueBytes(name: string, bytes: number): void {
    if (bytes > this.limits.valueBytes) throw tooLarge(fieldLabel(name), this.limits.valueBytes, name);
  }

  #claim(name: string): void {
    if (Buffer.byteLength(name) > this.limits.nameBytes)
      throw tooLarge({ key: 'thing.field_name' }, this.limits.nameBytes);
    if (this.#names.has(name)) {
      throw givenTwice(name);
    }
    this.#names.add(name);
  }
}
