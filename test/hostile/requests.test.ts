import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { randomAccount } from '../support/test-anchor.ts';
import { assertRefused, assertTight, startTarget, type Target } from './target.ts';

let target: Target;
const slow: { readonly sockets: Socket[]; readonly answers: Promise<string>[] } = { sockets: [], answers: [] };

before(async () => {
  target = await startTarget();
  for (let n = 0; n < 50; n++) slow.answers.push(dripHeaders(await target.open()));
});
after(() => target[Symbol.asyncDispose]());

/** One byte of a header every half second, for as long as the server lets it. */
async function dripHeaders(socket: Socket): Promise<string> {
  slow.sockets.push(socket);
  let read = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    read += text;
  });
  socket.write('GET /customer HTTP/1.1\r\nX-Slow: ');
  const drip = setInterval(() => socket.write('x'), 500);
  await once(socket, 'close');
  clearInterval(drip);
  return read;
}

test("[hostile.methods] a method that is not the endpoint's is answered 405, a nameless one 400, and none is answered 5xx", async () => {
  const known = ['POST', 'PATCH', 'PROPFIND', 'TRACE', 'LINK', 'M-SEARCH', 'PURGE', 'QUERY'];
  for (const method of known) {
    const answer = await target.send(`${method} /customer HTTP/1.1\r\n${target.head}\r\n`);
    assertRefused(answer, 405, method);
    assert.match(answer.headers.get('allow') ?? '', /GET, PUT, OPTIONS/);
  }
  for (const method of ['', 'get', 'GE T', 'G\0ET', 'FROBNICATE', 'x'.repeat(10_000)]) {
    assertRefused(await target.send(`${method} /customer HTTP/1.1\r\n${target.head}\r\n`), [400, 405], method);
  }
  const connect = await target.send(`CONNECT example.com:443 HTTP/1.1\r\n${target.head}\r\n`);
  assert.equal(connect.status, 0, 'nobody tunnels through an anchor');
  await target.assertUnharmed();
});

test('[hostile.target] request targets that are absolute, climb, or are no URL reach nothing they should not', async () => {
  const port = target.server.port;
  const refused: Readonly<Record<string, number | readonly number[]>> = {
    '/customer/../../etc/passwd': 404,
    '/customer/..%2f..%2fetc%2fpasswd': 405,
    '/customer/%2e%2e/%2e%2e/etc/passwd': 404,
    '/customer/....//....//etc/passwd': 404,
    '/.env': 404,
    '/customer%00': 404,
    '/\\customer': [400, 404],
    '\\customer': 400,
    '*': 400,
    customer: 400,
    '/%zz%ff%c0%ae': 404,
    '//': 404,
    [`/${'a/'.repeat(5000)}`]: [404, 431],
    [`/customer?${'a=b&'.repeat(3000)}`]: [200, 431],
    'http://example.com/nothing': 404,
    'http://[::1/customer': 400,
    'http://a b/': 400,
    'ftp://example.com/customer': [400, 404],
    '/customer?memo=%00': 400,
    '/customer?memo=%ff%fe': 400,
    '/customer?memo=1&memo=2': 400,
    '/customer?type=__proto__': 400,
    '/customer?type=constructor': 400,
    '/customer?type=toString': 400,
    '/customer?memo=__proto__': 400,
    '/customer?memo=1&memo_type=constructor': 400,
    '/customer?account=__proto__': 403,
    '/customer?id=toString': 404,
    '/customer?id=%00': 404,
  };
  for (const [path, statuses] of Object.entries(refused)) {
    const answer = await target.send(`GET ${path} HTTP/1.1\r\n${target.head}\r\n`);
    if (answer.status === 200) continue;
    assertRefused(answer, statuses, path.slice(0, 60));
  }
  const absolute = await target.send(`GET http://localhost:${port}/customer HTTP/1.1\r\n${target.head}\r\n`);
  assert.equal(absolute.status, 200, 'a proxy may send an absolute target');
  for (const lang of ['__proto__', 'constructor', '%00', 'x'.repeat(5000), '%ff', '../../en', 'en-'.repeat(500)]) {
    const answer = await target.send(`GET /customer?lang=${lang} HTTP/1.1\r\n${target.head}\r\n`);
    assert.ok([200, 400].includes(answer.status), `lang ${lang.slice(0, 20)}: ${answer.status}`);
    assertTight(answer);
  }
  await target.assertUnharmed();
});

test('[hostile.target] DELETE of whatever stands in the place of an account is answered 404 or 400', async () => {
  const accounts = [
    '..',
    '%2e%2e',
    '%00',
    '__proto__',
    'constructor',
    '*',
    '%',
    '%ff',
    'G',
    randomAccount(),
    'x'.repeat(9000),
    "';drop table customers;--",
  ];
  for (const account of accounts) {
    const answer = await target.send(`DELETE /customer/${account} HTTP/1.1\r\n${target.head}\r\n`);
    assertRefused(answer, [400, 404, 405], account.slice(0, 30));
  }
  await target.assertUnharmed();
});

test('[hostile.headers] Authorization that is missing, doubled, huge or no token is answered 401, or 431 when it does not fit', async () => {
  const valid = `Bearer ${target.token}`;
  const [header = '', payload = ''] = target.token.split('.');
  const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  const values = [
    '',
    'Bearer',
    'Bearer ',
    'Basic YTpi',
    'Bearer \u00ff\u00fe',
    `Bearer ${'a'.repeat(8000)}`,
    `Bearer ${'a.'.repeat(3000)}`,
  ];
  const forged = [
    `Bearer ${unsigned}.${payload}.`,
    `Bearer ${header}.${payload}.AAAA`,
    `Bearer ${header}..`,
    'Bearer e30.e30.e30',
    `Bearer ${target.token}.x`,
    `${valid}, ${valid}`,
  ];
  for (const value of [...values, ...forged]) {
    const head = `Host: localhost\r\nConnection: close\r\nAuthorization: ${value}\r\n`;
    const answer = await target.send(`GET /customer HTTP/1.1\r\n${head}\r\n`);
    assertRefused(answer, 401, value.slice(0, 40));
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
  }
  const giant = await target.send(
    `GET /customer HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${'a'.repeat(1_000_000)}\r\n\r\n`,
  );
  assertRefused(giant, 431);
  const twice = `GET /customer HTTP/1.1\r\n${target.head}Authorization: Bearer ${target.token}x\r\n\r\n`;
  assertRefused(await target.send(twice), [400, 401], 'two tokens, the second bad');
  const many = Array.from({ length: 5000 }, (_, n) => `x${n}: y\r\n`).join('');
  assertRefused(await target.send(`GET /customer HTTP/1.1\r\n${many}\r\n`), 431, 'five thousand headers');
  await target.assertUnharmed();
});

test('[hostile.framing] requests whose length cannot be told are answered 400 and never taken for two', async () => {
  const json = 'Content-Type: application/json\r\n';
  const lengths = ['-1', '1e3', '0x10', '99999999999999999999999', 'NaN', '1, 2', '5 5', '+5', '\u00b2'];
  for (const length of lengths) {
    const answer = await target.send(
      `PUT /customer HTTP/1.1\r\n${target.head}${json}Content-Length: ${length}\r\n\r\n{}`,
    );
    assertRefused(answer, 400, length);
  }
  const both = `${json}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n`;
  const twoLengths = `${json}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`;
  const badChunk = `${json}Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n`;
  const hugeChunk = `${json}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n`;
  const unknown = `${json}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`;
  for (const rest of [both, twoLengths, badChunk, hugeChunk, unknown]) {
    assertRefused(await target.send(`PUT /customer HTTP/1.1\r\n${target.head}${rest}`), 400, rest);
  }
  await target.assertUnharmed();
});

test('[hostile.framing] what is no HTTP is answered 400, also behind a request that was good', async () => {
  const garbage = [
    'this is not http\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    '\0'.repeat(1000),
    'GET / HTTP/9.9\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    `${'\r\n'.repeat(10_000)}x\r\n\r\n`,
  ];
  for (const bytes of garbage) assertRefused(await target.send(bytes), 400, JSON.stringify(bytes.slice(0, 30)));
  const keepAlive = target.head.replace('Connection: close\r\n', '');
  const socket = await target.open();
  let read = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    read += text;
  });
  socket.write(`GET /customer HTTP/1.1\r\n${keepAlive}\r\nGET /health HTTP/1.1\r\n${keepAlive}\r\n\0\0garbage\r\n\r\n`);
  await Promise.race([once(socket, 'close'), delay(5000, undefined, { ref: false })]);
  assert.deepEqual(read.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400']);
  const thousand = await target.open();
  thousand.resume().write(`GET /health HTTP/1.1\r\n${keepAlive}\r\n`.repeat(5000));
  await delay(50);
  thousand.destroy();
  await target.assertUnharmed();
});

test('[hostile.slow] clients that never finish their headers are told 408 and let go, and hold nobody else up meanwhile', async () => {
  const answers = await Promise.race([Promise.all(slow.answers), delay(60_000, undefined, { ref: false })]);
  assert.ok(answers, 'they were still connected after a minute');
  for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 408 /);
  console.log(await target.assertUnharmed());
});
