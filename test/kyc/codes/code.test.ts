import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { hashCode, newCode, readGuess } from '../../../src/kyc/codes/code.ts';
import { LocalKeyRing } from '../../../src/vault/key-ring.ts';
import { createVault, openVault } from '../../../src/vault/vault.ts';

test('[codes.random] codes have six digits, and every digit is as likely at every place', () => {
  const count = 60_000;
  const seen = Array.from({ length: 6 }, () => new Array<number>(10).fill(0));
  for (let made = 0; made < count; made++) {
    const code = newCode();
    assert.match(code, /^\d{6}$/);
    for (const [place, digit] of [...code].entries()) {
      const row = seen[place];
      if (row) row[Number(digit)] = (row[Number(digit)] ?? 0) + 1;
    }
  }
  for (const row of seen) {
    const chiSquared = row.reduce((sum, found) => sum + (found - count / 10) ** 2 / (count / 10), 0);
    // Nine degrees of freedom: a fair source is above 50 once in ten million rows.
    assert.ok(chiSquared < 50, String(chiSquared));
  }
});

test('[codes.typed] a code is understood however it is typed, and what is no code is left as it is', () => {
  const typed: Readonly<Record<string, string>> = {
    '012345': '012345',
    '12345': '012345',
    ' 012 345 ': '012345',
    '012-345': '012345',
    '٠١٢٣٤٥': '012345',
    '۰۱۲۳۴۵': '012345',
    '': '',
    abc: 'abc',
    '1234567': '1234567',
    '1e5': '1e5',
  };
  for (const [text, code] of Object.entries(typed)) assert.equal(readGuess(text), code, text);
});

test('[codes.hash] a hash is of one customer, field, version, code and key, and of nothing else', async () => {
  const ring = new LocalKeyRing(new Map([['a', randomBytes(32)]]));
  const vault = await createVault(ring, 'ada');
  const subject = { customerId: 'ada', field: 'email_address', rev: 1 };
  const hashes = [
    hashCode(vault, subject, 'id', '123456'),
    hashCode(vault, subject, 'id', '123457'),
    hashCode(vault, subject, 'other', '123456'),
    hashCode(vault, { ...subject, rev: 2 }, 'id', '123456'),
    hashCode(vault, { ...subject, field: 'mobile_number' }, 'id', '123456'),
    hashCode(vault, { ...subject, customerId: 'eve' }, 'id', '123456'),
    hashCode(await createVault(ring, 'ada'), subject, 'id', '123456'),
    vault.digest('other purpose', JSON.stringify(['ada', 'email_address', 1, 'id', '123456'])),
  ];
  assert.equal(new Set(hashes.map((hash) => hash.toString('hex'))).size, hashes.length);
  const reopened = await openVault(ring, 'ada', vault.wrappedKey);
  assert.deepEqual(hashCode(reopened, subject, 'id', '123456'), hashes[0]);
});
