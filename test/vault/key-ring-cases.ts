import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { KycError } from '../../src/errors.ts';
import { type KeyEncryptionKey, keyBytes, SealBroken } from '../../src/vault/key-ring.ts';

/** An adapter with all that its contract is held to. */
export interface KeyGround extends AsyncDisposable {
  readonly key: KeyEncryptionKey;
  /** The same key, as another process opens it. */
  readonly again: KeyEncryptionKey;
  /** Another key of the same service. */
  readonly other: KeyEncryptionKey;
  /** Makes the service go away and come back; undefined where there is no service. */
  readonly service?: { leave(): void; comeBack(): void };
}

/** What every key-encryption key must do, by name. */
export interface KeyCase {
  readonly name: string;
  readonly run: (ground: KeyGround) => Promise<void>;
}

const owner = 'b7c1f5e2-0d3a-4a52-9c1e-5f0f6f0b9a11';

async function assertBroken(opening: Promise<unknown>, what: string): Promise<void> {
  await assert.rejects(opening, (error) => error instanceof SealBroken && !error.message.includes(owner), what);
}

export const keyCases: readonly KeyCase[] = [
  {
    name: 'what it wraps opens again, in another process too, and shows nothing of the data key',
    run: async ({ key, again }) => {
      const dataKey = randomBytes(keyBytes);
      const wrapped = Buffer.from(await key.wrap(dataKey, owner));
      assert.deepEqual(await key.unwrap(wrapped, owner), dataKey);
      assert.deepEqual(await again.unwrap(wrapped, owner), dataKey);
      for (const encoding of ['latin1', 'base64', 'hex'] as const)
        assert.ok(!wrapped.toString('latin1').includes(dataKey.toString(encoding)), encoding);
    },
  },
  {
    name: 'the same data key wrapped twice is not the same bytes',
    run: async ({ key }) => {
      const dataKey = randomBytes(keyBytes);
      assert.notDeepEqual(await key.wrap(dataKey, owner), await key.wrap(dataKey, owner));
    },
  },
  {
    name: 'what was wrapped for one owner opens for no other',
    run: async ({ key }) => {
      const wrapped = await key.wrap(randomBytes(keyBytes), owner);
      for (const stranger of ['', `${owner}0`, owner.slice(1), owner.toUpperCase(), `file_${owner}`])
        await assertBroken(key.unwrap(wrapped, stranger), stranger);
    },
  },
  {
    name: 'what was wrapped by one key opens with no other',
    run: async ({ key, other }) => {
      await assertBroken(other.unwrap(await key.wrap(randomBytes(keyBytes), owner), owner), 'another key');
    },
  },
  {
    name: 'a flipped bit anywhere is refused',
    run: async ({ key }) => {
      const wrapped = Buffer.from(await key.wrap(randomBytes(keyBytes), owner));
      for (let at = 0; at < wrapped.length; at++) {
        const altered = Buffer.from(wrapped);
        altered[at] = (altered[at] ?? 0) ^ 1;
        await assertBroken(key.unwrap(altered, owner), `byte ${at} of ${wrapped.length}`);
      }
    },
  },
  {
    name: 'what is cut, lengthened, empty, endless or of another make is refused',
    run: async ({ key }) => {
      const wrapped = Buffer.from(await key.wrap(randomBytes(keyBytes), owner));
      const forgeries = {
        empty: Buffer.alloc(0),
        half: wrapped.subarray(0, wrapped.length / 2),
        'cut by one': wrapped.subarray(0, -1),
        'longer by one': Buffer.concat([wrapped, Buffer.from('A')]),
        twice: Buffer.concat([wrapped, wrapped]),
        random: randomBytes(wrapped.length),
        zeros: Buffer.alloc(wrapped.length),
        endless: randomBytes(100_000),
      };
      for (const [what, bytes] of Object.entries(forgeries)) await assertBroken(key.unwrap(bytes, owner), what);
    },
  },
  {
    name: 'a service that is away is unavailable, never a broken seal, and says nothing of what it was asked',
    run: async ({ key, service }) => {
      const dataKey = randomBytes(keyBytes);
      const wrapped = await key.wrap(dataKey, owner);
      service?.leave();
      for (const act of service === undefined ? [] : [() => key.unwrap(wrapped, owner), () => key.wrap(dataKey, owner)])
        await assert.rejects(act, (error) => isAway(error, [owner, dataKey.toString('base64')]));
      service?.comeBack();
      assert.deepEqual(await key.unwrap(wrapped, owner), dataKey);
    },
  },
  {
    name: 'what it wraps again is the same data key, for the same owner alone',
    run: async ({ key, other, again }) => {
      for (const from of [other, again]) {
        const dataKey = randomBytes(keyBytes);
        const wrapped = await from.wrap(dataKey, owner);
        const rewrapped = await key.rewrap?.(wrapped, owner, from);
        if (rewrapped === undefined) continue;
        assert.deepEqual(await key.unwrap(rewrapped, owner), dataKey);
        assert.notDeepEqual(rewrapped, wrapped);
        await assertBroken(key.unwrap(rewrapped, 'somebody else'), 'another owner');
        await assertBroken(
          Promise.resolve(key.rewrap?.(wrapped, 'somebody else', from)),
          'rewrapped for another owner',
        );
        await assertBroken(Promise.resolve(key.rewrap?.(Buffer.alloc(0), owner, from)), 'nothing to rewrap');
      }
    },
  },
];

/** Whether an error says that a key service is away: 503 with a time, its cause for the log, and none of these. */
export function isAway(error: unknown, secrets: readonly string[] = []): boolean {
  assert.ok(error instanceof KycError, String(error));
  assert.equal(error.code, 'unavailable');
  assert.equal(error.retryAfterSeconds, 5);
  assert.ok(error.cause instanceof Error);
  assert.equal(error.cause.name, 'KeyServiceFault');
  for (const text of [error.message, error.cause.message])
    for (const secret of [...secrets, '127.0.0.1', 'http:']) assert.ok(!text.includes(secret), text);
  return true;
}
