import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { pullStream } from '../../src/http/pull-stream.ts';
import { jpegBytes, openTestAnchor, randomAccount } from '../support/test-anchor.ts';
import { asKycError, BodyReader, bare, form, multipart, put } from './request-body-fixtures.ts';

/** A stream of chunks that own their memory, as those of a socket do; `taken` are those that were given out. */
function socketLike(body: Uint8Array, size: number): { readonly stream: Readable; readonly taken: Uint8Array[] } {
  const taken: Uint8Array[] = [];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < body.length; at += size) {
      const chunk = new Uint8Array(body.subarray(at, at + size));
      taken.push(chunk);
      yield chunk;
      await setImmediate();
    }
  }
  return { stream: Readable.from(chunks(), { objectMode: false }), taken };
}

test('[http.incoming] a body read from the socket is the same as one read from the request, however it is cut up, and is given back', async () => {
  const photo = fc.array(fc.constantFrom('\r', '\n', '\r\n-', '\r\n--', '--b', 'x'.repeat(70_000)), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(photo, fc.integer({ min: 900, max: 90_000 }), async (texts, size) => {
      const text = `.${texts.join('').replaceAll('\r\n--b', '?')}`;
      const body = multipart('b', bare('bio', 'long '.repeat(20_000)), bare('photo_a', text), bare('memo', '7'));
      const limits = { valueBytes: 200_000 };
      const { stream, taken } = socketLike(body, size);
      const { values, files } = await new BodyReader(limits).read(put(form), stream);
      assert.deepEqual(Object.fromEntries(values), { bio: 'long '.repeat(20_000), memo: '7' });
      assert.equal(files.get('photo_a')?.bytes.toString(), text);
      assert.ok(taken.length > 0 && taken.every(({ byteLength }) => byteLength === 0), 'no chunk is held on to');
    }),
    { numRuns: 60 },
  );
});

test('[http.incoming] JSON and forms that come in many chunks are read whole', async () => {
  const long = 'ü'.repeat(20_000);
  const json = Buffer.from(JSON.stringify({ bio: long }));
  const values = async (type: string, body: Uint8Array): Promise<unknown> =>
    (await new BodyReader({ valueBytes: 200_000 }).read(put(type), socketLike(body, 5000).stream)).values.get('bio');
  assert.equal(await values('application/json', json), long);
  const encoded = Buffer.from(new URLSearchParams({ bio: long }).toString());
  assert.equal(await values('application/x-www-form-urlencoded', encoded), long);
});

test('[http.incoming] a socket that closes in the middle is a body that ended early', async () => {
  const { stream } = socketLike(multipart('b', bare('photo_a', randomBytes(500_000))), 10_000);
  const reader = new BodyReader();
  const reading = reader.read(put(form), stream).catch(asKycError);
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  stream.destroy();
  assert.equal(((await reading) as Error).message, 'request body ended early');
  assert.deepEqual(reader.discarded, reader.stored);
});

test('[http.incoming] a stream is taken chunk by chunk as it lies, fails as it failed, and is left paused by who stops', async () => {
  const stream = new Readable({ read: () => undefined, highWaterMark: 100 });
  const pulling = pullStream(stream);
  const first = pulling.read();
  for (const text of ['one', 'two', 'three']) stream.push(text);
  assert.deepEqual([String(await first), String(await pulling.read())], ['one', 'two']);
  assert.ok(stream.isPaused());
  pulling.cancel();
  stream.resume();
  stream.push(null);
  await once(stream, 'end');
  const failing = new Readable({ read: () => undefined });
  const pulled = pullStream(failing);
  const read = pulled.read();
  failing.destroy(new RangeError('reset'));
  await assert.rejects(read, RangeError);
  await assert.rejects(pulled.read(), RangeError);
});

test('[http.incoming] files and refusals arrive through a server of our own, and its connection goes on', async () => {
  await using anchor = await openTestAnchor({ port: 0, hostUrl: 'http://localhost:8000' });
  const { port } = await anchor.anchor.listen();
  const sub = randomAccount();
  const token = await anchor.token(sub);
  const photo = jpegBytes(randomBytes(3_000_000));
  const post = async (bytes: Uint8Array): Promise<{ status: number; body: { size?: number; error?: string } }> => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': form };
    const request = send({ port, host: '127.0.0.1', path: '/customer/files', method: 'POST', headers });
    request.end(multipart('b', bare('file', bytes)));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(await response.toArray()).toString()) };
  };
  const sent = await Promise.all(Array.from({ length: 5 }, () => post(photo)));
  for (const { status, body } of sent) assert.deepEqual([status, body.size], [200, photo.length], body.error);
  const large = await post(randomBytes(11_000_000));
  assert.equal(large.status, 413);
  assert.equal((await post(photo)).status, 200);
});

test('[http.incoming] what another listener of the socket has seen is not taken from it: only our own server hands its stream over', async () => {
  await using anchor = await openTestAnchor();
  const seen = createHash('sha256');
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => void setImmediate().then(() => seen.update(chunk)));
    request.pause();
    void anchor.anchor.nodeHandler(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const body = multipart('b', bare('file', jpegBytes(randomBytes(500_000))));
  const headers = { authorization: `Bearer ${await anchor.token(randomAccount())}`, 'content-type': form };
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/customer/files`, { method: 'POST', body, headers });
  assert.equal(response.status, 200);
  await setImmediate();
  assert.equal(seen.digest('hex'), createHash('sha256').update(body).digest('hex'));
  server.close();
});
