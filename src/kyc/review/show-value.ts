import type { FileReference } from '../../store/files/sealed-files.ts';

/** A value as an operator sees it: a text, or what there is to tell of a file. */
export type ShownValue = string | { readonly contentType: string; readonly sizeBytes: number };

/** Whether a value's text refers to a file, whatever the program says of the field: its key must not be shown as a text. */
export function isReference(text: string): boolean {
  return text.startsWith('{"id":') && text.includes('"key":');
}

const hidden = '••••';
const shownEnd = 2;
const shortest = 5;
const cardEnd = 4;

/**
 * A value for somebody to see. Masked, its last two characters are left, none of one so short that they would tell it; how long it is, is not
 * told. Choice: of a card's number nobody sees more than the last four digits (PCI DSS 3.3.1, ruling 20).
 */
export function showValue(
  key: string,
  text: string,
  { isFile, isMasked }: { isFile: boolean; isMasked: boolean },
): ShownValue {
  if (isFile) {
    const { contentType, sizeBytes } = JSON.parse(text) as FileReference;
    return { contentType, sizeBytes };
  }
  const letters = [...text];
  if (isMasked) return letters.length < shortest ? hidden : hidden + letters.slice(-shownEnd).join('');
  return key === 'card.number' ? hidden + letters.slice(-cardEnd).join('') : text;
}
