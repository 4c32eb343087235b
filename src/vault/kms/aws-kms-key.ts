import type { KMS } from '@aws-sdk/client-kms';
import { type KeyEncryptionKey, SealBroken } from '../key-ring.ts';
import { keyServiceAway } from './key-service-fault.ts';

/** How a key in AWS KMS is used. */
export interface AwsKmsSettings {
  /** The key's ARN, its id, or an alias (`alias/…`, or the ARN of one). */
  readonly keyId: string;
  /** How long a call may take with all its attempts, in milliseconds. */
  readonly timeoutMs: number;
  /** Where KMS is. Default: by region; AWS_ENDPOINT_URL_KMS overrides. */
  readonly endpoint?: string | undefined;
}

/** How often one call is tried. */
const attempts = 3;
const connectTimeoutMs = 1000;
/** What KMS takes and gives at most. @see KMS API Reference, Decrypt, CiphertextBlob */
const maxCiphertextBytes = 6144;
/** What KMS says of a ciphertext that is not ours, or is for another context. */
const brokenSeals: ReadonlySet<string> = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);

/**
 * A symmetric key in AWS KMS, which never leaves it. The owner and the purpose are the encryption context, so that KMS itself refuses what was
 * swapped; they appear in CloudTrail. Credentials and region come as for every AWS SDK; a region in the ARN wins.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
 */
export class AwsKmsKey implements KeyEncryptionKey {
  readonly id: string;
  readonly kind = 'aws-kms';
  readonly isRemote = true;
  readonly #settings: AwsKmsSettings;
  #client: Promise<KMS> | undefined;

  constructor(id: string, settings: AwsKmsSettings) {
    this.id = id;
    this.#settings = settings;
  }

  async wrap(dataKey: Uint8Array, owner: string): Promise<Uint8Array> {
    const input = { KeyId: this.#settings.keyId, Plaintext: dataKey, EncryptionContext: context(owner) };
    const { CiphertextBlob } = await this.#call((kms, options) => kms.encrypt(input, options));
    return this.#answered(CiphertextBlob);
  }

  async unwrap(bytes: Uint8Array, owner: string): Promise<Buffer> {
    requireCiphertext(bytes);
    // With KeyId, KMS refuses what another key of the same account wrapped.
    const input = { KeyId: this.#settings.keyId, CiphertextBlob: bytes, EncryptionContext: context(owner) };
    const { Plaintext } = await this.#call((kms, options) => kms.decrypt(input, options));
    return Buffer.from(this.#answered(Plaintext));
  }

  async rewrap(bytes: Uint8Array, owner: string, from: KeyEncryptionKey): Promise<Uint8Array | undefined> {
    if (!(from instanceof AwsKmsKey) || from.#region !== this.#region) return undefined;
    requireCiphertext(bytes);
    const input = {
      CiphertextBlob: bytes,
      SourceKeyId: from.#settings.keyId,
      SourceEncryptionContext: context(owner),
      DestinationKeyId: this.#settings.keyId,
      DestinationEncryptionContext: context(owner),
    };
    const { CiphertextBlob } = await this.#call((kms, options) => kms.reEncrypt(input, options));
    return this.#answered(CiphertextBlob);
  }

  /** The region of an ARN, undefined where the environment says it. */
  get #region(): string | undefined {
    return /^arn:[^:]+:kms:([^:]+):/.exec(this.#settings.keyId)?.[1];
  }

  async #call<T>(call: (kms: KMS, options: { readonly abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    this.#client ??= this.#open();
    const kms = await this.#client;
    try {
      return await call(kms, { abortSignal: AbortSignal.timeout(this.#settings.timeoutMs) });
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      if (brokenSeals.has(name)) throw new SealBroken('a data key');
      throw keyServiceAway(this.id, name);
    }
  }

  /** The package is loaded when the first key is used: it costs memory, and only who keeps keys in KMS needs it. */
  async #open(): Promise<KMS> {
    const { KMS: Client } = await import('@aws-sdk/client-kms').catch(() => {
      throw new TypeError(
        `KYC_ENCRYPTION_KEYS: key '${this.id}' is in AWS KMS, which takes a package: npm install @aws-sdk/client-kms`,
      );
    });
    const { endpoint, timeoutMs } = this.#settings;
    const region = this.#region;
    return new Client({
      ...(region !== undefined && { region }),
      ...(endpoint !== undefined && { endpoint }),
      maxAttempts: attempts,
      requestHandler: { connectionTimeout: Math.min(connectTimeoutMs, timeoutMs), requestTimeout: timeoutMs },
    });
  }

  #answered(bytes: Uint8Array | undefined): Uint8Array {
    if (bytes === undefined || bytes.length === 0) throw keyServiceAway(this.id, 'EmptyAnswer');
    return bytes;
  }
}

function context(owner: string): Record<string, string> {
  return { 'anchor-kyc:purpose': 'data-key', 'anchor-kyc:owner': owner };
}

function requireCiphertext(bytes: Uint8Array): void {
  if (bytes.length === 0 || bytes.length > maxCiphertextBytes) throw new SealBroken('a data key');
}
