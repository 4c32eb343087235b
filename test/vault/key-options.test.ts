import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawOptions } from '../../src/environment.ts';
import { SettingsError } from '../../src/option-reader.ts';
import { resolveOptions } from '../../src/resolve-options.ts';
import { freshSecrets } from '../../src/vault/fresh-secrets.ts';

const local = `2026-01:${Buffer.alloc(32, 7).toString('base64')}`;
const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const vault = { vaultAddr: 'https://vault.internal:8200', vaultToken: 'hvs.secret-token' };

function ringOf(encryptionKeys: string, options: RawOptions = {}): readonly string[] {
  const settings = resolveOptions({ ...freshSecrets(), localMode: true, encryptionKeys, ...options }, 'environment');
  return settings.keyRing?.describe().map(({ id, kind }) => `${id} ${kind}`) ?? [];
}

function faultsOf(encryptionKeys: string, options: RawOptions = {}): readonly string[] {
  try {
    ringOf(encryptionKeys, options);
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    for (const secret of [local.slice(8), 'hvs.secret-token'])
      assert.ok(!error.message.includes(secret), error.message);
    return error.faults.map((fault) => fault.split(':')[0] ?? '');
  }
}

test('[keys.settings] one list names keys of every kind, the first of which is current', () => {
  assert.deepEqual(ringOf(local), ['2026-01 local']);
  assert.deepEqual(ringOf(`kms:aws-kms:${arn}, ${local}`), ['kms aws-kms', '2026-01 local']);
  for (const name of [
    'alias/anchor-kyc',
    arn.replace('key/1234abcd-12ab-34cd-56ef-1234567890ab', 'alias/anchor'),
    'mrk-1a',
  ])
    assert.deepEqual(ringOf(`k:aws-kms:${name}`), ['k aws-kms'], name);
  assert.deepEqual(ringOf('v:vault-transit:kyc', vault), ['v vault-transit']);
  assert.deepEqual(ringOf(`v:vault-transit:team/transit/kyc-1,${local}`, vault), ['v vault-transit', '2026-01 local']);
});

test('[keys.settings] what names no key is refused whole, without being repeated', () => {
  const wrong = [
    '',
    'a',
    'a:',
    `${local},${local}`,
    `${local},`,
    'a:aws-kms:',
    'a:aws-kms:arn:aws:s3:::bucket',
    'a:aws-kms:alias/with space',
    'a:gcp-kms:projects/p',
    'a:vault-transit:',
    'a:vault-transit:transit/',
    'a:vault-transit:../../sys/seal?x',
    `${'i'.repeat(33)}:aws-kms:alias/a`,
  ];
  for (const text of wrong) assert.deepEqual(faultsOf(text, vault), ['KYC_ENCRYPTION_KEYS'], text);
});

test('[keys.settings] a key in Vault needs an address that is safe and one token, and nobody else does', () => {
  const key = 'v:vault-transit:kyc';
  assert.deepEqual(faultsOf(key), ['VAULT_ADDR', 'VAULT_TOKEN']);
  assert.deepEqual(faultsOf(key, { ...vault, vaultTokenFile: '/run/token' }), ['VAULT_TOKEN']);
  for (const vaultAddr of [
    'vault.internal',
    'http://vault.internal:8200',
    'ftp://a',
    'https://u:p@vault',
    'https://v?a=b',
  ])
    assert.deepEqual(faultsOf(key, { ...vault, vaultAddr }), ['VAULT_ADDR'], vaultAddr);
  for (const vaultAddr of [
    'https://vault.internal/',
    'http://127.0.0.1:8100',
    'http://localhost:8200',
    'http://[::1]:8200',
  ])
    assert.deepEqual(faultsOf(key, { ...vault, vaultAddr }), [], vaultAddr);
  assert.deepEqual(faultsOf(local, { vaultAddr: 'nonsense' }), [], 'a VAULT_ADDR of somebody else does no harm');
});

test('[keys.settings] bounds of the cache and of time are whole numbers within reason', () => {
  const given = { keyServiceTimeout: '500', dataKeyCacheSize: '0', dataKeyCacheTtl: '60' };
  assert.deepEqual(faultsOf(local, given), []);
  const wrong = { keyServiceTimeout: '1', dataKeyCacheSize: '-1', dataKeyCacheTtl: '0' };
  assert.deepEqual(faultsOf(local, wrong), ['KEY_SERVICE_TIMEOUT', 'DATA_KEY_CACHE_SIZE', 'DATA_KEY_CACHE_TTL']);
});
