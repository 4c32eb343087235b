import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanText } from '../../src/sep9/clean-text.ts';

const line = { maxLength: 20 };
const lines = { maxLength: 20, multiline: true };
const refuses = (text: string, rule: typeof lines | typeof line, expected: string): void =>
  assert.throws(() => cleanText('city', text, rule), { message: `'city' is invalid: expected ${expected}` });

test('[sep9.text.trim] white space around a text is dropped, within it kept', () => {
  assert.equal(cleanText('city', ' \n\u00A0São  Paulo\t\uFEFF', line), 'São  Paulo');
});

test('[sep9.text.nfc] a text is stored in NFC, so that equal names are equal', () => {
  assert.equal(cleanText('city', 'Sa\u0303o Paulo', line), 'S\u00E3o Paulo');
});

test('[sep9.text.length] a text has at least one visible and at most the bounded number of characters', () => {
  assert.equal(cleanText('city', 'x'.repeat(20), line).length, 20);
  assert.equal(cleanText('city', '\u1F82'.normalize('NFD').repeat(20), line).length, 20);
  const blank = ['\u200B\u200D', '\u3164', '\uFFA0\u115F\u1160', '\u2800', '\u034F\u0301', '\u{E0041}'];
  for (const text of ['', '  \n ', ...blank, 'x'.repeat(21), 'x'.repeat(64_000)])
    refuses(text, line, '1 to 20 characters');
});

test('[sep9.text.lines] line breaks and tabs stand in an address and nowhere else', () => {
  assert.equal(cleanText('city', 'a\r\nb\rc\u2028d\n\te', lines), 'a\nb\nc\nd\n\te');
  for (const text of ['a\nb', 'a\tb', 'a\u2029b']) refuses(text, line, 'text without control characters');
});

test('[sep9.text.controls] no other control character stands in any text', () => {
  for (const text of ['a\0b', 'a\u001Bb', 'a\u007Fb', 'a\u0085b'])
    for (const rule of [line, lines]) refuses(text, rule, 'text without control characters');
});

test('[sep9.text.direction] marks of right-to-left scripts pass, overrides of the direction do not', () => {
  assert.equal(cleanText('city', 'می\u200Cخواهم\u200F', line), 'می\u200Cخواهم\u200F');
  for (const code of ['\u202A', '\u202E', '\u2066', '\u2069'])
    refuses(`a${code}b`, line, 'text without direction control characters');
});

test('[sep9.text.utf8] what broken UTF-8 decodes to is refused', () => {
  for (const text of ['a\uFFFDb', 'a\uD800b', '\uDC00']) refuses(text, line, 'valid UTF-8 text');
  assert.equal(cleanText('city', '𠮷野家', line), '𠮷野家');
});
