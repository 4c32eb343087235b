import type { Payment } from '../payments/payment.ts';
import { wantedFor } from '../payments/wanted-fields.ts';
import type { CustomerContext } from '../sep12/integration.ts';
import { type AskedAs, aboutTransfer, moreInfoUrl } from './more-info-url.ts';
import { getOwnTransfer } from './own-transfers.ts';
import type { Sep6Parts } from './parts.ts';
import type { Query } from './read-transfer.ts';
import { transactionReply } from './transaction-reply.ts';

/** @throws KycError `not_found` @see SEP-6 § Single Historical Transaction */
export async function getTransaction(parts: Sep6Parts, context: CustomerContext, query: Query): Promise<object> {
  const payment = await getOwnTransfer(parts, context.subject, {
    id: query.get('id'),
    stellarTransactionId: query.get('stellar_transaction_id'),
    externalTransactionId: query.get('external_transaction_id'),
  });
  return transferReply(parts, payment, { lang: query.get('lang'), requestId: context.requestId });
}

/** What GET answers of a transfer, and what callbacks tell of it. @see SEP-6 § Deposit, on_change_callback */
export async function transferReply(
  parts: Pick<Sep6Parts, 'integration' | 'deciding'>,
  payment: Payment,
  about: AskedAs = {},
): Promise<{ readonly transaction: object }> {
  const url = await moreInfoUrl(parts, payment.owner, aboutTransfer(payment), about);
  const wanted = await wantedFor(parts.deciding, payment);
  return { transaction: transactionReply(payment, { moreInfoUrl: url, lang: about.lang, wanted }) };
}
