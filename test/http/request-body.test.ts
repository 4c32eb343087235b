import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyReader, put } from './request-body-fixtures.ts';

const json = 'application/json';
const urlencoded = 'application/x-www-form-urlencoded';
const supported = /^unsupported content type: expected application\/json, /;

async function values(contentType: string | null, ...chunks: (Uint8Array | string)[]): Promise<[string, string][]> {
  const body = await new BodyReader().read(put(contentType, ...chunks));
  assert.equal(body.files.size, 0);
  return [...body.values];
}

test('[sep12.content.json] a JSON object is read, whatever the case of its content type', async () => {
  for (const type of [json, 'Application/JSON', `${json};charset=utf-8`, `${json}; charset="UTF-8"`]) {
    assert.deepEqual(await values(type, '{"first_name":"Zoë","memo":"7"}'), [
      ['first_name', 'Zoë'],
      ['memo', '7'],
    ]);
  }
});

test('[sep12.content.json] a character split between two chunks is put together', async () => {
  const bytes = Buffer.from('{"first_name":"Zoë"}');
  for (let at = 0; at <= bytes.length; at++) {
    assert.deepEqual(await values(json, bytes.subarray(0, at), bytes.subarray(at)), [['first_name', 'Zoë']]);
  }
});

test('[sep12.content.json] what the JSON parser refuses is refused in its words', async () => {
  const deep = '['.repeat(100_000);
  await new BodyReader().refuses(put(json, deep), 'invalid_request', /^request body is not JSON$/);
  await new BodyReader().refuses(put(json, '  '), 'invalid_request', /^request body is not JSON$/);
});

test('[sep12.content.json] bytes that are not UTF-8 are refused', async () => {
  const bad = Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]);
  await new BodyReader().refuses(put(json, bad), 'invalid_request', /^request body is not valid UTF-8$/);
  await new BodyReader().refuses(put(urlencoded, bad), 'invalid_request', /^request body is not valid UTF-8$/);
});

test('[sep12.content.form] a form is read with its plus signs and percent codes', async () => {
  const expected = [
    ['first_name', 'Ana María'],
    ['address', 'a=b&c'],
    ['memo', ''],
    ['flag', ''],
  ];
  const sent = '&first_name=Ana+Mar%C3%ADa&address=a=b%26c&memo=&&flag';
  assert.deepEqual(await values(`${urlencoded};charset=UTF-8`, sent), expected);
});

test('[sep12.content.form] URLSearchParams arrives as it was filled', async () => {
  const sent = new URLSearchParams([
    ['organization.name', 'Ünïcödé + Co & "Söhne" 100%'],
    ['__proto__', 'x'],
    ['constructor', 'y\0z'],
  ]);
  const request = new Request('http://anchor.test/customer', { method: 'PUT', body: sent });
  assert.deepEqual([...(await new BodyReader().read(request)).values], [...sent]);
});

test('[sep12.content.form] a form with broken percent codes, bad UTF-8 or a nameless value is refused', async () => {
  for (const sent of ['a=%', 'a=%4', 'a=%zz', '%=a', 'a=%C3%28', 'a=%FF', '=a', '=', 'a=%ED%A0%80']) {
    const error = await new BodyReader().refuses(put(urlencoded, sent), 'invalid_request');
    assert.equal(error.message, 'form body is malformed', sent);
  }
});

test('[sep12.content.form] a field given twice is refused by name', async () => {
  const error = await new BodyReader().refuses(put(urlencoded, 'memo=1&mem%6F=2'), 'invalid_request');
  assert.equal(error.message, "'memo' is given more than once");
  assert.equal(error.field, 'memo');
});

test('[ruling.19] text for a binary field stays text in JSON and forms', async () => {
  assert.deepEqual(await values(urlencoded, 'photo_id_front=abc'), [['photo_id_front', 'abc']]);
  assert.deepEqual(await values(json, '{"photo_id_front":"abc"}'), [['photo_id_front', 'abc']]);
});

test('[ruling.30] an empty body has no fields, whatever its content type', async () => {
  for (const type of [null, json, urlencoded, 'multipart/form-data; boundary=b', 'multipart/form-data', 'text/plain']) {
    assert.deepEqual(await values(type), []);
    assert.deepEqual(await values(type, '', ''), []);
  }
  const bodiless = new Request('http://anchor.test/customer', { method: 'DELETE' });
  assert.equal((await new BodyReader().read(bodiless)).values.size, 0);
});

test('[sep12.content.json] another content type, or none, is refused without repeating it', async () => {
  for (const type of [
    null,
    'text/plain',
    'application/jsonp',
    'multipart/mixed; boundary=b',
    `${json}, ${json}`,
    '<b>',
  ]) {
    const error = await new BodyReader().refuses(put(type, '{}'), 'invalid_request', supported);
    assert.ok(type === null || !error.message.includes(`${type}:`));
  }
});

test('[sep12.content.json] another charset is refused', async () => {
  for (const type of [json, urlencoded, 'multipart/form-data; boundary=b']) {
    const request = put(`${type}; charset=iso-8859-1`, 'x');
    await new BodyReader().refuses(request, 'invalid_request', /^unsupported charset: expected utf-8$/);
  }
});
