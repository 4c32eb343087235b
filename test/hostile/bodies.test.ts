import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sep9Fields } from '../../src/sep9/catalogue.ts';
import { type Answer, assertRefused, assertTight, drained, startTarget, type Target } from './target.ts';

let target: Target;

before(async () => {
  target = await startTarget();
});
after(() => target[Symbol.asyncDispose]());

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data; boundary=b';
const GB = 2 ** 30;

function put(type: string, body: string | Buffer): Promise<Answer> {
  const bytes = Buffer.from(body);
  return target.send(`${headOf(type)}Content-Length: ${bytes.length}\r\n\r\n`, bytes);
}

function headOf(type: string): string {
  return `PUT /customer HTTP/1.1\r\n${target.head}Content-Type: ${type}\r\n`;
}

function part(name: string, value: string, more = ''): string {
  return `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
}

const end = '--b--\r\n';

/** A head, then zeros up to a gigabyte, made as they are sent. */
function* gigabyte(head: string, chunked: boolean): Generator<string | Buffer> {
  yield head;
  const zeros = Buffer.alloc(256 * 1024, '0');
  const chunk = chunked ? Buffer.concat([Buffer.from('40000\r\n'), zeros, Buffer.from('\r\n')]) : zeros;
  for (let sent = 0; sent < GB; sent += zeros.length) yield chunk;
}

test('[hostile.size] a body of 1 GB is answered 413 while it is being sent, and is not read to its end', async () => {
  const filePart = part('photo_id_front', '', '; filename="a.jpg"').slice(0, -2);
  const bodies: Readonly<Record<string, readonly [type: string, start: string]>> = {
    JSON: [json, '{"first_name":"'],
    form: [form, 'first_name='],
    'multipart text': [multipart, part('first_name', '').slice(0, -2)],
    'multipart file': [multipart, filePart],
    'multipart file nobody asked for': [multipart, part('x', '', '; filename="a.jpg"').slice(0, -2)],
  };
  for (const [what, [type, start]] of Object.entries(bodies)) {
    const length = `${headOf(type)}Content-Length: ${GB}\r\n\r\n${start}`;
    const chunk = `${start.length.toString(16)}\r\n${start}\r\n`;
    const chunked = `${headOf(type)}Transfer-Encoding: chunked\r\n\r\n${chunk}`;
    for (const wire of [gigabyte(length, false), gigabyte(chunked, true)]) {
      const answer = await target.sendAll(wire);
      assertRefused(answer, 413, what);
      assert.ok(answer.sentBytes < 100 * 2 ** 20, `${what}: ${answer.sentBytes} bytes were sent`);
    }
  }
  assert.equal(await target.leftFiles(), 0);
  await target.assertUnharmed();
});

test('[hostile.size] a body of 1 GB that has no business to be there is not read to its end', async () => {
  const length = `Content-Type: ${json}\r\nContent-Length: ${GB}\r\n\r\n`;
  const anonymous = `PUT /customer HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${length}`;
  const heads: Readonly<Record<string, number>> = {
    [anonymous]: 401,
    [`POST /nothing HTTP/1.1\r\n${target.head}${length}`]: 404,
    [`PATCH /customer HTTP/1.1\r\n${target.head}${length}`]: 405,
    [`POST /auth HTTP/1.1\r\nHost: localhost\r\n${length}`]: 413,
    [`DELETE /customer/G HTTP/1.1\r\n${target.head}${length}`]: 413,
    [`GET /customer HTTP/1.1\r\n${target.head}${length}`]: 200,
    [`GET /health HTTP/1.1\r\nHost: localhost\r\n${length}`]: 200,
  };
  for (const [head, status] of Object.entries(heads)) {
    const socket = await target.open();
    const { read, sentBytes } = await sendUntilCut(socket, gigabyte(head, false));
    const line = head.slice(0, 22);
    assert.match(read, new RegExp(`^HTTP/1.1 ${status} `), line);
    assert.ok(sentBytes < 100 * 2 ** 20, `${line}: ${sentBytes} bytes were taken`);
  }
  await target.assertUnharmed();
});

/** As a client does that goes on sending whatever it is told. */
async function sendUntilCut(
  socket: Socket,
  wire: Iterable<string | Buffer>,
): Promise<{ read: string; sentBytes: number }> {
  const cut = new Promise((resolve) => socket.once('close', resolve));
  let read = '';
  let sentBytes = 0;
  socket.setEncoding('latin1').on('data', (text: string) => {
    read += text;
  });
  for (const piece of wire) {
    if (!socket.writable) break;
    sentBytes += piece.length;
    if (!socket.write(piece)) await drained(socket);
  }
  await Promise.race([cut, delay(10_000, undefined, { ref: false })]);
  socket.destroy();
  return { read, sentBytes };
}

test('[hostile.multipart] multipart that is cut off, has no or a wrong boundary, or bad headers is answered 400', async () => {
  const whole = part('first_name', 'Ada') + part('photo_id_front', 'x'.repeat(1000), '; filename="a.jpg"') + end;
  for (const length of [1, 2, 5, 40, 80, 200, whole.length - 10, whole.length - 4]) {
    assertRefused(await put(multipart, whole.slice(0, length)), 400, `cut at ${length}`);
  }
  for (const type of [
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=other',
    `multipart/form-data; boundary=${'b'.repeat(5000)}`,
  ]) {
    assertRefused(await put(type, whole), 400, type.slice(0, 60));
  }
  const bodies = {
    'no disposition': `--b\r\nContent-Type: text/plain\r\n\r\nx\r\n${end}`,
    'no name': `--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n${end}`,
    'header bomb': `--b\r\n${'X: y\r\n'.repeat(100_000)}\r\nx\r\n${end}`,
    'endless header': `--b\r\nX: ${'y'.repeat(5_000_000)}\r\n\r\nx\r\n${end}`,
    'name of bad UTF-8': Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="\xff\xfe"\r\n\r\nx\r\n', 'latin1'),
      Buffer.from(end),
    ]),
    'value of bad UTF-8': Buffer.concat([Buffer.from(part('first_name', '\xff\xfe'), 'latin1'), Buffer.from(end)]),
    'NUL in a name': part('a\0b', 'x'.repeat(10)) + end,
    'NUL in a value': part('first_name', 'a\0b') + end,
    'the same twice': part('first_name', 'a') + part('first_name', 'b') + end,
    'only dashes': '-'.repeat(200_000),
    'only delimiters': '--b\r\n'.repeat(100_000),
    random: randomBytes(100_000),
  };
  for (const [what, body] of Object.entries(bodies)) {
    const answer = await put(multipart, body);
    if (what === 'NUL in a name') assertTight(answer, what);
    else assertRefused(answer, [400, 413], what);
  }
  assert.equal(await target.leftFiles(), 0);
  await target.assertUnharmed();
});

test('[hostile.multipart] a million parts and a million fields are answered 413', async () => {
  const tiny = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n';
  const distinct = Array.from({ length: 10_000 }, (_, n) => part(`a${n}`, '')).join('');
  function* parts(start: string): Generator<string> {
    yield `${headOf(multipart)}Content-Length: ${1_000_000 * tiny.length + start.length}\r\n\r\n${start}`;
    for (let n = 0; n < 1000; n++) yield tiny.repeat(1000);
  }
  assertRefused(await target.sendAll(parts('')), [400, 413], 'the same million times');
  assertRefused(await target.sendAll(parts(distinct)), 413, 'all different');
  assertRefused(await put(form, 'a=b&'.repeat(1_000_000)), 413, 'form');
  assertRefused(
    await put(form, Array.from({ length: 30_000 }, (_, n) => `a${n}=`).join('&')),
    413,
    'form within the size',
  );
  assertRefused(await put(json, `{${Array.from({ length: 20_000 }, (_, n) => `"a${n}":""`).join(',')}}`), 413, 'JSON');
  assert.equal(await target.leftFiles(), 0);
  await target.assertUnharmed();
});

test('[hostile.json] JSON that is deep, broken or no object of single values is answered 400', async () => {
  const deep = 100_000;
  const bodies: Readonly<Record<string, string | Buffer>> = {
    arrays: '['.repeat(deep) + ']'.repeat(deep),
    objects: `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`,
    'arrays in a field': `{"first_name":${'['.repeat(deep)}${']'.repeat(deep)}}`,
    'objects in a group': `{"organization":${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}}`,
    'never closed': '['.repeat(deep),
    list: '[1,2]',
    text: '"first_name"',
    number: '7',
    null: 'null',
    'two objects': '{}{}',
    'bare key': '{first_name:1}',
    NaN: '{"first_name":NaN}',
    'NUL byte': '{"first_name":"a\0b"}',
    'escaped NUL': '{"first_name":"a\\u0000b"}',
    'lone surrogate': '{"first_name":"\\ud800"}',
    'bad UTF-8': Buffer.from('{"first_name":"\xff\xfe"}', 'latin1'),
    'overlong UTF-8': Buffer.from('{"first_name":"\xc0\xaf"}', 'latin1'),
    'UTF-16': Buffer.from('{"first_name":"Ada"}', 'utf16le'),
    'huge exponent': '{"birth_date":1e400}',
    'huge number': `{"first_name":${'9'.repeat(deep)}}`,
    'huge number as memo': `{"memo":${'9'.repeat(deep)}}`,
    'number with a long name': `{"${'n'.repeat(5000)}":1}`,
    'type of a prototype': '{"type":"__proto__"}',
    'type of every object': '{"type":"constructor"}',
    'memo of a prototype': '{"memo":"__proto__"}',
    'memo type of a prototype': '{"memo":"1","memo_type":"toString"}',
    'memo that is too large': '{"memo":"18446744073709551616"}',
    'hash that is none': '{"memo":"====","memo_type":"hash"}',
    'transaction without type': '{"transaction_id":"__proto__"}',
  };
  for (const [what, body] of Object.entries(bodies)) assertRefused(await put(json, body), [400, 413], what);
  assertRefused(await put('text/plain', '{}'), 400, 'text/plain');
  assertRefused(await put('application/json; charset=utf-16', '{}'), 400, 'charset');
  assertRefused(await put('\u00ff/\u00fe;;;', '{}'), 400, 'no media type');
  await target.assertUnharmed();
});

test('[hostile.prototype] keys of every object are fields like any other: nobody asks for them and they change nothing', async () => {
  const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'];
  for (const key of keys) {
    for (const name of [key, `organization.${key}`, `card.${key}`, `${key}_verification`, `${key}_file_id`]) {
      const bodies: readonly (readonly [string, string])[] = [
        [json, `{"${name}":"x"}`],
        [json, `{"${name}":{"isAdmin":true}}`],
        [json, `{"organization":{"${key}":"x"}}`],
        [form, `${name}=x`],
        [multipart, part(name, 'x') + end],
        [multipart, part(name, 'x', '; filename="x"') + end],
      ];
      for (const [type, body] of bodies) {
        const answer = await put(type, body);
        assert.ok([202, 400].includes(answer.status), `${name}: ${answer.status} ${answer.body}`);
        assertTight(answer, name);
      }
    }
  }
  const after = await target.send(`GET /customer HTTP/1.1\r\n${target.head}\r\n`);
  assert.equal(after.status, 200);
  assert.deepEqual(Object.keys(JSON.parse(after.body).provided_fields).sort(), [
    'email_address',
    'first_name',
    'last_name',
  ]);
  await target.assertUnharmed();
});

test('[hostile.form] forms that are not UTF-8 or not encoded as forms are answered 400', async () => {
  for (const body of [
    'first_name=%',
    'first_name=%f',
    'first_name=%zz',
    'first_name=%ff%fe',
    '%ff=x',
    '=x',
    'first_name=%00',
    'first_name=%ed%a0%80',
    'a=1&a=2',
  ]) {
    assertRefused(await put(form, body), 400, body);
  }
  assertRefused(await put(form, Buffer.from('first_name=\xff\xfe', 'latin1')), 400, 'raw bytes');
  await target.assertUnharmed();
});

test('[hostile.values] 64 kB of anything in any field of SEP-9 is stored or answered 400 or 413', async () => {
  const names = [...sep9Fields.keys(), 'first_name', 'id', 'type', 'memo', 'account', 'lang', 'transaction_id'];
  const values = ['x', '9', ' ', '\u0301', '\u202e', 'a@', '+1', '-', '1.', '%', "'"];
  for (const [n, name] of names.entries()) {
    const unit = values[n % values.length] ?? 'x';
    for (const kilobytes of [63, 65]) {
      const value = unit.repeat((kilobytes * 1024) / Buffer.byteLength(unit));
      const answer = await put(json, JSON.stringify({ [name]: value }));
      if (answer.status === 202) continue;
      assertRefused(answer, [400, 403, 404, 413], name);
      assert.ok(!answer.body.includes(value.slice(0, 40)), `${name}: the value is repeated`);
    }
  }
  await target.assertUnharmed();
});

test('[hostile.hang-up] uploads dropped half-way leave no file and no trace in the log', async () => {
  const head = `${headOf(multipart)}Content-Length: 9000000\r\n\r\n`;
  const start = part('photo_id_front', '', '; filename="a.jpg"').slice(0, -2);
  for (let round = 0; round < 5; round++) {
    const sockets = await Promise.all(Array.from({ length: 10 }, () => target.open()));
    for (const [n, socket] of sockets.entries()) {
      socket.write(head + start);
      socket.write(randomBytes(n * 100_000));
    }
    await delay(100);
    for (const [n, socket] of sockets.entries()) n % 2 === 0 ? socket.destroy() : socket.resetAndDestroy();
  }
  assert.equal(await target.leftFiles(), 0);
  await target.assertUnharmed();
});

test('[hostile.sign-in] POST /auth with what is no signed challenge is answered 400 or 413', async () => {
  const post = (type: string, body: string | Buffer): Promise<Answer> => {
    const bytes = Buffer.from(body);
    const head = `POST /auth HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: ${type}\r\n`;
    return target.send(`${head}Content-Length: ${bytes.length}\r\n\r\n`, bytes);
  };
  const asked = await target.send(
    `GET /auth?account=${'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ'} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  );
  const challenge = Buffer.from(JSON.parse(asked.body).transaction, 'base64');
  const transactions: Buffer[] = [
    Buffer.alloc(0),
    challenge,
    Buffer.concat([challenge, challenge]),
    Buffer.alloc(40_000, 255),
    Buffer.alloc(40_000),
  ];
  for (let length = 0; length < challenge.length; length += 7) transactions.push(challenge.subarray(0, length));
  for (let n = 0; n < 400; n++) {
    const mutated = Buffer.from(challenge);
    const at = n % challenge.length;
    mutated.writeUInt8([0, 255, 128, mutated.readUInt8(at) ^ (1 << (n % 8))][n % 4] ?? 0, at);
    transactions.push(mutated);
  }
  for (let n = 0; n < 100; n++) transactions.push(randomBytes(n * 20));
  for (const transaction of transactions) {
    assertRefused(await post(json, JSON.stringify({ transaction: transaction.toString('base64') })), 400);
  }
  for (const body of [
    '{}',
    '{"transaction":""}',
    '{"transaction":1}',
    '{"transaction":{}}',
    '{"transaction":"*"}',
    '{"transaction":"\\u0000"}',
    '',
  ]) {
    assertRefused(await post(json, body), 400, body);
  }
  assertRefused(await post(json, JSON.stringify({ transaction: 'A'.repeat(65_000) })), 400, '65 kB');
  assertRefused(await post(json, JSON.stringify({ transaction: 'A'.repeat(1_000_000) })), 413, '1 MB');
  assertRefused(await post(multipart, part('transaction', 'x', '; filename="x"') + end), [400, 413], 'a file');
  await target.assertUnharmed();
});

test('[hostile.memory] after all of this the process is the same, serves, and has not grown', async () => {
  console.log(await target.assertUnharmed());
});
