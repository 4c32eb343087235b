import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { BodyReader, bare, multipart, put, type WirePart } from './request-body-fixtures.ts';

const photo = randomBytes(3 * 1024 * 1024);
const text = { first_name: 'Zoë', 'organization.name': 'Acme' };
const octets = 'Content-Type: application/octet-stream';

interface Client {
  readonly contentType: string;
  readonly body: Buffer;
}

/** One PUT with `text` and `photo`, byte for byte as each wallet SDK sends it. */
const clients: Readonly<Record<string, Client>> = {
  'typescript-wallet-sdk (form-data, octet-stream without filename)': sent('--------------------------1079153', [
    ...Object.entries(text).map(([name, value]) => bare(name, value)),
    [['Content-Disposition: form-data; name="photo_id_front"', octets], photo],
  ]),
  'Flutter (lower-case headers, transfer encoding, odd boundary)': sent('dart-http-boundary-k+c_.-OgR8', [
    [
      [
        'content-disposition: form-data; name="first_name"',
        'content-type: text/plain; charset=utf-8',
        'content-transfer-encoding: binary',
      ],
      text.first_name,
    ],
    [['content-disposition: form-data; name="organization.name"'], text['organization.name']],
    [['content-type: application/octet-stream', 'content-disposition: form-data; name="photo_id_front"'], photo],
  ]),
  'PHP (bare parts with a length)': sent('8f0bb54ef5f5d1e47e1a4a8c2fb4b28c1e2d7a33', [
    ...Object.entries(text).map(([name, value]) => withLength(bare(name, value))),
    withLength(bare('photo_id_front', photo)),
  ]),
  'iOS (charset, bare parts, file first)': sent(
    'Boundary-9B0C7D8E-9B7A-4C1C-8C36-3B6C3C2F0A11',
    [
      bare('organization.name', text['organization.name']),
      bare('photo_id_front', photo),
      bare('first_name', text.first_name),
    ],
    'charset=utf-8; ',
  ),
  'KMP (names without quotes, filename)': sent('-7b2d4c1f6a-3e5a9', [
    ...Object.entries(text).map(([name, value]) =>
      withLength([[`Content-Disposition: form-data; name=${name}`], value]),
    ),
    [['Content-Disposition: form-data; name=photo_id_front; filename="photo_id_front"', octets], photo],
  ]),
};

function sent(boundary: string, parts: readonly WirePart[], charset = ''): Client {
  return { contentType: `multipart/form-data; ${charset}boundary=${boundary}`, body: multipart(boundary, ...parts) };
}

function withLength([headers, bytes]: WirePart): WirePart {
  return [[...headers, `Content-Length: ${Buffer.byteLength(bytes)}`], bytes];
}

async function assertArrived(request: Request): Promise<void> {
  const reader = new BodyReader();
  const { values, files } = await reader.read(request);
  assert.deepEqual(Object.fromEntries(values), text);
  assert.deepEqual([...files.keys()], ['photo_id_front']);
  assert.equal(sha256(files.get('photo_id_front')?.bytes), sha256(photo));
  assert.deepEqual(reader.discarded, []);
}

function sha256(bytes: Buffer | undefined): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
}

for (const [client, { contentType, body }] of Object.entries(clients)) {
  test(`[sep12.content.multipart] text and a photograph arrive intact from ${client}`, async () => {
    await assertArrived(put(contentType, body));
    await assertArrived(put(contentType, ...cut(body, 1000)));
    await assertArrived(put(contentType, ...cut(body, 65_537)));
  });
}

test('[sep12.content.multipart] text and a photograph arrive intact from a browser', async () => {
  const sentForm = new FormData();
  for (const [name, value] of Object.entries(text)) sentForm.append(name, value);
  sentForm.append('photo_id_front', new Blob([photo], { type: 'image/jpeg' }), 'ид "1".jpg');
  await assertArrived(new Request('http://anchor.test/customer', { method: 'PUT', body: sentForm }));
});

test('[sep12.content.multipart] every cut of the body into two, and into single bytes, reads the same', async () => {
  const body = multipart('b', bare('first_name', 'Zoë\r\n--'), bare('photo_a', '\r\n--a\0\xff\r\n-'), bare('memo', ''));
  const whole = await readAll(body);
  assert.deepEqual(whole[0], [
    ['first_name', 'Zoë\r\n--'],
    ['memo', ''],
  ]);
  assert.deepEqual(await readAll(...cut(body, 1)), whole);
  for (let at = 1; at < body.length; at++) {
    assert.deepEqual(await readAll(body.subarray(0, at), body.subarray(at)), whole, `cut at ${at}`);
  }
});

async function readAll(...chunks: Buffer[]): Promise<[[string, string][], string[]]> {
  const { values, files } = await new BodyReader().read(put('multipart/form-data; boundary=b', ...chunks));
  return [[...values], Array.from(files.values(), (file) => file.bytes.toString('hex'))];
}

function cut(body: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(body.length / size) }, (_, i) => body.subarray(i * size, (i + 1) * size));
}
