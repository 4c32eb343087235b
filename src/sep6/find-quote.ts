import { invalidField, KycError } from '../errors.ts';
import { describeError } from '../lib/log.ts';
import type { Phrase } from '../messages/phrase.ts';
import { readAmount } from '../payments/amount.ts';
import type { PaymentOwner } from '../payments/payment.ts';
import { readAmountWithin } from '../payments/request-values.ts';
import type { Sep6Parts } from './parts.ts';
import type { TransferRequest } from './read-transfer.ts';
import type { Quote } from './transfer-integration.ts';

/**
 * The quote that a transfer is asked for by, undefined when it is asked for by none.
 * @throws KycError naming what it contradicts; `unavailable` when nobody can say
 * @see SEP-6 § Deposit Exchange, § Withdraw Exchange: quote_id
 */
export async function findQuote(
  parts: Sep6Parts,
  owner: PaymentOwner,
  request: TransferRequest,
): Promise<Quote | undefined> {
  const { quoteId } = request;
  if (quoteId === undefined) return undefined;
  if (parts.settings.transfers.findQuote === undefined) throw invalidField('quote_id', { key: 'rule.no_quotes' });
  const quote = await ask(parts, quoteId, owner);
  if (quote === undefined) throw invalidField('quote_id', { key: 'rule.known_quote' });
  requireUsable(quote, quoteId);
  if (quote.expiresAt <= parts.deciding.clock.now()) throw invalidField('quote_id', { key: 'rule.quote_expired' });
  requireAgreement(quote, request);
  return quote;
}

async function ask(
  { settings: { transfers }, deciding: { log } }: Sep6Parts,
  id: string,
  owner: PaymentOwner,
): Promise<Quote | undefined> {
  try {
    return await transfers.findQuote?.(id, owner);
  } catch (error) {
    log.error(describeError(error), 'a quote could not be looked up');
    throw new KycError('unavailable', 'quotes cannot be looked up: try again later', { retryAfterSeconds: 5 });
  }
}

/** @throws TypeError for what no quote can say: an embedder's mistake */
function requireUsable({ id, expiresAt, sellAmount, buyAmount, fee }: Quote, asked: string): void {
  const areAmounts = [sellAmount, buyAmount].every((amount) => (readAmount(amount) ?? 0n) > 0n);
  if (id !== asked || Number.isNaN(expiresAt.getTime()) || !areAmounts || readAmount(fee.total) === undefined)
    throw new TypeError('findQuote: expected the quote of that id, with a time and decimal amounts');
}

/** What is said beside the quote must be what it was given for. */
function requireAgreement(quote: Quote, request: TransferRequest): void {
  const { endpoint, asset, otherAsset, amount, way, fundingMethod } = request;
  const [sold, bought] = endpoint === 'deposit-exchange' ? [otherAsset, asset.id] : [asset.id, otherAsset];
  const { sellAsset, sellAmount, buyAsset, deliveryMethod } = quote;
  const conflicts: readonly (readonly [string, boolean])[] = [
    ['source_asset', sellAsset !== sold],
    ['destination_asset', buyAsset !== bought],
    ['amount', amount !== undefined && amount !== readAmount(sellAmount)],
    ['funding_method', deliveryMethod !== undefined && deliveryMethod !== fundingMethod],
  ];
  const conflict = conflicts.find(([, isSo]) => isSo);
  const rule: Phrase = { key: 'rule.as_quoted' };
  if (conflict !== undefined) throw invalidField(conflict[0], rule);
  readAmountWithin(sellAmount, way);
}
