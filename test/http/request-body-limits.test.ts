import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { BodyLimits } from '../../src/http/body-limits.ts';
import { BodyReader, bare, form, multipart, put, putStream, type Stored } from './request-body-fixtures.ts';

const kB = 1024;
const MB = 1024 * kB;
const urlencoded = 'application/x-www-form-urlencoded';

interface LimitCase {
  readonly title: string;
  readonly limits: Partial<BodyLimits>;
  readonly contentType: string;
  /** A body at the limit by 0, over it by 1. */
  readonly body: (over: number) => Buffer;
  readonly message: string;
  readonly field?: string;
}

const cases: readonly LimitCase[] = [
  {
    title: 'JSON as text',
    limits: { textBytes: 100 },
    contentType: 'application/json',
    body: (over) => Buffer.from(JSON.stringify({ a: 'x'.repeat(92 + over) })),
    message: 'text in the request body is too large: at most 100 bytes',
  },
  {
    title: 'a form as text',
    limits: {},
    contentType: urlencoded,
    body: (over) => Buffer.from('&'.repeat(256 * kB + over)),
    message: 'text in the request body is too large: at most 256 kB',
  },
  {
    title: 'all text parts together',
    limits: { textBytes: 10 },
    contentType: form,
    body: (over) =>
      multipart('b', bare('photo_a', 'x'.repeat(99)), bare('a', 'xxxxx'), bare('b', 'x'.repeat(5 + over))),
    message: 'text in the request body is too large: at most 10 bytes',
  },
  {
    title: 'one value of a form',
    limits: {},
    contentType: urlencoded,
    body: (over) => Buffer.from(`city=${'x'.repeat(64 * kB + over)}`),
    message: "'city' is too large: at most 64 kB",
    field: 'city',
  },
  {
    title: 'one text part',
    limits: { valueBytes: 2 },
    contentType: form,
    body: (over) => multipart('b', bare('city', over === 0 ? 'é' : 'éa')),
    message: "'city' is too large: at most 2 bytes",
    field: 'city',
  },
  {
    title: 'the name of a form field',
    limits: {},
    contentType: urlencoded,
    body: (over) => Buffer.from(`${'x'.repeat(200 + over)}=1`),
    message: 'a field name is too large: at most 200 bytes',
  },
  {
    title: 'the name of a part',
    limits: {},
    contentType: form,
    body: (over) => multipart('b', bare(`${'é'.repeat(100)}${'x'.repeat(over)}`, '1')),
    message: 'a field name is too large: at most 200 bytes',
  },
  {
    title: 'the number of form fields',
    limits: {},
    contentType: urlencoded,
    body: (over) => Buffer.from(Array.from({ length: 500 + over }, (_, i) => `a${i}=1`).join('&')),
    message: 'too many fields: at most 500',
  },
  {
    title: 'the number of text parts',
    limits: {},
    contentType: form,
    body: (over) => multipart('b', ...Array.from({ length: 500 + over }, (_, i) => bare(`a${i}`, '1'))),
    message: 'too many fields: at most 500',
  },
  {
    title: 'the number of files',
    limits: {},
    contentType: form,
    body: (over) => multipart('b', ...Array.from({ length: 20 + over }, (_, i) => bare(`photo_${i}`, 'x'))),
    message: 'too many files: at most 20',
  },
  {
    title: 'the size of a file',
    limits: {},
    contentType: form,
    body: (over) => multipart('b', bare('photo_b', 'x'), bare('photo_id_front', Buffer.alloc(10 * MB + over))),
    message: "'photo_id_front' is too large: at most 10 MB",
    field: 'photo_id_front',
  },
  {
    title: 'the size of a file that is read past',
    limits: { fileBytes: 3 },
    contentType: form,
    body: (over) => multipart('b', [['Content-Disposition: form-data; name="x"; filename="x"'], 'x'.repeat(3 + over)]),
    message: 'a field is too large: at most 3 bytes',
    field: 'x',
  },
  {
    title: 'the whole body',
    limits: { totalBytes: 1000 },
    contentType: form,
    body: (over) =>
      Buffer.from(
        multipart('b', bare('photo_a', 'x'))
          .toString()
          .padEnd(1000 + over),
      ),
    message: 'request body is too large: at most 1000 bytes',
  },
];

for (const { title, limits, contentType, body, message, field } of cases) {
  test(`[ruling.24] ${title} may reach its limit and not go over it`, async () => {
    await new BodyReader(limits).read(put(contentType, body(0)));
    const error = await new BodyReader(limits).refuses(put(contentType, body(1)), 'too_large');
    assert.equal(error.message, message);
    assert.equal(error.field, field);
  });
}

test('[ruling.24] a body that declares too much is refused before it is read, and cancelled', async () => {
  const seen = { pulls: 0, cancelled: false };
  const body = new ReadableStream(
    {
      pull: () => {
        seen.pulls++;
      },
      cancel: () => {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const request = putStream(form, body);
  request.headers.set('content-length', String(60 * MB + 1));
  await new BodyReader().refuses(request, 'too_large', /^request body is too large: at most 60 MB$/);
  assert.deepEqual(seen, { pulls: 0, cancelled: true });
});

test('[ruling.24] reading stops at the limit, and the rest of the body is cancelled', async () => {
  const sender = new EndlessSender();
  await new BodyReader().refuses(sender.request(), 'too_large', /^'photo_a' is too large/);
  assert.ok(sender.sentBytes < 11 * MB, `${sender.sentBytes} bytes were read`);
  assert.ok(sender.cancelled);
});

test('[hostile.multipart] a slow store slows the sender, and 200 MB pass through little memory', async () => {
  const sender = new EndlessSender(200 * MB);
  let takenBytes = 0;
  let aheadBytes = 0;
  let peakBytes = 0;
  const slow = async (field: string, bytes: AsyncIterable<Uint8Array>): Promise<Stored> => {
    for await (const chunk of bytes) {
      for (let turn = 0; turn < 3; turn++) await setImmediate();
      takenBytes += chunk.length;
      aheadBytes = Math.max(aheadBytes, sender.sentBytes - takenBytes);
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    }
    return { field, bytes: Buffer.alloc(0) };
  };
  const before = process.memoryUsage.rss();
  await new BodyReader({ fileBytes: 300 * MB, totalBytes: 300 * MB }, slow).read(sender.request());
  assert.equal(takenBytes, 200 * MB);
  assert.ok(aheadBytes < MB, `${aheadBytes} bytes were read ahead`);
  assert.ok(peakBytes - before < 100 * MB, `memory grew by ${peakBytes - before} bytes`);
});

/** Sends one file in fresh chunks of 64 kB for as long as it is asked to, or until it has sent enough. */
class EndlessSender {
  readonly #totalBytes: number;
  sentBytes = 0;
  cancelled = false;

  constructor(totalBytes = Number.POSITIVE_INFINITY) {
    this.#totalBytes = totalBytes;
  }

  request(): Request {
    const head = Buffer.from('--b\r\nContent-Disposition: form-data; name="photo_a"\r\n\r\n');
    return putStream(
      form,
      new ReadableStream({
        start: (controller) => controller.enqueue(head),
        pull: (controller) => this.#send(controller),
        cancel: () => {
          this.cancelled = true;
        },
      }),
    );
  }

  #send(controller: ReadableStreamDefaultController): void {
    this.sentBytes += 64 * kB;
    controller.enqueue(Buffer.alloc(64 * kB, 1));
    if (this.sentBytes < this.#totalBytes) return;
    controller.enqueue(Buffer.from('\r\n--b--\r\n'));
    controller.close();
  }
}
