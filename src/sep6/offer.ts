import { KycError } from '../errors.ts';
import { describeError } from '../lib/log.ts';
import { isDeposit } from '../payments/moves-money.ts';
import type { Payment } from '../payments/payment.ts';
import { newMemo } from '../payments/request-values.ts';
import { placeFault } from '../payments/withdrawal-place.ts';
import type { Sep6Parts } from './parts.ts';

/** What a wallet is told of a transfer beside what GET /transaction says. */
export interface Offer {
  readonly how?: string;
  readonly eta?: number | undefined;
  readonly message?: string | undefined;
}

/**
 * Asks the anchor where the money of a transfer is to go, if its customer is clear, and has it wait for the money then. Without an answer the transfer
 * stays with the anchor, who says more later.
 */
export async function offer(parts: Sep6Parts, payment: Payment): Promise<Offer> {
  const isClear = payment.parties.every(({ clearance }) => clearance === 'clear');
  if (payment.status !== 'pending_anchor' || !isClear) return {};
  return isDeposit(payment.kind) ? offerDeposit(parts, payment) : offerWithdrawal(parts, payment);
}

const status = 'pending_user_transfer_start';

async function offerDeposit(parts: Sep6Parts, payment: Payment): Promise<Offer> {
  const answer = await ask(parts, payment, () => parts.settings.transfers.depositInstructions(payment));
  if (answer === undefined) return {};
  const { how, instructions, eta, message } = answer;
  const isMoved = await move(parts, payment, { status, extra: { instructions }, statusEta: eta });
  return isMoved ? { how, eta, message } : {};
}

async function offerWithdrawal(parts: Sep6Parts, payment: Payment): Promise<Offer> {
  const target = await ask(parts, payment, () => parts.settings.transfers.withdrawalTarget(payment));
  if (target === undefined) return {};
  const { account: stellarAccount, memo: stellarMemo = newMemo(), eta, message } = target;
  const fault = placeFault({ stellarAccount, stellarMemo });
  if (fault !== undefined) {
    parts.deciding.log.error({ payment: payment.id, fault }, 'withdrawalTarget answered what nothing can be sent to');
    return {};
  }
  const known = await parts.deciding.store.payments.findByMemo(stellarAccount, stellarMemo);
  if (known !== undefined) {
    parts.deciding.log.error(
      { payment: payment.id, other: known.id },
      'the memo of a withdrawal is that of another one',
    );
    return {};
  }
  const { accounts, observeFrom } = parts.settings;
  if (observeFrom !== undefined && !accounts.includes(stellarAccount))
    parts.deciding.log.warn({ payment: payment.id }, 'a withdrawal goes to an account that is not observed');
  const isMoved = await move(parts, payment, { status, stellarAccount, stellarMemo, statusEta: eta });
  return isMoved ? { eta, message } : {};
}

/** The transfer is taken already: that the anchor could not answer is no reason to have the wallet ask for it again. */
async function ask<T>(
  { deciding: { log } }: Sep6Parts,
  { id }: Payment,
  perform: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await perform();
  } catch (error) {
    log.error({ payment: id, ...describeError(error) }, 'the transfer integration failed');
    return undefined;
  }
}

/** False where the customer, or the anchor, has moved it on meanwhile, or the customer is not clear any more. */
async function move(
  { payments }: Sep6Parts,
  { id }: Payment,
  update: Parameters<Sep6Parts['payments']['update']>[1],
): Promise<boolean> {
  try {
    return await payments.moveFrom(id, 'pending_anchor', update);
  } catch (error) {
    if (error instanceof KycError && error.code === 'not_possible') return false;
    throw error;
  }
}
