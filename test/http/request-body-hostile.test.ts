import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { KycError } from '../../src/errors.ts';
import type { RequestBody } from '../../src/http/request-body.ts';
import {
  asKycError,
  BodyReader,
  bare,
  form,
  keep,
  multipart,
  put,
  putStream,
  type Stored,
} from './request-body-fixtures.ts';

const small = multipart(
  'b',
  bare('photo_a', 'abc\r\n-'),
  bare('first_name', 'Zoë'),
  [['Content-Disposition: form-data; name=photo_b; filename="b"', 'Content-Type: application/octet-stream'], '\xff\0'],
  bare('memo', '7'),
);

/** Every file that was stored is either handed over or discarded, never both and never neither. */
async function readOrRefuse(reader: BodyReader, request: Request): Promise<RequestBody<Stored> | KycError> {
  const outcome = await reader.read(request).catch(asKycError);
  const owned = outcome instanceof KycError ? reader.discarded : [...outcome.files.values()];
  assert.deepEqual(new Set(owned), new Set(reader.stored));
  if (!(outcome instanceof KycError)) assert.equal(reader.discarded.length, 0);
  return outcome;
}

test('[hostile.multipart] a body cut off at any byte is refused, unless it only lost its last line break', async () => {
  const end = small.length - '\r\n'.length;
  for (let length = 1; length <= small.length; length++) {
    const outcome = await readOrRefuse(new BodyReader(), put(form, small.subarray(0, length)));
    assert.equal(outcome instanceof KycError, length < end, `cut at ${length}`);
    if (outcome instanceof KycError) assert.equal(outcome.message, 'multipart body is malformed');
  }
});

test('[hostile.multipart] a sender that goes away at any byte is refused, and what was stored is discarded', async () => {
  for (let length = 0; length <= small.length; length++) {
    const chunks = [small.subarray(0, length)].values();
    const body = new ReadableStream({
      pull(controller) {
        const next = chunks.next();
        if (next.done) controller.error(new Error('socket hang up'));
        else controller.enqueue(next.value);
      },
    });
    const outcome = await readOrRefuse(new BodyReader(), putStream(form, body));
    assert.equal(outcome instanceof KycError ? outcome.message : '', 'request body ended early');
  }
});

test('[hostile.multipart] whatever bytes are changed, added, lost or cut apart, no other error than a refusal is seen', async () => {
  const edit = fc.record({
    at: fc.nat(small.length),
    lost: fc.nat(3),
    added: fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom('\r\n', '--b', '\r\n--b', '"', ';', ':').map(bytesOf),
    ),
  });
  const edits = fc.array(edit, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(edits, fc.integer({ min: 1, max: 200 }), async (changes, size) => {
      const body = changes.reduce(
        (bytes, { at, lost, added }) => Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + lost)]),
        small,
      );
      const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, i) =>
        body.subarray(i * size, (i + 1) * size),
      );
      await readOrRefuse(new BodyReader(), put(form, ...chunks));
    }),
    { numRuns: 3000 },
  );
});

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

test('[hostile.multipart] any bytes between two delimiters arrive as they were', async () => {
  const part = fc.array(fc.constantFrom('\r', '\n', '-', 'b', 'B', '\r\n-', '\r\n--', 'x'.repeat(70_000)), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(part, fc.constantFrom(1, 7, 65_535, 65_536, 65_537), async (texts, size) => {
      const text = texts.join('').replaceAll('\r\n--b', '?');
      const body = multipart('b', bare('photo_a', `.${text}`), bare('memo', '7'));
      const step = text.length > 1000 ? Math.max(size, 1000) : size;
      const chunks = Array.from({ length: Math.ceil(body.length / step) }, (_, i) =>
        body.subarray(i * step, (i + 1) * step),
      );
      const { values, files } = await new BodyReader().read(put(form, ...chunks));
      assert.equal(files.get('photo_a')?.bytes.toString(), `.${text}`);
      assert.equal(values.get('memo'), '7');
    }),
    { numRuns: 300 },
  );
});

test('[hostile.multipart] a delimiter that begins a chunk does not stall a part that is full', {
  timeout: 10_000,
}, async () => {
  const begun = Promise.withResolvers<void>();
  const late = async (field: string, bytes: AsyncIterable<Uint8Array>): Promise<Stored> => {
    begun.resolve();
    await setTimeout(20);
    return keep(field, bytes);
  };
  const send = async function* (): AsyncGenerator<Buffer, void> {
    yield Buffer.from('--b\r\nContent-Disposition: form-data; name="photo_a"\r\n\r\nx');
    await begun.promise;
    yield Buffer.concat([Buffer.alloc(16 * 1024 - 1), Buffer.from('\r')]);
    yield Buffer.from('\r\n--b');
    yield Buffer.from('--');
  };
  const { files } = await new BodyReader({}, late).read(putStream(form, ReadableStream.from(send())));
  assert.equal(files.get('photo_a')?.bytes.length, 16 * 1024 + 1);
});

test('[hostile.multipart] a million form fields and a hundred thousand parts are refused', async () => {
  const fields = Array.from({ length: 1_000_000 }, (_, i) => `a${i}=`).join('&');
  const urlencoded = 'application/x-www-form-urlencoded';
  await new BodyReader().refuses(put(urlencoded, fields), 'too_large', /^text in the request body/);
  await new BodyReader({ textBytes: fields.length }).refuses(put(urlencoded, fields), 'too_large', /^too many fields/);
  const parts = multipart('b', ...Array.from({ length: 100_000 }, (_, i) => bare(`a${i}`, '')));
  await new BodyReader().refuses(put(form, parts), 'too_large', /^too many (parts|fields)/);
  await new BodyReader().refuses(put(form, '--b\r\n\r\n'.repeat(100_000)), 'invalid_request');
  await new BodyReader().refuses(put(form, '\r\n--b'.repeat(100_000)), 'invalid_request');
});

test('[hostile.multipart] endless headers take no memory and no name', async () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `X-${i}: y`);
  const disposition = 'Content-Disposition: form-data; name="memo"';
  await new BodyReader().refuses(put(form, multipart('b', [[...many, disposition], '7'])), 'invalid_request');
  await new BodyReader().refuses(
    put(form, multipart('b', [[`X: ${'y'.repeat(5_000_000)}`, disposition], '7'])),
    'invalid_request',
  );
  const { values } = await new BodyReader().read(put(form, multipart('b', [[disposition, ...many], '7'])));
  assert.equal(values.get('memo'), '7');
});

test('[hostile.multipart] a store that fails, whenever it does, is reported as it failed', async () => {
  const failure = new Error('disk full');
  const body = multipart('b', bare('photo_a', 'a'), bare('photo_b', Buffer.alloc(300_000)), bare('photo_c', 'c'));
  for (const readsFirst of [false, true]) {
    const reader = new BodyReader({}, async (field, bytes) => {
      if (field === 'photo_b' && !readsFirst) throw failure;
      const file = await keep(field, bytes);
      if (field === 'photo_b') throw failure;
      return file;
    });
    await assert.rejects(reader.read(put(form, body)), failure);
    assert.deepEqual(reader.discarded, reader.stored);
    assert.equal(reader.stored.length, 1);
  }
});

test('[hostile.multipart] a store that hides or rewords a failure of the bytes does not hide it from the caller', async () => {
  for (const hides of [true, false]) {
    const reader = new BodyReader({ fileBytes: 200_000 }, async (field, bytes) => {
      const file = await keep(field, bytes).catch((cause) => {
        if (hides) return { field, bytes: Buffer.alloc(0) };
        throw new Error('could not store', { cause });
      });
      return file;
    });
    await reader.refuses(put(form, multipart('b', bare('photo_a', Buffer.alloc(1_000_000)))), 'too_large');
    assert.equal(reader.discarded.length, hides ? 1 : 0);
  }
});

test('[hostile.multipart] a store that has seen enough does not stall the rest of the body', async () => {
  const reader = new BodyReader({}, async (field, bytes) => {
    for await (const chunk of bytes) return { field, bytes: Buffer.from(chunk) };
    throw new Error('no bytes');
  });
  const body = multipart('b', bare('photo_a', Buffer.alloc(1_000_000)), bare('memo', '7'));
  const { values, files } = await reader.read(put(form, body));
  assert.equal(values.get('memo'), '7');
  assert.ok(files.has('photo_a'));
});

test('[hostile.multipart] a refusal waits until the store has let go of the file', async () => {
  let letGo = false;
  const reader = new BodyReader({ fileBytes: 200_000 }, async (field, bytes) => {
    try {
      return await keep(field, bytes);
    } finally {
      await setTimeout(20);
      letGo = true;
    }
  });
  await reader.refuses(put(form, multipart('b', bare('photo_a', Buffer.alloc(1_000_000)))), 'too_large');
  assert.ok(letGo);
});

test('[hostile.multipart] a discard that fails does not hide the refusal', async () => {
  const reader = new BodyReader();
  reader.discarded.push = () => {
    throw new Error('disk gone');
  };
  const error = await reader
    .read(put(form, multipart('b', bare('photo_a', 'a'), bare('photo_a', 'b'))))
    .catch(asKycError);
  assert.ok(error instanceof KycError);
});
