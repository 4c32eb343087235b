import assert from 'node:assert/strict';
import { bare, multipart, type WirePart } from '../http/request-body-fixtures.ts';
import { withdrawer } from '../sep12/support.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { openRecorder, photo, sha256 } from './recorder.ts';
import { type Answer, openWire, type Wire } from './wire.ts';

/** What a form holds, by field name. */
export type Values = Readonly<Record<string, string | Buffer>>;

/** An SDK that sends whatever it sends as a multipart form, in its own bytes. */
export interface FormClient {
  get(wire: Wire, sub: string, path: string, params: Readonly<Record<string, string>>): Promise<Answer>;
  /** `what` is a method and a path. */
  form(wire: Wire, sub: string, what: string, values: Values): Promise<Answer>;
  remove(wire: Wire, sub: string, memo?: Readonly<Record<string, string>>): Promise<Answer>;
}

/** The account of a subject, as the path of DELETE names it. */
export function accountOf(sub: string): string {
  return sub.split(':')[0] ?? sub;
}

/** A body of one part per value, none at all for no values. */
export function formBody(
  boundary: string,
  values: Values,
  part: (name: string, value: string | Buffer) => WirePart,
): Buffer {
  return multipart(boundary, ...Object.entries(values).map(([name, value]) => part(name, value)));
}

/** A part of nothing but its name and, as some clients add, its length. */
export function bareWithLength(name: string, value: string | Uint8Array): WirePart {
  const [headers, bytes] = bare(name, value);
  return [[...headers, `Content-Length: ${Buffer.byteLength(bytes)}`], bytes];
}

/** From a stranger to a customer under review, then forgotten. */
export async function assertLife(client: FormClient, dates: Values = {}): Promise<void> {
  await using wire = await openWire();
  const sub = randomAccount();
  const type = 'sep6-withdraw';
  const get = (params: Readonly<Record<string, string>>): Promise<Answer> => client.get(wire, sub, '/customer', params);
  const stranger = await get({ account: sub, type });
  assert.deepEqual([stranger.status, stranger.body.status, stranger.body.id], [200, 'NEEDS_INFO', undefined]);
  assert.deepEqual(stranger.body.fields.photo_id_front.type, 'binary');
  const registered = await client.form(wire, sub, 'PUT /customer', {});
  assert.equal(registered.status, 202, 'a form of nothing registers');
  const { id } = registered.body;
  const texts = await client.form(wire, sub, 'PUT /customer', { account: sub, ...withdrawer, ...dates });
  assert.deepEqual([texts.status, texts.body], [202, { id }], texts.text);
  const asked = await get({ id, type, lang: 'es' });
  assert.deepEqual([asked.body.status, Object.hasOwn(asked.body.fields, 'photo_id_front')], ['NEEDS_INFO', true]);
  const whole = await client.form(wire, sub, 'PUT /customer', { id, type, photo_id_front: photo(20_000) });
  assert.deepEqual([whole.status, whole.body], [202, { id }], whole.text);
  assert.equal((await get({ id, type })).body.status, 'PROCESSING');
  const removed = await client.remove(wire, sub);
  assert.deepEqual([removed.status, removed.body], [200, {}]);
  assert.equal((await get({ id, type })).status, 404);
  assert.equal((await client.remove(wire, sub)).status, 404);
}

/** A photograph of three megabytes arrives byte for byte, with every text beside it. */
export async function assertPhoto(client: FormClient): Promise<void> {
  await using recorder = await openRecorder();
  const image = photo();
  const texts = { first_name: 'Zoë', 'organization.name': 'Ångström ☃', 'organization.bank_name': 'Bank' };
  const put = await client.form(recorder, randomAccount(), 'PUT /customer', { ...texts, photo_id_front: image });
  assert.equal(put.status, 202, put.text);
  assert.deepEqual(recorder.puts[0]?.fields, texts);
  assert.deepEqual(recorder.puts[0]?.files, { photo_id_front: sha256(image) });
}

/** Users of one account by memos of all three types, which collide no more than they are mixed up. */
export async function assertSharedAccount(client: FormClient): Promise<void> {
  await using wire = await openWire();
  const sub = randomAccount();
  const memos = [
    { memo: '7', memo_type: 'id' },
    { memo: '7', memo_type: 'text' },
    { memo: Buffer.alloc(32, 0xfb).toString('base64'), memo_type: 'hash' },
  ];
  const ids: string[] = [];
  for (const memo of memos) {
    const put = await client.form(wire, sub, 'PUT /customer', { account: sub, ...memo, first_name: 'Ada' });
    assert.equal(put.status, 202, put.text);
    ids.push(put.body.id);
    const got = await client.get(wire, sub, '/customer', { account: sub, ...memo });
    assert.equal(got.body.id, put.body.id, memo.memo_type);
  }
  assert.equal(new Set(ids).size, 3);
  for (const [index, memo] of memos.entries()) {
    assert.equal((await client.remove(wire, sub, memo)).status, 200, memo.memo_type);
    assert.equal((await client.get(wire, sub, '/customer', memo)).body.id, undefined);
    for (const id of ids.slice(index + 1)) assert.equal((await client.get(wire, sub, '/customer', { id })).status, 200);
  }
}

/** The deprecated endpoint for codes answers as GET does. */
export async function assertVerification(client: FormClient): Promise<void> {
  await using recorder = await openRecorder();
  const values = { id: 'customer-1', mobile_number_verification: '2735021' };
  const put = await client.form(recorder, randomAccount(), 'PUT /customer/verification', values);
  assert.deepEqual([put.status, put.body.provided_fields.mobile_number.status], [200, 'ACCEPTED']);
  assert.deepEqual(
    recorder.codes.map(({ id, verifications }) => [id, ...verifications]),
    [['customer-1', ['mobile_number', '2735021']]],
  );
}

/** A callback is set with 200 and an empty object, once there is a customer. */
export async function assertCallback(client: FormClient, memo: Readonly<Record<string, string>>): Promise<void> {
  await using recorder = await openRecorder();
  const sub = randomAccount();
  const url = 'https://example.com/kyc?user=1';
  const put = await client.form(recorder, sub, 'PUT /customer/callback', { url, account: sub, ...memo });
  assert.deepEqual([put.status, put.body], [200, {}], put.text);
  assert.deepEqual([recorder.callbacks[0]?.url, recorder.callbacks[0]?.account], [url, sub]);
  assert.equal(recorder.callbacks[0]?.memo, memo['memo']);
  await using wire = await openWire();
  assert.equal((await client.form(wire, sub, 'PUT /customer/callback', { url })).status, 404);
  const { id } = (await client.form(wire, sub, 'PUT /customer', { first_name: 'Ada' })).body;
  const set = await client.form(wire, sub, 'PUT /customer/callback', { url, id, account: sub });
  assert.deepEqual([set.status, set.body], [200, {}], set.text);
  const nowhere = await client.form(wire, sub, 'PUT /customer/callback', { url: 'wallet', id });
  assert.deepEqual([nowhere.status, nowhere.body], [400, { error: "'url' must be a valid URL" }]);
}

/** A file goes ahead of its customer, is found, fills a field, and is then the customer's. */
export async function assertFiles(client: FormClient): Promise<void> {
  const image = photo();
  await using recorder = await openRecorder();
  await client.form(recorder, randomAccount(), 'POST /customer/files', { file: image });
  assert.deepEqual(recorder.uploads, [sha256(image)]);
  await using wire = await openWire();
  const sub = randomAccount();
  const posted = await client.form(wire, sub, 'POST /customer/files', { file: image });
  assert.equal(posted.status, 200, posted.text);
  const { file_id, expires_at, ...rest } = posted.body;
  assert.deepEqual(rest, { content_type: 'image/jpeg', size: image.length, customer_id: null });
  assert.equal(new Date(expires_at).toISOString(), expires_at, 'the one spelling that iOS parses');
  const list = async (params: Readonly<Record<string, string>>, as = sub): Promise<unknown> =>
    (await client.get(wire, as, '/customer/files', params)).body.files;
  assert.deepEqual(await list({ file_id }), [posted.body]);
  assert.deepEqual(await list({ file_id }, randomAccount()), []);
  const values = { ...withdrawer, photo_id_front_file_id: file_id };
  const put = await client.form(wire, sub, 'PUT /customer', values);
  assert.equal(put.status, 202, put.text);
  const { id } = put.body;
  assert.equal((await client.get(wire, sub, '/customer', { id, type: 'sep6-withdraw' })).body.status, 'PROCESSING');
  const owned = { file_id, content_type: 'image/jpeg', size: image.length, customer_id: id };
  assert.deepEqual(await list({ customer_id: id }), [owned], 'kept, so it does not expire');
  assert.deepEqual(await list({ customer_id: 'nobody' }), []);
  await assertRefusedFiles(client, wire, sub);
}

async function assertRefusedFiles(client: FormClient, wire: Wire, sub: string): Promise<void> {
  const large = await client.form(wire, sub, 'POST /customer/files', { file: photo(11 * 1024 * 1024) });
  assert.equal(large.status, 413);
  assert.match(large.body.error, /10\s*MB/, 'KMP reads the limit in it');
  for (const values of [{}, { file: Buffer.from('no photo') }, { photo: photo(100) }]) {
    assert.equal((await client.form(wire, sub, 'POST /customer/files', values)).status, 400);
  }
  assert.equal((await client.get(wire, sub, '/customer/files', {})).status, 400);
}
