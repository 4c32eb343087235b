import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { InvalidRequest } from '../../../src/errors.ts';
import type { Check, CheckContext, CheckFile, CheckResult, WebhookCall } from '../../../src/kyc/checks/check.ts';
import type { Provider, ProviderVerdict } from '../../../src/kyc/checks/provider/provider.ts';
import { applicantKey, providerCheck } from '../../../src/kyc/checks/provider/provider-check.ts';
import { isRecent, isSigned } from '../../../src/kyc/checks/provider/webhook-signature.ts';
import { inputOf } from '../../support/stand-ins/stand-in.ts';

const now = new Date('2026-11-24T07:00:00Z');
const context: CheckContext = { signal: AbortSignal.timeout(60_000), now };
const secret = 'whsec';

/** A vendor as some are: one header `t=<seconds>,v1=<hex>` over `<seconds>.<body>`, signed anew for each delivery. */
class SigningVendor implements Provider {
  readonly keys: string[] = [];
  verdict: ProviderVerdict | undefined;
  refusal: ProviderVerdict | undefined;

  async start(_applicant: unknown, key: string): Promise<string | ProviderVerdict> {
    this.keys.push(key);
    return this.refusal ?? `ref-${this.keys.indexOf(key)}`;
  }

  async fetchResult(): Promise<ProviderVerdict | undefined> {
    return this.verdict;
  }

  async readWebhook({ headers, body, now: at }: WebhookCall): Promise<string | undefined> {
    const [, seconds = '', signature = ''] = /^t=(\d+),v1=(\w+)$/.exec(headers.get('vendor-signature') ?? '') ?? [];
    const signed = Buffer.concat([Buffer.from(`${seconds}.`), body]);
    if (!isSigned(signed, signature, secret) || !isRecent(new Date(Number(seconds) * 1000), at))
      throw new InvalidRequest('not signed');
    return (JSON.parse(body.toString()) as { id: string }).id;
  }
}

function open(): { vendor: SigningVendor; check: Check } {
  const vendor = new SigningVendor();
  return { vendor, check: providerCheck(vendor, { scope: 'level', pollAfterMs: 900_000 }) };
}

const values = { given_name: 'Ada', family_name: 'Lovelace' };

test('[kyc.provider.run] the first run hands over, later ones ask, until there is a verdict', async () => {
  const { vendor, check } = open();
  const started = await check.run(inputOf(values), context);
  assert.deepEqual(started, { outcome: 'pending', reference: 'ref-0', retryAfterMs: 60_000 });
  const asked = await check.run(inputOf(values, {}, 'ref-0'), context);
  assert.deepEqual(asked, { outcome: 'pending', reference: 'ref-0', retryAfterMs: 900_000 });
  vendor.verdict = { outcome: 'pass' };
  assert.deepEqual(await check.run(inputOf(values, {}, 'ref-0'), context), { outcome: 'pass' });
  assert.equal(vendor.keys.length, 1);
});

test('[kyc.provider.key] the same data has the same key in any order; other data, files, scopes and customers another', () => {
  const file = (sha256: string): CheckFile => ({ sha256 }) as CheckFile;
  const base = inputOf(values, { photo_id_front: file('aa') });
  const turned = inputOf({ family_name: 'Lovelace', given_name: 'Ada' }, { photo_id_front: file('aa') });
  assert.equal(applicantKey(base, 'level'), applicantKey(turned, 'level'));
  const others = [
    applicantKey(inputOf({ ...values, given_name: 'Eda' }, { photo_id_front: file('aa') }), 'level'),
    applicantKey(inputOf(values, { photo_id_front: file('ab') }), 'level'),
    applicantKey(inputOf(values, { photo_id_back: file('aa') }), 'level'),
    applicantKey({ ...base, customerId: 'another' }, 'level'),
    applicantKey(base, 'another'),
    applicantKey(base, 'level'),
  ];
  assert.equal(new Set(others).size, 6);
  assert.match(others[0] ?? '', /^b7c1f5e2-0d3a-4a52-9c1e-5f0f6f0b9a11\.[0-9a-f]{32}$/);
});

test('[kyc.provider.fields] only fields that were handed over are at fault; if none of them was, all are', async () => {
  const { vendor, check } = open();
  const run = (): Promise<CheckResult> => check.run(inputOf(values, {}, 'ref-0'), context);
  vendor.verdict = { outcome: 'fail', reason: 'name-mismatch', fields: ['given_name', 'photo_id_front'] };
  assert.deepEqual(await run(), { outcome: 'fail', reason: 'name-mismatch', fields: ['given_name'] });
  vendor.verdict = { outcome: 'fail', reason: 'name-mismatch', fields: ['photo_id_front'] };
  assert.deepEqual(await run(), { outcome: 'fail', reason: 'name-mismatch' });
});

test('[kyc.provider.refusal] a provider that refuses to begin has said its word', async () => {
  const { vendor, check } = open();
  vendor.refusal = { outcome: 'fail', reason: 'document-unreadable' };
  assert.deepEqual(await check.run(inputOf(values), context), vendor.refusal);
});

function call(body: string, signedAt: Date, key = secret, signature?: string): WebhookCall {
  const t = Math.floor(signedAt.getTime() / 1000);
  const v1 = signature ?? createHmac('sha256', key).update(`${t}.${body}`).digest('hex');
  return { headers: new Headers({ 'vendor-signature': `t=${t},v1=${v1}` }), body: Buffer.from(body), now };
}

test('[kyc.provider.webhook] a call counts if it is signed, whole and within five minutes; it names an applicant, no more', async () => {
  const { check } = open();
  const body = '{"id":"ref-0","verdict":"pass"}';
  const minutes = (count: number): Date => new Date(now.getTime() + count * 60_000);
  for (const at of [now, minutes(-5), minutes(5)]) assert.equal(await check.readWebhook?.(call(body, at)), 'ref-0');
  const bad = [
    call(body, minutes(-5.1)),
    call(body, minutes(5.1)),
    call(body, now, 'another'),
    call(body, now, secret, ''),
    call(body, now, secret, 'zz'.repeat(32)),
    call(body, now, secret, '00'.repeat(31)),
    { ...call(body, now), body: Buffer.from(`${body} `) },
    { ...call(body, now), headers: new Headers() },
  ];
  for (const [index, each] of bad.entries())
    await assert.rejects(async () => check.readWebhook?.(each), InvalidRequest, `call ${index}`);
});
