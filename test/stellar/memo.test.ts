import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KycError } from '../../src/errors.ts';
import { parseMemo, sameMemo } from '../../src/stellar/memo.ts';

const hash = Buffer.alloc(32, 0xfb).toString('base64');

test('[ruling.3] memos have the form of their type, id where no type is given', () => {
  assert.deepEqual(parseMemo('7'), { type: 'id', value: '7' });
  assert.deepEqual(parseMemo('0', 'id'), { type: 'id', value: '0' });
  assert.deepEqual(parseMemo('18446744073709551615'), { type: 'id', value: '18446744073709551615' });
  assert.deepEqual(parseMemo('été 28 bytes', 'text'), { type: 'text', value: 'été 28 bytes' });
  assert.deepEqual(parseMemo(hash, 'hash'), { type: 'hash', value: hash });
});

test('[ruling.1] what is not canonical is refused, so that two spellings never name two customers', () => {
  for (const memo of [
    '007',
    '+7',
    '-1',
    ' 7',
    '7 ',
    '7.0',
    '1e3',
    '0x7',
    '',
    '18446744073709551616',
    '٧',
    '9'.repeat(5000),
  ]) {
    assert.throws(
      () => parseMemo(memo),
      (error) => error instanceof KycError && error.field === 'memo',
      memo.slice(0, 20),
    );
  }
});

test('[ruling.3] a memo that does not fit its type is refused by name', () => {
  const bad: readonly (readonly [memo: string, type: string, field: string])[] = [
    ['é'.repeat(15), 'text', 'memo'],
    ['', 'text', 'memo'],
    [hash.slice(0, -4), 'hash', 'memo'],
    [hash.replace('=', ''), 'hash', 'memo'],
    ['ab'.repeat(32), 'hash', 'memo'],
    ['7', 'return', 'memo_type'],
    ['7', 'ID', 'memo_type'],
    ['7', '__proto__', 'memo_type'],
    ['7', '', 'memo_type'],
  ];
  for (const [memo, type, field] of bad) {
    assert.throws(
      () => parseMemo(memo, type),
      (error) => error instanceof KycError && error.field === field,
      `${memo} ${type}`,
    );
  }
});

test('[ruling.3] the plus of base64 survives a form that turned it into a space', () => {
  assert.ok(hash.includes('+'));
  assert.equal(parseMemo(hash.replaceAll('+', ' '), 'hash').value, hash);
});

test('[ruling.3] memos of different types never collide', () => {
  assert.equal(sameMemo(parseMemo('7', 'id'), parseMemo('7', 'text')), false);
  assert.equal(sameMemo(parseMemo('7'), parseMemo('7', 'id')), true);
  assert.equal(sameMemo(undefined, undefined), true);
  assert.equal(sameMemo(undefined, parseMemo('0')), false);
});
