import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base32, findTotpStep, totpCode, totpStep, totpUri } from '../../src/operators/totp.ts';

const secret = Buffer.from('12345678901234567890');

test('[operators.totp] codes are those of RFC 6238, Appendix B, to six digits', () => {
  const vectors: readonly (readonly [seconds: number, code: string])[] = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ];
  for (const [seconds, code] of vectors) assert.equal(totpCode(secret, totpStep(new Date(seconds * 1000))), code);
});

test('[operators.totp] a clock may be off by one step either way, and no more', () => {
  const now = new Date(1_111_111_109_000);
  const step = totpStep(now);
  for (const off of [-1, 0, 1]) assert.equal(findTotpStep(secret, totpCode(secret, step + off), now), step + off);
  for (const off of [-2, 2]) assert.equal(findTotpStep(secret, totpCode(secret, step + off), now), undefined);
  for (const code of ['', '0', '0818041', 'abcdef', ' ']) assert.equal(findTotpStep(secret, code, now), undefined);
  assert.equal(findTotpStep(secret, '081 804', now), step);
});

test('[operators.totp] the secret is spelled as RFC 4648 § 10 spells its vectors', () => {
  const spelled = ['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI'];
  for (const [length, text] of spelled.entries()) assert.equal(base32(Buffer.from('foobar'.slice(0, length))), text);
  assert.match(
    totpUri(secret, 'ann@x', 'My Anchor'),
    /^otpauth:\/\/totp\/My%20Anchor:ann%40x\?secret=GEZDGNBVGY3TQOJQ/,
  );
});
