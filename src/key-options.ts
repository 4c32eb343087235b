import type { RawOptions } from './environment.ts';
import type { OptionReader } from './option-reader.ts';
import { DataKeyCache } from './vault/data-key-cache.ts';
import { type KeyEncryptionKey, type KeyRing, LocalKey, VersionedKeyRing } from './vault/key-ring.ts';
import { AwsKmsKey } from './vault/kms/aws-kms-key.ts';
import { type VaultConnection, VaultTransitKey } from './vault/kms/vault-transit-key.ts';

const expected =
  "'id:base64' of 32 bytes each, 'id:aws-kms:KEY' or 'id:vault-transit:NAME', separated by commas, ids distinct";
const defaultTimeoutMs = 3_000;
const defaultCacheSize = 10_000;
const defaultCacheSeconds = 300;

/** What the ways to name a key have in common: its id and where it is. */
type Named = { readonly id: string } & (
  | { readonly kind: 'local'; readonly key: Uint8Array }
  | { readonly kind: 'aws-kms'; readonly keyId: string }
  | { readonly kind: 'vault-transit'; readonly mount: string; readonly name: string }
);

/** The key ring of the settings: keys of any kind, the first of which wraps. Undefined when it is wrong, or a custom integration needs none. */
export function readKeyRing(reader: OptionReader, options: RawOptions): KeyRing | undefined {
  const timeoutMs = reader.number('keyServiceTimeout', 100, 30_000) ?? defaultTimeoutMs;
  const bounds = {
    size: reader.number('dataKeyCacheSize', 0, 1_000_000) ?? defaultCacheSize,
    lifetimeMs: (reader.number('dataKeyCacheTtl', 1, 86_400) ?? defaultCacheSeconds) * 1000,
  };
  if (options.integration) return undefined;
  const named = reader.secret('encryptionKeys', expected, parseKeys);
  const isInVault = named?.some(({ kind }) => kind === 'vault-transit') ?? false;
  const connection = isInVault ? readConnection(reader, timeoutMs) : undefined;
  const keys = (named ?? []).flatMap((name) => toKey(name, timeoutMs, connection) ?? []);
  if (named === undefined || keys.length < named.length) return undefined;
  return new VersionedKeyRing(keys, keys.some(({ isRemote }) => isRemote) ? new DataKeyCache(bounds) : undefined);
}

function toKey(named: Named, timeoutMs: number, connection: VaultConnection | undefined): KeyEncryptionKey | undefined {
  if (named.kind === 'local') return new LocalKey(named.id, named.key);
  if (named.kind === 'aws-kms') return new AwsKmsKey(named.id, { keyId: named.keyId, timeoutMs });
  return connection && new VaultTransitKey(named.id, named, connection);
}

function parseKeys(text: string): readonly Named[] | undefined {
  const keys = text.split(',').map(parseKey);
  const isDistinct = new Set(keys.map((key) => key?.id)).size === keys.length;
  return isDistinct && keys.every((key) => key !== undefined) ? keys : undefined;
}

function parseKey(text: string): Named | undefined {
  const [, id, rest = ''] = /^\s*([A-Za-z0-9._-]{1,32}):(\S+)\s*$/.exec(text) ?? [];
  if (id === undefined) return undefined;
  if (/^[A-Za-z0-9+/]{43}=$/.test(rest)) return { id, kind: 'local', key: Buffer.from(rest, 'base64') };
  const [, keyId] = /^aws-kms:((?:arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:)?[A-Za-z0-9/_-]{1,300})$/.exec(rest) ?? [];
  if (keyId !== undefined) return { id, kind: 'aws-kms', keyId };
  const [, mount = 'transit', name] = /^vault-transit:(?:([\w./-]{1,200})\/)?(\w[\w.-]{0,199})$/.exec(rest) ?? [];
  return name === undefined ? undefined : { id, kind: 'vault-transit', mount, name };
}

function readConnection(reader: OptionReader, timeoutMs: number): VaultConnection | undefined {
  const address = readAddress(reader);
  const [text, file] = [reader.text('vaultToken'), reader.text('vaultTokenFile')];
  const isOne = (text === undefined) !== (file === undefined);
  if (!isOne) reader.fault('vaultToken', 'a token of Vault, or else the file of one, beside a key in Vault');
  if (address === undefined || !isOne) return undefined;
  const token = text === undefined ? { file: file ?? '' } : { text };
  return { address, token, namespace: reader.text('vaultNamespace'), timeoutMs };
}

/** Data keys travel there in the clear, so it is https, or an agent on this machine. */
function readAddress(reader: OptionReader): string | undefined {
  const url = URL.parse(reader.text('vaultAddr') ?? '');
  const isHere = url?.protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  const isBare = url !== null && url.username === '' && url.search === '' && url.hash === '';
  if (isBare && (url.protocol === 'https:' || isHere)) return url.href.replace(/\/+$/, '');
  return reader.fault('vaultAddr', 'the https URL of Vault, or http on this machine, beside a key in Vault');
}
