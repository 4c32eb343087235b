/** The payment protocols, as they are called in settings and events. */
export const protocols = ['sep-31', 'sep-6'] as const;

/** @see protocols */
export type Protocol = (typeof protocols)[number];

/** What each protocol's transactions can be. @see SEP-31 § GET Transaction, SEP-6 § Single Historical Transaction */
export const statusesOf = {
  'sep-31': [
    'pending_sender',
    'pending_stellar',
    'pending_customer_info_update',
    'pending_transaction_info_update',
    'pending_receiver',
    'pending_external',
    'completed',
    'refunded',
    'expired',
    'error',
  ],
  'sep-6': [
    'incomplete',
    'pending_user_transfer_start',
    'pending_user_transfer_complete',
    'pending_external',
    'pending_anchor',
    'on_hold',
    'pending_stellar',
    'pending_trust',
    'pending_user',
    'pending_customer_info_update',
    'pending_transaction_info_update',
    'completed',
    'refunded',
    'expired',
    'no_market',
    'too_small',
    'too_large',
    'error',
  ],
} as const;

/** A status as some protocol spells it. */
export type PaymentStatus = (typeof statusesOf)[Protocol][number];

/** From where one may get where. What is over is mended by a refund alone (a bank may return what was paid), an error also by those who know better. */
type Ways = Readonly<Partial<Record<PaymentStatus, readonly PaymentStatus[]>>>;

const asks = ['pending_customer_info_update', 'pending_transaction_info_update'] as const;

/** @see isLawfulMove */
export const waysOf: Readonly<Record<Protocol, Ways>> = {
  'sep-31': {
    pending_sender: ['pending_stellar', 'pending_receiver', ...asks, 'expired', 'error'],
    pending_stellar: ['pending_sender', 'pending_receiver', ...asks, 'expired', 'error'],
    pending_customer_info_update: ['pending_receiver', asks[1], 'refunded', 'expired', 'error'],
    pending_transaction_info_update: ['pending_receiver', asks[0], 'refunded', 'expired', 'error'],
    pending_receiver: ['pending_sender', 'pending_external', ...asks, 'completed', 'refunded', 'expired', 'error'],
    pending_external: ['pending_receiver', ...asks, 'completed', 'refunded', 'error'],
    completed: ['refunded'],
    expired: ['refunded'],
    error: ['pending_receiver', 'completed', 'refunded'],
  },
  'sep-6': {
    incomplete: ['pending_user_transfer_start', 'pending_anchor', ...asks, 'expired', 'error'],
    pending_user_transfer_start: [
      ...(['pending_external', 'pending_anchor', 'on_hold', 'pending_stellar', 'pending_user', ...asks] as const),
      ...(['expired', 'too_small', 'too_large', 'error'] as const),
    ],
    pending_user_transfer_complete: ['pending_anchor', 'completed', 'refunded', 'error'],
    pending_external: ['pending_anchor', 'on_hold', 'pending_user', ...asks, 'completed', 'refunded', 'error'],
    pending_anchor: [
      ...(['pending_user_transfer_start', 'pending_user_transfer_complete', 'pending_external', 'on_hold'] as const),
      ...(['pending_stellar', 'pending_trust', 'pending_user', ...asks, 'completed', 'refunded', 'expired'] as const),
      ...(['no_market', 'too_small', 'too_large', 'error'] as const),
    ],
    on_hold: ['pending_anchor', 'pending_user', ...asks, 'refunded', 'error'],
    pending_stellar: ['pending_anchor', 'pending_trust', 'completed', 'refunded', 'no_market', 'error'],
    pending_trust: ['pending_anchor', 'pending_stellar', 'completed', 'refunded', 'expired', 'error'],
    pending_user: ['pending_user_transfer_start', 'pending_anchor', ...asks, 'refunded', 'expired', 'error'],
    pending_customer_info_update: [asks[1], 'pending_anchor', 'refunded', 'expired', 'error'],
    pending_transaction_info_update: [asks[0], 'pending_anchor', 'refunded', 'expired', 'error'],
    completed: ['refunded'],
    expired: ['refunded'],
    no_market: ['refunded'],
    too_small: ['refunded'],
    too_large: ['refunded'],
    error: ['pending_anchor', 'completed', 'refunded'],
  },
};

/** Whether a payment may go from the one status to the other. To stay is no move. */
export function isLawfulMove(protocol: Protocol, from: PaymentStatus, to: PaymentStatus): boolean {
  return waysOf[protocol][from]?.includes(to) ?? false;
}

/** Statuses in which nothing happens any more by itself. */
const ends = ['completed', 'refunded', 'expired', 'no_market', 'too_small', 'too_large', 'error'] as const;

/** Whether the payment is over, as far as nobody mends it. */
export function isEnded(status: PaymentStatus): boolean {
  return ends.some((end) => end === status);
}

/** The three statuses between which KYC alone moves a payment. */
interface Stages {
  /** The money may come. */
  readonly ready: PaymentStatus;
  /** It is with the anchor. */
  readonly working: PaymentStatus;
  /** It waits for what a customer is asked. */
  readonly held: PaymentStatus;
  /** Whether a payment whose customers are clear waits for its money by itself; else somebody says how it is to come. */
  readonly asksForMoney: boolean;
}

/** @see Stages */
export const stagesOf: Readonly<Record<Protocol, Stages>> = {
  'sep-31': {
    ready: 'pending_sender',
    working: 'pending_receiver',
    held: 'pending_customer_info_update',
    asksForMoney: true,
  },
  'sep-6': {
    ready: 'pending_user_transfer_start',
    working: 'pending_anchor',
    held: 'pending_customer_info_update',
    asksForMoney: false,
  },
};

/**
 * What a customer's standing means for a payment, from the worst to the best. `gone`: the customer was erased; `rejected`; `asks`: something is to be
 * sent; `lost`: the program no longer has the type; `working`: a check or a person is at it; `clear`: the payment may go on.
 */
export const clearances = ['gone', 'rejected', 'asks', 'lost', 'working', 'clear'] as const;

/** @see clearances */
export type Clearance = (typeof clearances)[number];

/** What all customers of a payment together mean for it: the worst of them. */
export function worst(all: readonly Clearance[]): Clearance {
  return clearances.find((clearance) => all.includes(clearance)) ?? 'clear';
}

/** A payment as far as KYC moves it. */
export interface Movable {
  readonly protocol: Protocol;
  readonly status: PaymentStatus;
  /** Whether its money has arrived. */
  readonly isFunded: boolean;
  /** Whether that is other money than was asked for, and nobody has said yet what it is worth. */
  readonly isOtherMoney?: boolean | undefined;
}

/**
 * The statuses that a payment goes through because of where its customers stand, none if it stays. Choice: one that is released before its money
 * came goes to `pending_receiver` as every other does (ruling 33), and, as nothing is left to prepare, on to `pending_sender` at once; one
 * whose customers are only being looked at is not released, and takes no money.
 * @see SEP-31 § Pending Customer Info Update
 */
export function kycMoves(payment: Movable, clearance: Clearance): readonly PaymentStatus[] {
  const { protocol, status } = payment;
  const { ready, working, held } = stagesOf[protocol];
  const isStopped = clearance === 'gone' || clearance === 'rejected';
  const isMoved = status === ready || status === working || status === held;
  if (isStopped) return isMoved || status === 'pending_transaction_info_update' ? ['error'] : [];
  if (!isMoved) return [];
  if (clearance === 'clear') return onceClear(payment);
  if (clearance === 'asks') return status === held ? [] : [held];
  return status === ready ? [working] : [];
}

function onceClear({ protocol, status, isFunded }: Movable): readonly PaymentStatus[] {
  const { ready, working, held, asksForMoney } = stagesOf[protocol];
  if (status === ready) return [];
  const then = asksForMoney && !isFunded ? [ready] : [];
  return status === held ? [working, ...then] : then;
}

/** Whether the anchor's rails are to be told to pay it out. */
export function isExecutable(
  { protocol, status, isFunded, isOtherMoney = false }: Movable,
  clearance: Clearance,
): boolean {
  const isPaidFor = isFunded && !isOtherMoney;
  return protocol === 'sep-31' && status === stagesOf[protocol].working && isPaidFor && clearance === 'clear';
}
