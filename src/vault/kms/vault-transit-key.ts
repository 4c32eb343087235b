import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type KeyEncryptionKey, SealBroken } from '../key-ring.ts';
import { keyServiceAway } from './key-service-fault.ts';

/** How a Vault, or an OpenBao, is reached. */
export interface VaultConnection {
  /** Its address, without a slash at the end. */
  readonly address: string;
  /** The token, or the file that an agent keeps one in. */
  readonly token: { readonly text: string } | { readonly file: string };
  /** Undefined where there are none. */
  readonly namespace: string | undefined;
  /** How long a call may take with all its attempts, in milliseconds. */
  readonly timeoutMs: number;
}

/** Which key of a transit engine. */
export interface TransitKeyName {
  /** The path the engine is mounted at. */
  readonly mount: string;
  readonly name: string;
}

type Act = 'encrypt' | 'decrypt' | 'rewrap';

/** Before the second and the third attempt. */
const backOffMs: readonly number[] = [100, 400];
/** Answers that another attempt may better: a node that is sealed, on standby, behind, or busy. */
const passingStatuses: ReadonlySet<number> = new Set([412, 429, 472, 473, 500, 502, 503, 504]);
/** What Vault says, with 400, of a key that is not there; every other 400 to a decrypt or rewrap is about the ciphertext. */
const missingKey = /^(encryption key|policy) not found$/;
const maxAnswerBytes = 64 * 1024;

/**
 * A derived key of a transit engine, which never leaves it. The owner is the context that the key is derived with, so that what was swapped does not
 * open. Choice: not `associated_data`, which `rewrap` does not take (hashicorp/vault issue 31791) and OpenBao does not know.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/transit
 */
export class VaultTransitKey implements KeyEncryptionKey {
  readonly id: string;
  readonly kind = 'vault-transit';
  readonly isRemote = true;
  readonly #connection: VaultConnection;
  readonly #path: string;

  constructor(id: string, key: TransitKeyName, connection: VaultConnection) {
    this.id = id;
    this.#connection = connection;
    this.#path = `${key.mount}/%/${encodeURIComponent(key.name)}`;
  }

  async wrap(dataKey: Uint8Array, owner: string): Promise<Buffer> {
    const plaintext = Buffer.from(dataKey).toString('base64');
    return Buffer.from(this.#text(await this.#ask('encrypt', { plaintext, context: context(owner) }), 'ciphertext'));
  }

  async unwrap(bytes: Uint8Array, owner: string): Promise<Buffer> {
    const ciphertext = ciphertextOf(bytes);
    const answer = await this.#ask('decrypt', { ciphertext, context: context(owner) });
    return Buffer.from(this.#text(answer, 'plaintext'), 'base64');
  }

  /** Within one key: to its newest version. */
  async rewrap(bytes: Uint8Array, owner: string, from: KeyEncryptionKey): Promise<Buffer | undefined> {
    if (!(from instanceof VaultTransitKey) || from.#path !== this.#path) return undefined;
    const ciphertext = ciphertextOf(bytes);
    return Buffer.from(this.#text(await this.#ask('rewrap', { ciphertext, context: context(owner) }), 'ciphertext'));
  }

  async #ask(act: Act, body: object): Promise<Readonly<Record<string, unknown>>> {
    const signal = AbortSignal.timeout(this.#connection.timeoutMs);
    for (let attempt = 0; ; attempt++) {
      const { status, answer } = await this.#post(act, JSON.stringify(body), signal);
      if (status === 200) return answer;
      const waitMs = backOffMs[attempt];
      const isPassing = typeof status === 'string' || passingStatuses.has(status);
      if (!isPassing || waitMs === undefined || signal.aborted) throw this.#refusal(act, status, answer);
      await delay(waitMs, undefined, { signal }).catch(() => {});
    }
  }

  /** The status, or the word for why there is none. */
  async #post(
    act: Act,
    body: string,
    signal: AbortSignal,
  ): Promise<{ readonly status: number | string; readonly answer: Readonly<Record<string, unknown>> }> {
    const { address, namespace } = this.#connection;
    try {
      const response = await fetch(`${address}/v1/${this.#path.replace('%', act)}`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'X-Vault-Request': 'true',
          'X-Vault-Token': await this.#token(),
          ...(namespace !== undefined && { 'X-Vault-Namespace': namespace }),
        },
        body,
        signal,
        redirect: 'error',
      });
      return { status: response.status, answer: await readObject(response) };
    } catch (error) {
      return { status: signal.aborted ? 'timeout' : wordFor(error), answer: {} };
    }
  }

  #refusal(act: Act, status: number | string, { errors }: Readonly<Record<string, unknown>>): Error {
    const isVaults = status === 400 && Array.isArray(errors) && errors.length > 0;
    const isAboutKey = isVaults && errors.some((error) => missingKey.test(String(error)));
    if (isVaults && !isAboutKey && act !== 'encrypt') return new SealBroken('a data key');
    return keyServiceAway(this.id, isAboutKey ? 'KeyNotFound' : String(status));
  }

  /** Read anew for each call: an agent replaces it before it expires. */
  async #token(): Promise<string> {
    const { token } = this.#connection;
    return 'text' in token ? token.text : (await readFile(token.file, 'utf8')).trim();
  }

  #text({ data }: Readonly<Record<string, unknown>>, name: 'ciphertext' | 'plaintext'): string {
    const text = (data as Readonly<Record<string, unknown>> | undefined)?.[name];
    if (typeof text !== 'string' || text === '') throw keyServiceAway(this.id, 'EmptyAnswer');
    return text;
  }
}

function context(owner: string): string {
  return Buffer.from(`anchor-kyc:data-key:${owner}`, 'utf8').toString('base64');
}

/** Vault's own form: `vault:v1:…`. @throws SealBroken for anything else, which need not be sent anywhere */
function ciphertextOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  if (!/^vault:v[1-9][0-9]{0,9}:(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw new SealBroken('a data key');
  return text;
}

/** An answer that is no JSON object, or one without end, is none of Vault's. */
async function readObject(response: Response): Promise<Readonly<Record<string, unknown>>> {
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.length > maxAnswerBytes) throw new TypeError('an answer that is too large');
  }
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** The system's word for what failed (`ECONNREFUSED`), else the kind of error. */
function wordFor(error: unknown): string {
  const { cause, code } = error as { readonly cause?: { readonly code?: unknown }; readonly code?: unknown };
  const word = cause?.code ?? code;
  return typeof word === 'string' ? word : 'no answer';
}
