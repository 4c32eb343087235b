import { invalidField, KycError } from '../errors.ts';
import { findReached, knownId } from '../kyc/find-customer.ts';
import type { MissingMode } from '../kyc/program.ts';
import type { DraftParty } from '../payments/create-payment.ts';
import { gate } from '../payments/gate.ts';
import { concernOf } from '../payments/parts.ts';
import type { Payment, PaymentDetails, PaymentOwner, PaymentParty } from '../payments/payment.ts';
import type { CustomerContext, CustomerKey } from '../sep12/integration.ts';
import { admitTransfer } from './admit-transfer.ts';
import { findQuote } from './find-quote.ts';
import { moreInfoUrl } from './more-info-url.ts';
import { type Offer, offer } from './offer.ts';
import type { Sep6Parts } from './parts.ts';
import { type Query, readTransfer, type TransferEndpoint, type TransferRequest } from './read-transfer.ts';
import { detailsOf } from './transfer-details.ts';
import { kindOf } from './transfer-kind.ts';

/** What a wallet is answered, as the SEP has it. */
export interface TransferReply {
  readonly status: number;
  readonly body: object;
}

/** A transfer that was taken. */
export interface Started {
  readonly payment: Payment;
  readonly offered: Offer;
  readonly request: TransferRequest;
}

/** Says that a transfer is not taken as its customer stands. */
class NotClear extends Error {}

/**
 * Takes a transfer, or answers why not: while data is missing, by the setting and the program, with the older 403 or with a transfer that is held. Who
 * is rejected is always told so.
 * @throws KycError naming what is wrong
 * @see SEP-6 § Deposit and Withdraw shared responses (ruling 34)
 */
export async function startTransfer(
  parts: Sep6Parts,
  context: CustomerContext,
  query: Query,
  endpoint: TransferEndpoint,
): Promise<Started | TransferReply> {
  const request = readTransfer(query, endpoint, parts);
  const details = detailsOf(request, await findQuote(parts, ownerOf(context), request));
  await admitTransfer(parts, ownerOf(context), request, details);
  const mode = modeOf(parts, request.type);
  try {
    const party = await partyOf(parts, context, request, mode);
    const payment = await create(parts, context, { request, details, party, mode });
    const offered = await offer(parts, payment);
    return { payment: await parts.payments.get(payment.id), offered, request };
  } catch (error) {
    if (!(error instanceof NotClear)) throw error;
    return refusal(parts, context, request, details);
  }
}

/** Choice: held, unless the setting or the program says otherwise; SEP-6 calls the other answers deprecated. */
function modeOf({ settings, deciding: { program } }: Sep6Parts, type: string): MissingMode {
  return settings.missingKyc ?? program.types.get(type)?.whenMissing ?? 'hold';
}

interface Draft {
  readonly request: TransferRequest;
  readonly details: PaymentDetails;
  readonly party: DraftParty;
  readonly mode: MissingMode;
}

async function create(
  { payments }: Sep6Parts,
  context: CustomerContext,
  { request, details, party, mode }: Draft,
): Promise<Payment> {
  const kind = kindOf[request.endpoint];
  const draft = { protocol: 'sep-6', kind, owner: ownerOf(context), parties: [party], details } as const;
  const id = await payments.create(draft, (parties) => admit(parties, mode));
  if (request.callback !== undefined) await payments.setCallback(id, request.callback);
  return payments.get(id);
}

function ownerOf({ subject: { account, memo } }: CustomerContext): PaymentOwner {
  return { account, ...(memo && { memo }) };
}

/** @throws NotClear */
function admit(parties: readonly PaymentParty[], mode: MissingMode): void {
  const isFine = ({ clearance }: PaymentParty): boolean =>
    clearance === 'clear' || (mode === 'hold' && clearance !== 'rejected' && clearance !== 'gone');
  if (!parties.every(isFine)) throw new NotClear();
}

/**
 * Whose transfer it is: the customer that is named, else the one who is signed in, who is registered if need be so that they can be asked.
 * @throws NotClear for nobody who is known, where nothing is held
 */
async function partyOf(
  { deciding, integration }: Sep6Parts,
  context: CustomerContext,
  { customerId: named, type, lang = 'en' }: TransferRequest,
  mode: MissingMode,
): Promise<DraftParty> {
  const key = keyOf(context);
  const record = await findReached(deciding.store, { ...key, ...(named !== undefined && { id: named }) }, context);
  if (record !== undefined) return { role: 'customer', customerId: record.id, knownAs: knownId(record), type };
  if (named !== undefined) throw invalidField('customer_id', { key: 'rule.known_customer' });
  if (mode === 'refuse') throw new NotClear();
  const none = { fields: new Map(), files: new Map(), verifications: new Map(), fileIds: new Map() };
  const id = await integration.put({ ...key, type, lang, ...none, unknownFiles: new Set() }, context);
  return { role: 'customer', customerId: id, knownAs: id, type };
}

function keyOf({ subject: { account, memo } }: CustomerContext): CustomerKey {
  return { account, ...(memo && { memo: memo.value, memoType: memo.type }) };
}

/** @see SEP-6 § Customer information needed (non-interactive), § Customer Information Status */
async function refusal(
  parts: Sep6Parts,
  context: CustomerContext,
  { customerId, type, lang }: TransferRequest,
  details: PaymentDetails,
): Promise<TransferReply> {
  const about = { type, ...(customerId !== undefined && { id: customerId }) };
  const url = await moreInfoUrl(parts, context.subject, about, { lang, requestId: context.requestId });
  const { transaction } = concernOf({ id: '', details }, { type, asks: [] });
  const answer = await gate(parts.deciding, {
    ...{ type, subject: keyOf(context) },
    ...(customerId !== undefined && { customerId }),
    ...(transaction && { transaction }),
    ...(lang !== undefined && { lang }),
    ...(url !== undefined && { moreInfoUrl: url }),
  });
  if (!answer.allowed) return answer.sep6;
  // Cleared at this very moment.
  throw new KycError('unavailable', { key: 'error.too_many_changes' }, { retryAfterSeconds: 1 });
}
