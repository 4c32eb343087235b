import { CustomerNotFound, KycError } from '../errors.ts';
import type { Logger } from '../lib/log.ts';
import { canonicalName } from '../sep9/catalogue.ts';
import type {
  CustomerAnswer,
  CustomerContext,
  CustomerIntegration,
  CustomerKey,
  CustomerPayment,
  GetCustomer,
  PutCustomer,
} from '../sep12/integration.ts';
import type { SealedFiles } from '../store/files/sealed-files.ts';
import type { Identity } from '../store/identity.ts';
import { noCodeAwaited } from './codes/code-refusals.ts';
import { sendAgain } from './codes/send-again.ts';
import { customerPayments } from './customer-payments.ts';
import { type ErasingParts, erase } from './erase.ts';
import { findReached, identityOf, knownId } from './find-customer.ts';
import { findMatter } from './find-transaction.ts';
import { lookAt } from './look-at.ts';
import { dossierOf } from './open-customer.ts';
import { type PageAbout, pageAbout } from './page-about.ts';
import { removeOrphans } from './remove-orphans.ts';
import { Requirements } from './requirements.ts';
import { resolveType } from './resolve-type.ts';
import { setCallback } from './set-callback.ts';
import { submit } from './submit.ts';
import type { TransactionLookup } from './transactions.ts';
import { type UploadParts, Uploads } from './uploads.ts';

/** What the built-in integration is made of. */
export interface BuiltInParts extends ErasingParts, UploadParts {
  readonly files: SealedFiles;
  readonly log: Logger;
  /** What a `transaction_id` is about; left out, there are no transactions. */
  readonly transactions?: TransactionLookup;
  /** Called after a change that may have made work for others. */
  readonly poke?: () => void;
  /** A link to the customer page; left out, there is none. */
  readonly pageUrl?: (about: PageAbout) => string;
}

/** How often an erasure is computed anew because the customer was changed meanwhile. */
const maxAttempts = 50;

/** What the deprecated endpoint does not carry. */
const nothingElse = { fields: new Map(), files: new Map(), fileIds: new Map(), unknownFiles: new Set<string>() };

/** The integration that keeps customers itself: a KYC program over the sealed store. */
export class BuiltInIntegration implements CustomerIntegration {
  readonly files: Uploads;
  readonly moreInfoUrl?: NonNullable<CustomerIntegration['moreInfoUrl']>;
  readonly #parts: BuiltInParts;
  readonly #requirements: Requirements;

  constructor(parts: BuiltInParts) {
    this.#parts = parts;
    this.files = new Uploads(parts);
    this.#requirements = new Requirements(parts.program);
    const { pageUrl } = parts;
    if (pageUrl !== undefined)
      this.moreInfoUrl = async (account, context, about) => pageUrl(pageAbout(account, context, about));
  }

  async get(asked: GetCustomer, context: CustomerContext): Promise<CustomerAnswer> {
    const { type, concern, request } = await findMatter(this.#parts, asked, context);
    const record = await findReached(this.#parts.store, request, context);
    if (record !== undefined)
      return this.#requirements.answer(knownId(record), await lookAt(this.#parts, record, concern), request.lang);
    if (request.id !== undefined) throw new CustomerNotFound();
    return this.#requirements.answerStranger(
      resolveType(type, () => undefined, concern.transaction),
      request.lang,
    );
  }

  /**
   * What GET answers the wallet that asked to be told, in English; undefined when there is no such customer or type (any more).
   * @param knownAs the id that this wallet knows the customer by
   */
  async describe(customerId: string, type: string, knownAs: string): Promise<CustomerAnswer | undefined> {
    const record = await this.#parts.store.findCustomerById(customerId);
    if (record === undefined || !this.#parts.program.types.has(type)) return undefined;
    const look = await lookAt(this.#parts, record, { type });
    return this.#requirements.answer(knownAs, look, 'en');
  }

  async put(request: PutCustomer, context: CustomerContext): Promise<string> {
    const matter = await findMatter(this.#parts, request, context);
    const { id, orphanedFiles } = await submit(this.#parts, matter, context);
    await removeOrphans(this.#parts, orphanedFiles);
    this.#parts.poke?.();
    return id;
  }

  async delete(request: CustomerKey): Promise<void> {
    const identity = identityOf(request);
    const first = await this.#parts.store.findCustomer(identity);
    if (first === undefined) return this.#removeUploads(identity);
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const record = await this.#parts.store.findCustomer(identity);
      // Somebody else's DELETE was first, or it is another customer by now, whom nobody asked to erase.
      if (record?.id !== first.id) throw new CustomerNotFound();
      if ((await erase(this.#parts, record)) === undefined) continue;
      this.#parts.poke?.();
      return;
    }
    throw new KycError('unavailable', { key: 'error.too_many_changes' }, { retryAfterSeconds: 1 });
  }

  async callback(request: GetCustomer & { readonly url: string }, context: CustomerContext): Promise<void> {
    await setCallback(this.#parts, request, context);
  }

  /** Choice: a code that cannot be right is refused, never passed over: the answer would say that it was taken. */
  async putVerification(
    request: GetCustomer & { readonly id: string; readonly verifications: ReadonlyMap<string, string> },
    context: CustomerContext,
  ): Promise<CustomerAnswer> {
    const { program } = this.#parts;
    const unknown = [...request.verifications.keys()].find((name) => !program.fields.has(canonicalName(name)));
    if (unknown !== undefined) {
      await this.get(request, context);
      throw noCodeAwaited(program, unknown);
    }
    await this.put({ ...request, ...nothingElse }, context);
    return this.get(request, context);
  }

  async sendCode(asked: GetCustomer & { readonly field: string }, context: CustomerContext): Promise<void> {
    const { request } = await findMatter(this.#parts, asked, context);
    const record = await findReached(this.#parts.store, request, context);
    const dossier = record && dossierOf(record);
    if (record === undefined || dossier === undefined) throw new CustomerNotFound();
    await sendAgain(this.#parts, record.id, dossier, asked.field);
    this.#parts.poke?.();
  }

  payments(request: GetCustomer, context: CustomerContext): Promise<readonly CustomerPayment[]> {
    return customerPayments(this.#parts, request, context);
  }

  /** Files that were sent ahead are data, too: whoever sent them is known, even if never registered. */
  async #removeUploads(owner: Identity): Promise<void> {
    const removed = await this.#parts.store.files.removeUploads(owner);
    if (removed.length === 0) throw new CustomerNotFound();
    await removeOrphans(this.#parts, removed);
  }
}
