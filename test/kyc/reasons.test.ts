import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileProgram } from '../../src/kyc/compile-program.ts';
import { localize } from '../../src/kyc/localized-text.ts';
import type { ReasonDefinition } from '../../src/kyc/program.ts';
import { builtInReasonCodes, builtInReasons, findReason, reasonsVersion, reasonText } from '../../src/kyc/reasons.ts';
import { languages } from '../../src/messages/languages.ts';

const plain = compileProgram({ types: { t: { decision: 'automatic', fields: {} } } });

function withReasons(reasons: Readonly<Record<string, ReasonDefinition>>) {
  return { ...plain, review: { ...plain.review, reasons: new Map(Object.entries(reasons)) } };
}

test('[reasons.catalogue] every code has a text of its own for the customer in every language', () => {
  for (const code of builtInReasonCodes) {
    const text = findReason(plain, code)?.text;
    assert.ok(text !== undefined, code);
    for (const language of languages) {
      const told = localize(text, language);
      assert.match(told, /[.!。]$/u, `${language} ${code}`);
      assert.ok(told.length <= 200, `${language} ${code}`);
      assert.ok(!told.includes('{'), `${language} ${code}`);
    }
    const openTexts = builtInReasonCodes.filter((other) => builtInReasons[other].isNeutral === undefined);
    for (const other of openTexts.filter((name) => name !== code))
      assert.notEqual(localize(text, 'en'), localize(reasonText(plain, other), 'en'), `${code} and ${other}`);
  }
});

test('[ruling.14] [reasons.neutral] what must not be told is told to nobody in any language', () => {
  const words =
    /sanction|sanci|sanç|vikwazo|trừng phạt|عقوب|\blist|lista|danh sách|قائمة|orodha|\bdaftar\b|fraud|fraude|penipuan|ulaghai|gian lận|احتيال|duplica|duplik|already|match|hit|police|terror|\bpep\b|crim/i;
  const neutral = builtInReasonCodes.filter((code) => builtInReasons[code].isNeutral);
  assert.deepEqual(neutral, ['duplicate', 'suspected-fraud', 'sanctions', 'screening-hit', 'rejected-before']);
  for (const code of neutral) {
    for (const language of languages) {
      const told = localize(reasonText(plain, code), language);
      assert.doesNotMatch(told, words, `${language} ${code}: ${told}`);
    }
  }
});

test('[reasons.version] released codes keep their kind; a new one raises the version', () => {
  const kinds = Object.entries(builtInReasons).map(([code, { kind }]) => `${code} ${kind}`);
  assert.equal(reasonsVersion, 2);
  assert.deepEqual(kinds, [
    'document-unreadable retry',
    'document-expired retry',
    'document-mismatch retry',
    'document-wrong-type retry',
    'document-incomplete retry',
    'image-too-small retry',
    'photo-of-screen retry',
    'infected-file retry',
    'wrong-format retry',
    'name-mismatch retry',
    'address-not-proven retry',
    'more-needed retry',
    'under-age final',
    'duplicate final',
    'unsupported-country final',
    'suspected-fraud final',
    'sanctions final',
    'not-eligible final',
    'provider-declined final',
    'resubmissions-exhausted final',
    'periodic-review retry',
    'screening-hit retry',
    'rejected-before final',
  ]);
});

test("[reasons.own] a program's own reason comes first, and a code that nobody knows has a neutral text", () => {
  const own = { kind: 'final', text: { en: 'Ours' } } as const;
  const program = withReasons({ sanctions: own, 'no-branch': own });
  assert.deepEqual(findReason(program, 'sanctions'), own);
  assert.deepEqual(findReason(program, 'no-branch'), own);
  assert.equal(findReason(plain, 'no-branch'), undefined);
  for (const code of ['no-branch', 'toString', '__proto__', ''])
    assert.equal(localize(reasonText(plain, code), 'en'), 'This could not be accepted. Please contact us.', code);
});
