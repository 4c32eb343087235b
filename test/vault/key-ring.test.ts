import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { checkKeys, type KeyCheck } from '../../src/vault/check-keys.ts';
import { keyBytes, LocalKey, SealBroken, VersionedKeyRing } from '../../src/vault/key-ring.ts';
import { AwsKmsKey } from '../../src/vault/kms/aws-kms-key.ts';
import { type VaultConnection, VaultTransitKey } from '../../src/vault/kms/vault-transit-key.ts';
import { createVault, openVault } from '../../src/vault/vault.ts';
import { type KmsStandIn, kmsArn, serveKms } from '../support/stand-ins/kms-stand-in.ts';
import { outages } from '../support/stand-ins/outages.ts';
import { serveVault, transitKey, type VaultStandIn } from '../support/stand-ins/vault-stand-in.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { isAway, type KeyGround, keyCases } from './key-ring-cases.ts';

// What the SDK finds where it looks by itself.
process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE';
process.env['AWS_SECRET_ACCESS_KEY'] = 'stand-in';
process.env['AWS_REGION'] = 'eu-central-1';

const timeoutMs = 2_000;
const owner = 'customer-1';

async function openKms(): Promise<KmsStandIn> {
  const aliases = { 'alias/one': '1234abcd-12ab-34cd-56ef-1234567890ab', 'alias/two': 'mrk-77' };
  return serveKms({ aliases, disabled: new Set() });
}

async function openVaultStandIn(): Promise<VaultStandIn> {
  const keys = new Map([
    ['one', transitKey()],
    ['two', transitKey()],
    ['plain', transitKey(false)],
  ]);
  return serveVault({ keys, token: 'hvs.stand-in' });
}

function connect({ url: address }: { readonly url: string }, given: Partial<VaultConnection> = {}): VaultConnection {
  return { address, token: { text: 'hvs.stand-in' }, namespace: undefined, timeoutMs, ...given };
}

const grounds: Readonly<Record<string, () => Promise<KeyGround>>> = {
  local: async () => {
    const bytes = randomBytes(keyBytes);
    const key = new LocalKey('a', bytes);
    const other = new LocalKey('b', randomBytes(keyBytes));
    return { key, again: new LocalKey('a', bytes), other, [Symbol.asyncDispose]: async () => {} };
  },
  'aws-kms': async () => {
    const kms = await openKms();
    const key = (keyId: string): AwsKmsKey => new AwsKmsKey('a', { keyId, timeoutMs, endpoint: kms.url });
    const { behaviour } = kms;
    const service = {
      leave: () => {
        behaviour.fault = { type: 'KMSInternalException', status: 500 };
      },
      comeBack: () => {
        behaviour.fault = undefined;
      },
    };
    const [one, two] = [kmsArn('1234abcd-12ab-34cd-56ef-1234567890ab'), kmsArn('mrk-77')];
    const dispose = async (): Promise<void> => {
      assert.deepEqual(kms.malformed, []);
      await kms[Symbol.asyncDispose]();
    };
    return { key: key(one), again: key(one), other: key(two), service, [Symbol.asyncDispose]: dispose };
  },
  'vault-transit': async () => {
    const vault = await openVaultStandIn();
    const key = (name: string): VaultTransitKey => new VaultTransitKey('a', { mount: 'transit', name }, connect(vault));
    const { behaviour } = vault;
    const service = {
      leave: () => {
        behaviour.isSealed = true;
      },
      comeBack: () => {
        behaviour.isSealed = false;
      },
    };
    return { key: key('one'), again: key('one'), other: key('two'), service, ...disposing(vault) };
  },
};

function disposing(one: AsyncDisposable): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => one[Symbol.asyncDispose]() };
}

for (const [adapter, open] of Object.entries(grounds)) {
  suite(`the contract of key-encryption keys, ${adapter}`, () => {
    for (const { name, run } of keyCases) {
      test(`[vault.kek] ${adapter}: ${name}`, async () => {
        await using ground = await open();
        await run(ground);
      });
    }
  });
}

suite('key services that are of no use', { concurrency: 6 }, () => {
  const quick = 700;
  for (const { what, open } of outages) {
    test(`[vault.kek.away] ${what}: unavailable with both services, in time`, async () => {
      await using service = await open();
      const keys = [
        new AwsKmsKey('a', { keyId: 'alias/one', timeoutMs: quick, endpoint: service.url }),
        new VaultTransitKey('a', { mount: 'transit', name: 'one' }, connect(service, { timeoutMs: quick })),
      ];
      for (const key of keys) {
        const wrapped = Buffer.from('vault:v1:AAAA');
        const started = performance.now();
        await assert.rejects(key.unwrap(wrapped, owner), (error) => isAway(error, [owner]), key.kind);
        await assert.rejects(key.wrap(randomBytes(keyBytes), owner), (error) => isAway(error, [owner]), key.kind);
        assert.ok(performance.now() - started < 2 * quick + 1500, key.kind);
      }
    });
  }
});

test('[vault.kms] a key is known by ARN, id and alias; owner and purpose are the encryption context', async () => {
  await using kms = await openKms();
  const dataKey = randomBytes(keyBytes);
  const by = (keyId: string): AwsKmsKey => new AwsKmsKey('a', { keyId, timeoutMs, endpoint: kms.url });
  const wrapped = await by('alias/one').wrap(dataKey, owner);
  for (const name of ['1234abcd-12ab-34cd-56ef-1234567890ab', kmsArn('1234abcd-12ab-34cd-56ef-1234567890ab')])
    assert.deepEqual(await by(name).unwrap(wrapped, owner), dataKey);
  const context = { 'anchor-kyc:purpose': 'data-key', 'anchor-kyc:owner': owner };
  assert.deepEqual(kms.calls, [
    { operation: 'Encrypt', context },
    { operation: 'Decrypt', context },
    { operation: 'Decrypt', context },
  ]);
  assert.deepEqual(kms.malformed, []);
});

test('[vault.kms] wrapping again under another key of the service is one ReEncrypt, and the data key stays there', async () => {
  await using kms = await openKms();
  const key = (id: string, keyId: string): AwsKmsKey => new AwsKmsKey(id, { keyId, timeoutMs, endpoint: kms.url });
  const [old, fresh] = [key('old', 'alias/one'), key('new', 'alias/two')];
  const wrapped = await new VersionedKeyRing([old]).wrap(randomBytes(keyBytes), owner);
  const ring = new VersionedKeyRing([fresh, old]);
  const rewrapped = await ring.rewrap(wrapped, owner);
  assert.equal(rewrapped.kekId, 'new');
  assert.deepEqual(
    kms.calls.map(({ operation }) => operation),
    ['Encrypt', 'ReEncrypt'],
  );
  assert.deepEqual(await ring.unwrap(rewrapped, owner), await ring.unwrap(wrapped, owner));
});

for (const type of ['AccessDeniedException', 'NotFoundException', 'DisabledException', 'KMSInvalidStateException']) {
  test(`[vault.kms] ${type} is unavailable, with that word for the log`, async () => {
    await using kms = await openKms();
    kms.behaviour.fault = { type, status: 400 };
    const key = new AwsKmsKey('a', { keyId: 'alias/one', timeoutMs, endpoint: kms.url });
    await assert.rejects(key.unwrap(randomBytes(80), owner), (error) => {
      assert.ok(isAway(error));
      return ((error as Error).cause as { code?: unknown }).code === type;
    });
    assert.equal(kms.calls.length, 1, 'nothing that another attempt would better');
  });
}

test('[vault.transit] a hiccup is tried again within the time', async () => {
  await using vault = await openVaultStandIn();
  const key = new VaultTransitKey('a', { mount: 'transit', name: 'one' }, connect(vault));
  vault.behaviour.hiccups = 2;
  const wrapped = await key.wrap(randomBytes(keyBytes), owner);
  assert.match(Buffer.from(wrapped).toString(), /^vault:v1:/);
  assert.equal(vault.requests.length, 3);
});

test('[vault.transit] a key that was rotated in Vault opens its older versions, wraps with the newest, and rewraps to it', async () => {
  await using vault = await openVaultStandIn();
  const key = new VaultTransitKey('a', { mount: 'transit', name: 'one' }, connect(vault));
  const transit = vault.behaviour.keys.get('one') ?? transitKey();
  const dataKey = randomBytes(keyBytes);
  const wrapped = await key.wrap(dataKey, owner);
  transit.versions.push(randomBytes(32));
  assert.deepEqual(await key.unwrap(wrapped, owner), dataKey);
  const rewrapped = await new VersionedKeyRing([key]).rewrap({ kekId: 'a', bytes: wrapped }, owner);
  assert.match(Buffer.from(rewrapped.bytes).toString(), /^vault:v2:/);
  assert.deepEqual(vault.requests.at(-1), 'POST /v1/transit/rewrap/one');
  transit.minDecryptionVersion = 2;
  await assert.rejects(key.unwrap(wrapped, owner), SealBroken);
  assert.deepEqual(await key.unwrap(rewrapped.bytes, owner), dataKey);
});

test('[vault.transit] a namespace, a mount of another name, and a token that an agent renews in its file', async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, 'token');
  const keys = new Map([['kyc', transitKey()]]);
  await using vault = await serveVault({ keys, token: 'first', namespace: 'team/kyc', mount: 'secret/transit' });
  const connection = connect(vault, { token: { file }, namespace: 'team/kyc' });
  const key = new VaultTransitKey('a', { mount: 'secret/transit', name: 'kyc' }, connection);
  await assert.rejects(key.wrap(randomBytes(keyBytes), owner), isAway, 'no file yet');
  await writeFile(file, 'first\n');
  const wrapped = await key.wrap(randomBytes(keyBytes), owner);
  vault.behaviour.token = 'second';
  await assert.rejects(key.unwrap(wrapped, owner), isAway, 'permission denied');
  await writeFile(file, 'second\n');
  assert.equal((await key.unwrap(wrapped, owner)).length, keyBytes);
  for (const strange of [connect(vault, { token: { file } }), { ...connection, address: `${vault.url}/elsewhere` }])
    await assert.rejects(
      new VaultTransitKey('a', { mount: 'secret/transit', name: 'kyc' }, strange).unwrap(wrapped, owner),
      isAway,
    );
  const missing = new VaultTransitKey('a', { mount: 'secret/transit', name: 'none' }, connection);
  await assert.rejects(missing.unwrap(wrapped, owner), isAway, 'a key that is not there is no broken seal');
});

test('[vault.check] a key in Vault that is not derived, and so opens for anybody, stops the start', async () => {
  await using vault = await openVaultStandIn();
  const checks: KeyCheck[] = [];
  const port = {
    listKeyChecks: async () => checks,
    addKeyCheck: async (check: Omit<KeyCheck, 'retiredAt'>) => void checks.push({ ...check, retiredAt: undefined }),
  };
  const ring = (name: string): VersionedKeyRing =>
    new VersionedKeyRing([new VaultTransitKey(name, { mount: 'transit', name }, connect(vault))]);
  await assert.rejects(checkKeys(ring('plain'), port), /key 'plain' does not bind .* derived key/);
  assert.equal(checks.length, 0);
  await checkKeys(ring('one'), port);
  assert.equal(checks.length, 1);
  vault.behaviour.isSealed = true;
  await assert.rejects(checkKeys(ring('one'), port), isAway, 'away is not another key');
});

test('[vault.ring] keys of all kinds live in one ring; each opens its own, and all move to the first', async () => {
  await using kms = await openKms();
  await using vault = await openVaultStandIn();
  const keys = {
    local: new LocalKey('local', randomBytes(keyBytes)),
    kms: new AwsKmsKey('kms', { keyId: 'alias/one', timeoutMs, endpoint: kms.url }),
    vault: new VaultTransitKey('vault', { mount: 'transit', name: 'one' }, connect(vault)),
  };
  const all = Object.values(keys);
  const wrapped = await Promise.all(all.map(async (key) => createVault(new VersionedKeyRing([key]), owner)));
  for (const current of all) {
    const ring = new VersionedKeyRing([current, ...all.filter((key) => key !== current)]);
    assert.equal((await createVault(ring, owner)).wrappedKey.kekId, current.id);
    for (const one of wrapped) {
      const sealed = one.seal('city', 'Lyon');
      const moved = await ring.rewrap(one.wrappedKey, owner);
      assert.equal(moved.kekId, current.id);
      assert.equal((await openVault(ring, owner, moved)).open('city', sealed), 'Lyon');
      assert.equal((await openVault(ring, owner, one.wrappedKey)).open('city', sealed), 'Lyon');
    }
  }
});

test('[vault.ring] what a service answers must be of the length of a data key', async () => {
  const liar = {
    id: 'a',
    kind: 'liar',
    isRemote: true,
    wrap: async () => Buffer.alloc(9),
    unwrap: async () => Buffer.alloc(31),
  };
  await assert.rejects(new VersionedKeyRing([liar]).unwrap({ kekId: 'a', bytes: Buffer.alloc(9) }, owner), SealBroken);
});
