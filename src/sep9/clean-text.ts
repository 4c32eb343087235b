import { invalidField } from '../errors.ts';

/** What a text may look like. */
export interface TextRule {
  /** In UTF-16 code units, after normalisation. */
  readonly maxLength: number;
  /** Whether line breaks and tabs may stand in it. */
  readonly multiline?: boolean;
}

const lineBreak = /\r\n?|[\u2028\u2029]/g;
const controls = /[\p{Cc}\u2028\u2029]/u;
const controlsButTabAndLineFeed = /[^\P{Cc}\t\n]/u;
/** Characters that turn the reading direction: with them, a name is not what a reviewer sees. */
const directionOverrides = /[\u202A-\u202E\u2066-\u2069]/;
/** Neither blank nor ignorable, which some letters are, too: the fillers of Hangul; nor a mark, which needs a letter. The blank of Braille is a symbol. */
const visible = /[^\p{Cf}\p{Cc}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** No character shrinks more than fourfold under NFC; a longer text is refused before the work of normalising it. */
const maxComposition = 4;

/**
 * A customer's text in the one form in which it is kept: trimmed, NFC, line breaks as `\n`, nothing invisible in it that misleads.
 * @throws KycError `invalid_field` naming `name`
 */
export function cleanText(name: string, text: string, rule: TextRule): string {
  // Choice: U+FFFD is what broken UTF-8 decodes to, so it is not taken for a character the customer has typed.
  if (!text.isWellFormed() || text.includes('\uFFFD')) throw invalidField(name, { key: 'rule.utf8_text' });
  const trimmed = text.trim();
  if (trimmed.length > rule.maxLength * maxComposition) throw badLength(name, rule);
  const clean = normalise(trimmed, rule);
  if (clean.length > rule.maxLength || !visible.test(clean)) throw badLength(name, rule);
  if ((rule.multiline ? controlsButTabAndLineFeed : controls).test(clean))
    throw invalidField(name, { key: 'rule.no_controls' });
  if (directionOverrides.test(clean)) throw invalidField(name, { key: 'rule.no_direction_controls' });
  return clean;
}

function normalise(text: string, rule: TextRule): string {
  const normal = text.normalize('NFC');
  return (rule.multiline ? normal.replace(lineBreak, '\n') : normal).trim();
}

function badLength(name: string, rule: TextRule): Error {
  return invalidField(name, { key: 'rule.length', params: { max: rule.maxLength } });
}
