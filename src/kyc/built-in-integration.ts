import { CustomerNotFound, KycError } from '../errors.ts';
import { describeError, type Logger } from '../lib/log.ts';
import type {
  CustomerAnswer,
  CustomerContext,
  CustomerIntegration,
  CustomerKey,
  GetCustomer,
  PutCustomer,
} from '../sep12/integration.ts';
import type { SealedFiles } from '../store/files/sealed-files.ts';
import { findReached, identityOf } from './find-customer.ts';
import { Requirements, typeOf } from './requirements.ts';
import { type SubmitParts, submit } from './submit.ts';

/** What the built-in integration is made of. */
export interface BuiltInParts extends SubmitParts {
  readonly files: SealedFiles;
  readonly log: Logger;
}

/** The integration that keeps customers itself: a KYC program over the sealed store. */
export class BuiltInIntegration implements CustomerIntegration {
  readonly #parts: BuiltInParts;
  readonly #requirements: Requirements;

  constructor(parts: BuiltInParts) {
    this.#parts = parts;
    this.#requirements = new Requirements(parts.program);
  }

  async get(request: GetCustomer, context: CustomerContext): Promise<CustomerAnswer> {
    const type = typeOf(this.#parts.program, request.type);
    refuseTransaction(request);
    const record = await findReached(this.#parts.store, request, context);
    if (record === undefined && request.id !== undefined) throw new CustomerNotFound();
    const customer = record && { id: record.id, held: new Set(record.values.map((value) => value.field)) };
    return this.#requirements.answerFor(type, customer, request.lang);
  }

  async put(request: PutCustomer, context: CustomerContext): Promise<string> {
    typeOf(this.#parts.program, request.type);
    refuseTransaction(request);
    const { id, orphanedFiles } = await submit(this.#parts, request, context);
    await this.#removeFiles(orphanedFiles);
    return id;
  }

  async delete(request: CustomerKey): Promise<void> {
    const record = await this.#parts.store.findCustomer(identityOf(request));
    if (record === undefined) throw new CustomerNotFound();
    const write = await this.#parts.store.deleteCustomer(record.id);
    if (write.outcome === 'conflict') throw new CustomerNotFound();
    await this.#removeFiles(write.orphanedFiles);
  }

  /** What nothing refers to is removed at once; should that fail, the sweep removes it later. Its key is gone already. */
  async #removeFiles(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.#parts.files.remove(id).catch((error: unknown) => {
        this.#parts.log.warn({ file: id, ...describeError(error) }, 'a file was not removed; the sweep will');
      });
    }
  }
}

/** No transaction exists as long as no payment protocol is active (ruling 10). */
function refuseTransaction({ transactionId }: GetCustomer): void {
  if (transactionId !== undefined)
    throw new KycError('not_found', 'transaction not found', { field: 'transaction_id' });
}
