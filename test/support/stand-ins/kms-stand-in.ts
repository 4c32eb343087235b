import { createHash, randomBytes } from 'node:crypto';
import { openBytes, sealBytes } from '../../../src/vault/key-ring.ts';
import { type StandIn, serveStandIn } from './stand-in.ts';

/** What the stand-in heard. */
export interface KmsCall {
  readonly operation: string;
  readonly context: Readonly<Record<string, string>>;
}

/** How the stand-in behaves; may be changed while it serves. */
export interface KmsBehaviour {
  /** Key ids that exist in this account and region, by alias. */
  readonly aliases: Readonly<Record<string, string>>;
  /** An error to answer everything with: its type and status. */
  fault?: { readonly type: string; readonly status: number } | undefined;
  /** Keys that are switched off. */
  readonly disabled: Set<string>;
}

/** Stands for AWS KMS. */
export interface KmsStandIn extends StandIn {
  readonly behaviour: KmsBehaviour;
  readonly calls: KmsCall[];
  /** What was wrong with requests themselves: the tests expect none. */
  readonly malformed: string[];
}

/** Where all keys of the stand-in are. */
export const kmsScope = { region: 'eu-central-1', account: '111122223333' } as const;
const arnPrefix = `arn:aws:kms:${kmsScope.region}:${kmsScope.account}:`;

/** The ARN of a key of the stand-in. */
export function kmsArn(keyId: string): string {
  return `${arnPrefix}key/${keyId}`;
}

type Body = Readonly<Record<string, unknown>>;

/** A refusal as KMS words it. @see KMS API Reference, Common Errors */
class Refusal extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, status = 400) {
    super(type);
    this.type = type;
    this.status = status;
  }
}

/**
 * Stands in for AWS KMS over its JSON 1.1 protocol: Encrypt, Decrypt and ReEncrypt of symmetric keys, with encryption contexts, key ids, ARNs and aliases.
 * Signatures are looked at for their shape, as the stand-in knows no secrets.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/
 */
export async function serveKms(behaviour: KmsBehaviour): Promise<KmsStandIn> {
  const calls: KmsCall[] = [];
  const malformed: string[] = [];
  const material = new Map<string, Buffer>();
  const keys = new Keys(behaviour, material);
  const standIn = await serveStandIn(async (request) => {
    const fault = faultOf(request);
    if (fault !== undefined) malformed.push(fault);
    const operation = request.headers.get('x-amz-target')?.replace('TrentService.', '') ?? '';
    const body = (await request.json()) as Body;
    const context = { ...(body['EncryptionContext'] ?? body['DestinationEncryptionContext'] ?? {}) };
    calls.push({ operation, context });
    try {
      if (behaviour.fault !== undefined) throw new Refusal(behaviour.fault.type, behaviour.fault.status);
      return answer(200, perform(keys, operation, body));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return answer(error.status, { __type: error.type, message: 'as the documentation says' });
    }
  });
  return { ...standIn, behaviour, calls, malformed };
}

/** What is wrong with a request before its body. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function faultOf(request: Request): string | undefined {
  const header = (name: string): string => request.headers.get(name) ?? '';
  if (request.method !== 'POST' || new URL(request.url).pathname !== '/') return 'not POST /';
  if (header('content-type') !== 'application/x-amz-json-1.1') return `content type ${header('content-type')}`;
  if (!/^TrentService\.(Encrypt|Decrypt|ReEncrypt)$/.test(header('x-amz-target'))) return 'target';
  if (!/^\d{8}T\d{6}Z$/.test(header('x-amz-date'))) return 'date';
  const scope = `\\d{8}/${kmsScope.region}/kms/aws4_request`;
  const shape = `^AWS4-HMAC-SHA256 Credential=[A-Z0-9]+/${scope}, SignedHeaders=([a-z0-9;-]+), Signature=[0-9a-f]{64}$`;
  const [, signed] = new RegExp(shape).exec(header('authorization')) ?? [];
  if (signed === undefined) return 'authorization';
  const names = signed.split(';');
  const missing = ['host', 'x-amz-date', 'x-amz-target'].filter((name) => !names.includes(name));
  return missing.length > 0 ? `unsigned ${missing.join()}` : undefined;
}

function perform(keys: Keys, operation: string, body: Body): Body {
  if (operation === 'Encrypt') {
    const keyId = keys.find(body['KeyId']);
    const plain = Buffer.from(String(body['Plaintext']), 'base64');
    if (plain.length === 0 || plain.length > 4096) throw new Refusal('ValidationException');
    const CiphertextBlob = keys.seal(keyId, plain, body['EncryptionContext']).toString('base64');
    return { CiphertextBlob, KeyId: kmsArn(keyId), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
  }
  const blob = Buffer.from(String(body['CiphertextBlob']), 'base64');
  if (operation === 'Decrypt') {
    const { keyId, plain } = keys.open(blob, body['KeyId'], body['EncryptionContext']);
    return {
      Plaintext: plain.toString('base64'),
      KeyId: kmsArn(keyId),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  }
  const { keyId: source, plain } = keys.open(blob, body['SourceKeyId'], body['SourceEncryptionContext']);
  const target = keys.find(body['DestinationKeyId']);
  const CiphertextBlob = keys.seal(target, plain, body['DestinationEncryptionContext']).toString('base64');
  return { CiphertextBlob, SourceKeyId: kmsArn(source), KeyId: kmsArn(target) };
}

/** The keys of one account and region. A ciphertext begins with the id of its key, as KMS' own tells it in some way of its own. */
class Keys {
  readonly #behaviour: KmsBehaviour;
  readonly #material: Map<string, Buffer>;

  constructor(behaviour: KmsBehaviour, material: Map<string, Buffer>) {
    this.#behaviour = behaviour;
    this.#material = material;
  }

  find(name: unknown): string {
    const text = String(name);
    const inScope = text.startsWith(arnPrefix) ? text.slice(arnPrefix.length) : text;
    const keyId = this.#behaviour.aliases[inScope] ?? inScope.replace(/^key\//, '');
    if (!Object.values(this.#behaviour.aliases).includes(keyId)) throw new Refusal('NotFoundException');
    if (this.#behaviour.disabled.has(keyId)) throw new Refusal('DisabledException');
    return keyId;
  }

  seal(keyId: string, plain: Buffer, context: unknown): Buffer {
    return Buffer.concat([idBytes(keyId), sealBytes(this.#of(keyId), plain, aad(context))]);
  }

  open(blob: Buffer, name: unknown, context: unknown): { readonly keyId: string; readonly plain: Buffer } {
    if (blob.length === 0 || blob.length > 6144) throw new Refusal('ValidationException');
    const keyId = this.find(name);
    const known = Object.values(this.#behaviour.aliases).find((id) => idBytes(id).equals(blob.subarray(0, 16)));
    if (known === undefined) throw new Refusal('InvalidCiphertextException');
    if (known !== keyId) throw new Refusal('IncorrectKeyException');
    try {
      return { keyId, plain: openBytes(this.#of(keyId), blob.subarray(16), aad(context), 'a ciphertext') };
    } catch {
      throw new Refusal('InvalidCiphertextException');
    }
  }

  #of(keyId: string): Buffer {
    const key = this.#material.get(keyId) ?? randomBytes(32);
    this.#material.set(keyId, key);
    return key;
  }
}

function idBytes(keyId: string): Buffer {
  return createHash('sha256').update(keyId).digest().subarray(0, 16);
}

/** The order of the pairs does not matter. @see https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html */
function aad(context: unknown): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function answer(status: number, body: Body): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'stand-in' },
  });
}
