import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { KycError, type KycErrorCode } from '../errors.ts';
import { type CustomerReply, customerReply } from '../sep12/customer-reply.ts';
import type {
  CustomerContext,
  CustomerIntegration,
  CustomerKey,
  GetCustomer,
  PutCustomer,
  UploadedFile,
} from '../sep12/integration.ts';
import type { Memo } from '../stellar/memo.ts';
import { encodeStrkey } from '../stellar/strkey.ts';

/** A file as a test sends it. */
export interface TestFile {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** What one PUT of a test brings, by wire name. */
export interface TestValues {
  readonly fields?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, TestFile>>;
}

/** What a request says beside whose it is. */
export type Asked = Partial<Pick<GetCustomer, 'id' | 'memo' | 'memoType' | 'lang'>>;

/** A fresh `G…` account that nobody holds the key of. */
export function randomAccount(): string {
  return encodeStrkey('account', randomBytes(32));
}

/**
 * One who signed in, as an integration meets them: calls it as the protocol does, with identity judged, and holds what it answers to
 * the SEP as the protocol does.
 */
export class CustomerProbe {
  readonly #integration: CustomerIntegration;
  readonly #type: string | undefined;
  readonly #account: string;
  readonly #memo: Memo | undefined;

  /** @param memo of the token; without one the subject may name any user of its account */
  constructor(integration: CustomerIntegration, type: string | undefined, account: string, memo?: string) {
    this.#integration = integration;
    this.#type = type;
    this.#account = account;
    this.#memo = memo === undefined ? undefined : { type: 'id', value: memo };
  }

  /** @throws KycError `integration_fault` when the answer breaks the SEP */
  async get(asked: Asked = {}): Promise<CustomerReply> {
    return customerReply(await this.#integration.get(this.#request(asked), this.#context()));
  }

  async put(values: TestValues = {}, asked: Asked = {}): Promise<string> {
    const id: unknown = await this.#integration.put({ ...this.#request(asked), ...toPut(values) }, this.#context());
    assert.ok(typeof id === 'string' && id !== '', 'put returns an id, a string that is not empty');
    return id;
  }

  async delete(asked: Pick<Asked, 'memo' | 'memoType'> = {}): Promise<void> {
    await this.#integration.delete(this.#key(asked), this.#context());
  }

  async callback(asked: Asked = {}): Promise<void> {
    const url = `https://wallet.example/callback/${randomUUID()}`;
    await this.#integration.callback?.({ ...this.#request(asked), url }, this.#context());
  }

  async putVerification(id: string): Promise<void> {
    const verifications = new Map([['mobile_number', '000000']]);
    const answer = await this.#integration.putVerification?.(
      { ...this.#request({ id }), id, verifications },
      this.#context(),
    );
    if (answer !== undefined) customerReply(answer);
  }

  async moreInfoUrl(): Promise<string | undefined> {
    return this.#integration.moreInfoUrl?.(this.#account, this.#context());
  }

  #key({ memo, memoType = 'id' }: Asked): CustomerKey {
    const own = memo === undefined ? this.#memo : { type: memoType, value: memo };
    return { account: this.#account, ...(own && { memo: own.value, memoType: own.type }) };
  }

  #request(asked: Asked): GetCustomer {
    return {
      ...this.#key(asked),
      ...(asked.id !== undefined && { id: asked.id }),
      ...(this.#type !== undefined && { type: this.#type }),
      lang: asked.lang ?? 'en',
    };
  }

  #context(): CustomerContext {
    const memo = this.#memo;
    const sub = memo ? `${this.#account}:${memo.value}` : this.#account;
    return { subject: { sub, account: this.#account, ...(memo && { memo }) }, requestId: randomUUID() };
  }
}

/** Asserts that a call is refused with one of these codes: what the integration throws decides what the client is told. */
export async function assertRefused(call: Promise<unknown>, what: string, ...codes: KycErrorCode[]): Promise<KycError> {
  const outcome: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  const name = codes[0] === 'customer_not_found' ? 'CustomerNotFound' : 'InvalidRequest';
  if (outcome === undefined) assert.fail(`${what}: expected ${name}, but nothing was thrown`);
  const isRight = outcome instanceof KycError && codes.includes(outcome.code);
  if (!isRight) throw new assert.AssertionError({ message: `${what}: expected ${name}`, actual: outcome });
  return outcome;
}

function toPut({ fields = {}, files = {} }: TestValues): Omit<PutCustomer, keyof GetCustomer> {
  return {
    fields: new Map(Object.entries(fields)),
    files: new Map(Object.entries(files).map(([name, file]) => [name, toUpload(file)])),
    unknownFiles: new Set(),
    verifications: new Map(),
    fileIds: new Map(),
  };
}

function toUpload({ contentType, bytes }: TestFile): UploadedFile {
  return {
    contentType,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    async *open() {
      yield bytes;
    },
  };
}
