import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PixelCounter } from '../../src/store/files/pixel-counter.ts';

/** Images of 5 × 7 pixels, written by libvips. */
const images: Readonly<Record<string, Buffer>> = {
  jpg: Buffer.from(
    '/9j/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAAHAAUDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAf/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABgj/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCdABykX//Z',
    'base64',
  ),
  png: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAHCAIAAABPxRC5AAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAEklEQVQImWP4z8CAjFA4NOADAMQOIt6I6y9pAAAAAElFTkSuQmCC',
    'base64',
  ),
  webp: Buffer.from(
    'UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoFAAcAAUAmJaACdLoB+AADsAD+8ut//NgVzXPv9//S4P0uD9Lg/9KQAAA=',
    'base64',
  ),
  'webp without loss': Buffer.from('UklGRhwAAABXRUJQVlA4TA8AAAAvBIABAAcQ/Y/+ByKi/wEA', 'base64'),
  'webp with features': Buffer.from('UklGRhwAAABXRUJQVlA4WAoAAAAQAAAABAAABgAA', 'base64'),
  heif: Buffer.from(
    'AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAANZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAAA+gABAAAAAAAAACUAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABhdjAxAAAAAA5waXRtAAAAAAABAAAAVmlwcnAAAAA4aXBjbwAAAAxhdjFDgSACAAAAABRpc3BlAAAAAAAAAAUAAAAHAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAAtbWRhdA==',
    'base64',
  ),
};

function pixelsOf(bytes: Uint8Array, step = bytes.length): number | undefined {
  const counter = new PixelCounter();
  for (let at = 0; at < bytes.length; at += step) counter.push(bytes.subarray(at, at + step));
  return counter.pixels;
}

for (const [kind, bytes] of Object.entries(images)) {
  test(`[store.pixels] the pixels of a ${kind} are counted, however its bytes are cut`, () => {
    for (const step of [1, 3, 17, bytes.length]) assert.equal(pixelsOf(bytes, step), 35);
  });

  test(`[store.pixels] a ${kind} that ends within its header has no pixels, and bytes of it that are wrong do no harm`, () => {
    assert.equal(pixelsOf(bytes.subarray(0, 20)), undefined);
    const at = fc.integer({ min: 2, max: bytes.length - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(at, fc.integer({ min: 0, max: 255 })), { minLength: 1 }), (changes) => {
        const changed = Buffer.from(bytes);
        for (const [position, value] of changes) changed[position] = value;
        assert.ok((pixelsOf(changed, 7) ?? 1) > 0);
      }),
    );
  });
}

test("[store.pixels] a jpg's frame is found behind segments of any length and fill bytes", () => {
  const segment = Buffer.concat([Buffer.from('ffe2ffff', 'hex'), Buffer.alloc(65_533, 0xff)]);
  const jpg = Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    ...Array<Buffer>(40).fill(segment),
    Buffer.from('ffffffc2000b080007000501', 'hex'),
  ]);
  assert.equal(pixelsOf(jpg, 1000), 35);
});

test('[store.pixels] of several pictures in one heif the largest counts, and boxes of odd sizes end the reading', () => {
  const box = (kind: string, content: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + content.length);
    head.write(kind, 4, 'latin1');
    return Buffer.concat([head, content]);
  };
  const size = (width: number, height: number): Buffer => {
    const content = Buffer.alloc(12);
    content.writeUInt32BE(width, 4);
    content.writeUInt32BE(height, 8);
    return box('ispe', content);
  };
  const meta = (...properties: Buffer[]): Buffer =>
    box('meta', Buffer.concat([Buffer.alloc(4), box('iprp', box('ipco', Buffer.concat(properties)))]));
  const start = box('ftyp', Buffer.from('heic0000'));
  const large = Buffer.concat([Buffer.from('000000016d64617400000000000003f8', 'hex'), Buffer.alloc(1000)]);
  assert.equal(pixelsOf(Buffer.concat([start, large, meta(size(5, 7), size(4000, 3000), size(9, 9))]), 99), 12_000_000);
  for (const header of ['000000006d657461', '000000076d657461', '7fffffff6d657461', '00000001ffffffff0000000000000000'])
    assert.equal(pixelsOf(Buffer.concat([start, Buffer.from(header, 'hex'), Buffer.alloc(100)])), undefined, header);
});

test('[store.pixels] no bytes make it fail or loop', () => {
  const starts = [
    '',
    'ffd8',
    '89504e470d0a1a0a0000000d',
    '524946460000000057454250',
    '0000000c667479706865696300000020',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }), (start, bytes) => {
      pixelsOf(Buffer.concat([Buffer.from(start, 'hex'), bytes]), 5);
    }),
    { numRuns: 500 },
  );
});
