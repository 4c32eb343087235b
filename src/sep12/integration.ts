import type { FieldType } from '../sep9/catalogue.ts';
import type { MemoType } from '../stellar/memo.ts';
import type { Subject } from '../stellar/subject.ts';

/** @see SEP-12 § Customer Statuses */
export const customerStatuses = ['ACCEPTED', 'PROCESSING', 'NEEDS_INFO', 'REJECTED'] as const;
/** @see SEP-12 § Provided Field Statuses */
export const providedFieldStatuses = ['ACCEPTED', 'PROCESSING', 'REJECTED', 'VERIFICATION_REQUIRED'] as const;

/** @see customerStatuses */
export type CustomerStatus = (typeof customerStatuses)[number];
/** @see providedFieldStatuses */
export type ProvidedFieldStatus = (typeof providedFieldStatuses)[number];

/** A field the anchor has not yet received. @see SEP-12 § Fields */
export interface Field {
  readonly type: FieldType;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly optional?: boolean;
}

/** A field the anchor has received. @see SEP-12 § Provided Fields */
export interface ProvidedField extends Field {
  readonly status?: ProvidedFieldStatus;
  /** Why the field is `REJECTED`, for the customer to read. */
  readonly error?: string;
}

/** The state of a customer, keyed by SEP-9 field names. @see SEP-12 § Customer GET, Response */
export interface CustomerAnswer {
  /** The id of the customer; left out while nobody is registered. */
  readonly id?: string;
  readonly status: CustomerStatus;
  /** Required with `NEEDS_INFO`; no required field in it with `ACCEPTED`. */
  readonly fields?: Readonly<Record<string, Field>>;
  readonly providedFields?: Readonly<Record<string, ProvidedField>>;
  /** For the customer to read; required with `REJECTED`. */
  readonly message?: string;
}

/** Whom a request is about. Identity is already judged: account and memo are the subject's, or a memo under its account. */
export interface CustomerKey {
  /** `G…` or `C…`. */
  readonly account: string;
  readonly memo?: string;
  readonly memoType?: MemoType;
}

/** @see SEP-12 § Customer GET, Request */
export interface GetCustomer extends CustomerKey {
  /**
   * The id that `put` returned. With a memo in `context.subject`, only that memo's customer may be reached by it;
   * without one, any customer under the account. Throw {@link CustomerNotFound} for every other id, and {@link InvalidRequest}
   * when the customer is in reach but goes by another memo than the one in this request.
   */
  readonly id?: string;
  readonly type?: string;
  readonly transactionId?: string;
  /** The language for descriptions, choices and messages (BCP 47), `en` unless asked. */
  readonly lang: string;
}

/** A file that arrived with a request, sealed on disk. It is gone when the request ends unless it was kept. */
export interface UploadedFile {
  /** As its bytes say, whatever the request said. */
  readonly contentType: string;
  readonly sizeBytes: number;
  /** SHA-256 of the plain bytes, hexadecimal. */
  readonly sha256: string;
  /** The plain bytes, opened chunk by chunk. */
  open(): AsyncIterable<Uint8Array>;
}

/** @see SEP-12 § Customer PUT, Request */
export interface PutCustomer extends GetCustomer {
  /** Values of text, number and date fields as sent, by wire name; `''` withdraws an optional value. */
  readonly fields: ReadonlyMap<string, string>;
  /** Binary fields, by wire name. */
  readonly files: ReadonlyMap<string, UploadedFile>;
  /** Names under which files came that are no known field's. The files were not kept; refuse the names or ignore them. */
  readonly unknownFiles: ReadonlySet<string>;
  /** Confirmation codes, by the name of the field they confirm. @see SEP-12 § Verification */
  readonly verifications: ReadonlyMap<string, string>;
  /** Ids of files sent before, by the name of the field they fill. @see SEP-12 § Customer Files */
  readonly fileIds: ReadonlyMap<string, string>;
  /** What the customer agreed to on the customer page. Wallets' requests have none: what a wallet's user agreed to is the wallet's to know. */
  readonly consent?: Consent;
}

/** An agreement: which version of the program's text, and in which language (BCP 47) it was read. */
export interface Consent {
  readonly version: string;
  readonly lang: string;
}

/** What a page for a customer is to be about. */
export type MoreInfoAbout = Partial<Omit<GetCustomer, 'account'>>;

/** What a wallet may know of a file sent apart from its customer's data; never its bytes. @see SEP-12 § Customer Files, POST Response */
export interface CustomerFile {
  /** As it may be sent back in a `*_file_id`: not to be guessed. */
  readonly fileId: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** When the file is given up unless a customer's data refers to it by then; left out once it does. */
  readonly expiresAt?: Date;
  /** The customer whose data refers to it; null before. */
  readonly customerId: string | null;
}

/** Which files are asked for: the one of that id, or all of a customer's. */
export type FileQuery = { readonly fileId: string } | { readonly customerId: string };

/** The files an integration keeps until a customer's data refers to them. @see SEP-12 § Customer Files */
export interface CustomerFiles {
  /** Keeps a file for the subject. Its bytes can be read until this resolves. */
  add(file: UploadedFile, context: CustomerContext): Promise<CustomerFile>;
  /** The subject's own files that are asked for; none for a file or customer that is not in its reach, as for one that never was. */
  find(query: FileQuery, context: CustomerContext): Promise<readonly CustomerFile[]>;
}

/** How far a payment is, in the customer's own terms. `on-hold`: they need do nothing; `ended`: it did not go through. */
export const customerPaymentStates = ['waits-for-you', 'on-hold', 'going-on', 'completed', 'ended'] as const;

/** A payment that the customer page tells of. */
export interface CustomerPayment {
  readonly id: string;
  /** @see customerPaymentStates */
  readonly state: (typeof customerPaymentStates)[number];
  /** A decimal text. */
  readonly amount?: string;
  /** As people call it: `USDC`. */
  readonly asset?: string;
}

/** What every call of the integration knows beside the request. */
export interface CustomerContext {
  /** The authenticated subject. */
  readonly subject: Subject;
  /** The request's id in the log. */
  readonly requestId: string;
}

/**
 * The port an anchor implements to keep its customers in its own system; the built-in integration is one adapter of it.
 * Throw {@link InvalidRequest} (400) or {@link CustomerNotFound} (404): their messages reach the client.
 * Anything else thrown is answered 500 with a fixed text and logged. An optional method left out is answered 501.
 */
export interface CustomerIntegration {
  /** Names of binary fields of your own, beside SEP-9's: a part of that name is a file, whatever else the client says of it. */
  readonly binaryFields?: readonly string[];
  /** The state of a customer, or what would be asked of a stranger. @see SEP-12 § Customer GET */
  get(request: GetCustomer, context: CustomerContext): Promise<CustomerAnswer>;
  /**
   * Creates or updates a customer, idempotently, and returns its id: the same id for the same customer.
   * @see SEP-12 § Customer PUT
   */
  put(request: PutCustomer, context: CustomerContext): Promise<string>;
  /** Deletes all that is held on a customer. @see SEP-12 § Customer DELETE */
  delete(request: CustomerKey, context: CustomerContext): Promise<void>;
  /**
   * Saves the URL to which status changes are posted, in place of the one that the same subject set for the customer before. Throw {@link CustomerNotFound} for a customer who is
   * not registered. The URL is https on port 443 and not plainly local; what its name leads to is to be judged when posting.
   * @see SEP-12 § Customer callback PUT
   */
  callback?(request: GetCustomer & { readonly url: string }, context: CustomerContext): Promise<void>;
  /**
   * Takes confirmation codes, at least one, by the name of the field they confirm, and answers as `get` does.
   * @see SEP-12 § Customer PUT Verification
   */
  putVerification?(
    request: GetCustomer & { readonly id: string; readonly verifications: ReadonlyMap<string, string> },
    context: CustomerContext,
  ): Promise<CustomerAnswer>;
  /** Files sent apart from the fields they are for. */
  readonly files?: CustomerFiles;
  /**
   * Sends another confirmation code for a field that waits for one, within whatever limits there are; asked for on the customer page. Left out, the
   * page does not offer it. Throw {@link InvalidRequest} where none is awaited.
   */
  sendCode?(request: GetCustomer & { readonly field: string }, context: CustomerContext): Promise<void>;
  /** Payments that wait with a customer, and the one of the request's `transactionId`; told on the customer page. Left out, it tells of none. */
  payments?(request: GetCustomer, context: CustomerContext): Promise<readonly CustomerPayment[]>;
  /**
   * A URL where the client can see the status of their account. `about` says which customer, type and transaction it is for, and in which language.
   * @see SEP-6 § Customer Information Status
   */
  moreInfoUrl?(account: string, context: CustomerContext, about?: MoreInfoAbout): Promise<string>;
}
