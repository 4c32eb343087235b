import { KycError } from '../errors.ts';
import { isExecutable, type PaymentStatus, stagesOf } from './moves.ts';
import { isExchanged, type Payment } from './payment.ts';

const onward: readonly PaymentStatus[] = [
  ...(['pending_user_transfer_start', 'pending_user_transfer_complete', 'pending_external'] as const),
  ...(['pending_stellar', 'pending_trust', 'completed'] as const),
];

/** Where the anchor has paid already: what follows is told of what was done. */
const paid: readonly PaymentStatus[] = ['pending_stellar', 'pending_user_transfer_complete'];

/**
 * Whether money is asked for, or paid, by going there. Where no rails are asked that would look first, an anchor that takes a status for an order to pay must
 * not get anywhere before the customers are clear. What rails have been asked for is told of afterwards.
 */
export function movesMoney({ protocol, kind, status, isAsked, details }: Payment, to: PaymentStatus): boolean {
  if (to === status || !onward.includes(to)) return false;
  // What failed for another reason may have been mended outside.
  if (status === 'error') return details.fault === 'customer-rejected' || details.fault === 'customer-erased';
  if (protocol === 'sep-31') return status === stagesOf[protocol].working && !isAsked;
  const isSent = status === 'pending_external' && !isDeposit(kind);
  return !isSent && !paid.includes(status);
}

/**
 * Requires what a transfer is worth to be known before it is paid out, and of what is exchanged what goes out: a rule of the program on amounts is gone
 * round otherwise.
 * @throws KycError `not_possible`
 */
export function requireWorth({ protocol, kind, details }: Payment, to: PaymentStatus): void {
  if (protocol !== 'sep-6') return;
  const isComing = to === stagesOf[protocol].ready || (to === 'pending_external' && isDeposit(kind));
  const { amountIn, amountOut } = details;
  if (isComing || amountOut !== undefined || (amountIn !== undefined && !isExchanged(details))) return;
  throw new KycError('not_possible', 'amountOut: expected before the transfer is paid out');
}

/** Whether the rails are to pay it, if its customers are clear. */
export function isToBePaid({ protocol, status, fundedAt, details: { isOtherMoney } }: Payment): boolean {
  return isExecutable({ protocol, status, isFunded: fundedAt !== undefined, isOtherMoney }, 'clear');
}

/** Whether money comes from outside Stellar. */
export function isDeposit(kind: Payment['kind']): boolean {
  return kind === 'deposit' || kind === 'deposit-exchange';
}
