import type { Clearance, PaymentStatus, Protocol } from '../../payments/moves.ts';
import { worst } from '../../payments/moves.ts';
import type { PartyRole, Payment, PaymentKind, Receipt } from '../../payments/payment.ts';
import type { ReviewParts } from './parts.ts';

/** A payment of a customer's that is not over, as far as whoever decides about the customer needs it. Nothing in it is personal. */
export interface WaitingPayment {
  readonly id: string;
  readonly protocol: Protocol;
  readonly kind: PaymentKind;
  readonly status: PaymentStatus;
  /** Who the customer is in it. */
  readonly roles: readonly PartyRole[];
  /** What the customer's standing means for it. */
  readonly clearance: Clearance;
  /** Whether any of its customers holds it up. */
  readonly isHeld: boolean;
  /** A decimal text. */
  readonly amount?: string;
  /** In the Asset Identification Format. */
  readonly asset?: string;
  /** When it got to its status. */
  readonly since: Date;
  readonly startedAt: Date;
  /** Money that came beside the one that was asked for, and is not the anchor's to keep. */
  readonly surplus: readonly Receipt[];
}

/** Payments that wait with a customer, the first asked for first, and whether there are more of them. */
export interface WaitingPayments {
  readonly payments: readonly WaitingPayment[];
  readonly hasMorePayments: boolean;
}

const shownAtMost = 20;

/** @see WaitingPayments */
export async function waitingPayments(
  { store }: Pick<ReviewParts, 'store'>,
  customerId: string,
): Promise<WaitingPayments> {
  const found = await store.payments.listOpen(customerId, shownAtMost + 1);
  const payments: WaitingPayment[] = [];
  for (const payment of found.slice(0, shownAtMost)) {
    const receipts = payment.fundedAt === undefined ? [] : await store.payments.listReceipts(payment.id);
    const surplus = receipts.filter(({ outcome }) => outcome === 'twice');
    payments.push({ ...show(payment, customerId), surplus });
  }
  return { payments, hasMorePayments: found.length > shownAtMost };
}

function show({ details, parties, ...payment }: Payment, customerId: string): Omit<WaitingPayment, 'surplus'> {
  const { id, protocol, kind, status, updatedAt: since, startedAt } = payment;
  const own = parties.filter((party) => party.customerId === customerId);
  const { amountIn: amount, amountInAsset: asset } = details;
  return {
    ...{ id, protocol, kind, status, since, startedAt },
    roles: own.map(({ role }) => role),
    clearance: worst(own.map(({ clearance }) => clearance)),
    isHeld: worst(parties.map(({ clearance }) => clearance)) !== 'clear',
    ...(amount !== undefined && { amount }),
    ...(asset !== undefined && { asset }),
  };
}
