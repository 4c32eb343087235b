import type { Protocol } from '../payments/moves.ts';
import type { WrappedKey } from '../vault/key-ring.ts';
import type { SealedCallback } from './callback-store.ts';

/**
 * Wallets are told by a callback of their customer's current state, and by another one of their payment's; operators by an event of what happened.
 */
export const deliveryKinds = ['callback', 'event', 'payment'] as const;

/** @see deliveryKinds */
export type DeliveryKind = (typeof deliveryKinds)[number];

/**
 * `superseded`: a later change of the same customer and type will tell the wallet the state. `failed`: given up. `cancelled`: nobody is to be told
 * any more.
 */
export const deliveryStates = ['pending', 'delivered', 'superseded', 'failed', 'cancelled'] as const;

/** @see deliveryStates */
export type DeliveryState = (typeof deliveryStates)[number];

/** What became of one attempt. */
export const attemptOutcomes = [
  /** A status from 200 to 299. */
  'delivered',
  /** 410: there is nobody there any more, for good. */
  'gone',
  /** Any other status. */
  'refused',
  'timeout',
  'unreachable',
  /** The name leads to an address that may not be posted to, or the URL may not be requested at all. */
  'forbidden',
  /** What was to be sent could not be made: a fault on our side. */
  'not_made',
  /** The customer, or the subscription, is no longer there. */
  'nobody',
] as const;

/** @see attemptOutcomes */
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** Why no attempt is made any more, where it was not an attempt that ended it. */
export type EndReason = 'ended' | 'switched_off';

/** What operators can subscribe to. */
export const operatorEventNames = [
  'customer.created',
  'customer.status_changed',
  'customer.erased',
  'customer.merged',
  'field.rejected',
  'review.needed',
  'transaction.funded',
  'transaction.released',
  'transaction.failed',
  'transaction.surplus',
] as const;

/** @see operatorEventNames */
export type OperatorEventName = (typeof operatorEventNames)[number];

/** What happened, for operators. It names the customer by id, and never a personal value. */
export type OperatorEvent = { readonly customerId: string } & (
  | { readonly name: 'customer.created' | 'customer.erased' }
  | {
      /** Two customers are one: whoever went by `mergedId` is this customer from now on. */
      readonly name: 'customer.merged';
      readonly mergedId: string;
    }
  | {
      readonly name: 'customer.status_changed';
      readonly type: string;
      readonly transactionId: string | undefined;
      /** The SEP's word for where the customer stands now. */
      readonly status: string;
      /** What kind of thing caused it. */
      readonly cause: string;
      /** By a code of the catalogue of reasons. */
      readonly reason: string | undefined;
    }
  | {
      readonly name: 'field.rejected';
      /** The field's name, never its value. */
      readonly field: string;
      readonly reason: string | undefined;
    }
  | {
      readonly name: 'review.needed';
      readonly type: string;
      readonly transactionId: string | undefined;
      readonly reason: string | undefined;
    }
  | {
      /** Other money came for a payment whose money had come before: it is not the anchor's to keep. */
      readonly name: 'transaction.surplus';
      readonly transactionId: string;
      readonly protocol: Protocol;
      /** The SEP's word for where the transaction stood. */
      readonly status: string;
      /** What brought it, by the one name or the other. */
      readonly stellarTransactionId?: string;
      readonly externalTransactionId?: string;
      /** A decimal text, and an asset in the Asset Identification Format, where they were said. */
      readonly amount: string | undefined;
      readonly asset: string | undefined;
    }
  | {
      /** The money of a payment came, in time or not; or one that waited for this customer goes on, or ends because the customer is rejected. */
      readonly name: 'transaction.funded' | 'transaction.released';
      readonly transactionId: string;
      readonly protocol: Protocol;
      /** The SEP's word for where the transaction stands now. */
      readonly status: string;
    }
  | {
      /** A payment came to an error: somebody has to look at it, and its money may have to go back. */
      readonly name: 'transaction.failed';
      readonly transactionId: string;
      readonly protocol: Protocol;
      /** What made it fail, and by which reason. */
      readonly cause: string;
      readonly reason: string | undefined;
    }
);

/** An operator's endpoint, as far as the outbox knows it. */
export interface Subscription {
  /** The same as long as the URL is. */
  readonly id: string;
  readonly events: ReadonlySet<OperatorEventName>;
}

/** A target that has something to be taken. */
export interface ReadyTarget {
  /** A wallet's host, or `events/` and the id of a subscription. */
  readonly target: string;
  /** How often in a row it was dead or wrong; 0 for one in good standing. */
  readonly failures: number;
  /** Since when something waits there. */
  readonly dueAt: Date;
}

/** How many deliveries to take for a target. */
export interface Wanted {
  readonly target: string;
  readonly limit: number;
}

/** A delivery that a worker has taken, until its lease ends. */
export interface ClaimedDelivery {
  readonly id: number;
  readonly target: string;
  /** The customer's type, or the name of the event. */
  readonly type: string;
  /** How often it was tried before. */
  readonly attempts: number;
  /** Names this claim: a worker whose lease was taken over by another one changes nothing any more. */
  readonly lease: string;
  readonly leaseUntil: Date;
  readonly createdAt: Date;
  readonly message:
    | {
        readonly kind: 'callback';
        readonly customerId: string;
        readonly callbackId: string;
        readonly wrappedKey: WrappedKey;
        /** Undefined when the callback is no longer there. */
        readonly callback: Omit<SealedCallback, 'id'> | undefined;
      }
    | {
        readonly kind: 'payment';
        readonly paymentId: string;
        /** Undefined when the callback is no longer there. */
        readonly callback: { readonly sealedUrl: Uint8Array; readonly wrappedKey: WrappedKey } | undefined;
      }
    | { readonly kind: 'event'; readonly eventId: string; readonly payload: string };
}

/** What follows from an attempt. */
export type NextStep =
  /** `isFinal`: nothing more is told there of this customer and type until the callback is set again. */
  | { readonly state: 'delivered'; readonly isFinal: boolean }
  | { readonly state: 'pending'; readonly nextAt: Date }
  | { readonly state: 'failed' | 'cancelled' };

/** An attempt, and what it says of its target. */
export interface Settlement {
  readonly delivery: ClaimedDelivery;
  readonly outcome: AttemptOutcome;
  readonly httpStatus: number | undefined;
  readonly startedAt: Date;
  readonly latencyMs: number;
  readonly next: NextStep;
  /** `unknown`: it was not asked. `openUntil`: nothing is taken for it before. `offSince`: off if failing for that long. */
  readonly target:
    | { readonly health: 'unknown' | 'well' | 'gone' }
    | { readonly health: 'failing'; readonly openUntil: Date | undefined; readonly offSince: Date };
}

/** What waits to be told, and to whom. Workers of any number of processes share it. */
export interface OutboxStore {
  /** Makes deliveries of the events that operators subscribed to; answers how many events there were. */
  fanOut(subscriptions: readonly Subscription[], now: Date): Promise<number>;
  /** Targets for which something is due and that may be asked, the longest due first. */
  listReady(now: Date): Promise<readonly ReadyTarget[]>;
  /** Takes what is due, of each lane the oldest alone, and holds it until `leaseUntil`. */
  claim(wanted: readonly Wanted[], now: Date, leaseUntil: Date): Promise<readonly ClaimedDelivery[]>;
  /** Notes an attempt and what follows from it; whether its target was switched off by it. */
  settle(settlement: Settlement, now: Date): Promise<{ readonly isSwitchedOff: boolean }>;
  /** Gives a callback, which is kept without one, its target, and lets its delivery be taken again. */
  retarget(delivery: ClaimedDelivery, target: string, now: Date): Promise<void>;
  /** Forgets what ended before; answers how much. */
  forget(endedBefore: Date): Promise<number>;
  /** Calls back after every commit of this process, until the function that it answers is called. */
  onCommit(listener: () => void): () => void;
}

/** Which deliveries are meant. */
export interface DeliveryQuery {
  readonly state?: DeliveryState;
  readonly kind?: DeliveryKind;
  readonly customerId?: string;
  readonly target?: string;
  /** Created then or later. */
  readonly from?: Date;
  /** Created before. */
  readonly to?: Date;
  /** For the next page: older than this one. */
  readonly beforeId?: number;
}

/** A delivery as the log shows it. */
export interface DeliveryRecord {
  readonly id: number;
  readonly kind: DeliveryKind;
  readonly target: string;
  readonly customerId: string | undefined;
  /** Of a callback of a customer, whose wallets may be several, which one it is. */
  readonly callbackId: string | undefined;
  /** The customer's type, or the name of the event. */
  readonly type: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** Of the last attempt, or why none is made any more. */
  readonly outcome: AttemptOutcome | EndReason | undefined;
  readonly createdAt: Date;
  /** When it is due; undefined once it has ended. */
  readonly nextAt: Date | undefined;
  readonly endedAt: Date | undefined;
}

/** One attempt of a delivery. */
export interface AttemptRecord {
  readonly at: Date;
  readonly outcome: AttemptOutcome;
  readonly httpStatus: number | undefined;
  readonly latencyMs: number;
}

/** A target that fails, or that was switched off for it. */
export interface TargetRecord {
  readonly target: string;
  readonly failures: number;
  readonly failingSince: Date;
  /** Nothing is tried before, if that is later than now. */
  readonly openUntil: Date;
  readonly offSince: Date | undefined;
  readonly offReason: 'failing' | 'gone' | undefined;
  readonly pending: number;
}

/** How much waits. */
export interface Backlog {
  readonly pending: number;
  readonly oldestAt: Date | undefined;
  readonly failingTargets: number;
  readonly offTargets: number;
}

/** What became of deliveries, for operators. */
export interface DeliveryLog {
  /** The newest first. */
  list(query: DeliveryQuery, limit: number): Promise<readonly DeliveryRecord[]>;
  find(
    id: number,
  ): Promise<{ readonly delivery: DeliveryRecord; readonly attempts: readonly AttemptRecord[] } | undefined>;
  /**
   * Makes new deliveries for those that are meant and have ended, one for each callback and type or for each event; answers how many.
   * What a wallet is not to be told any more, as it was told ACCEPTED or REJECTED or has no callback, is left out.
   */
  redeliver(which: DeliveryQuery | { readonly id: number }, now: Date): Promise<number>;
  listTargets(): Promise<readonly TargetRecord[]>;
  /** Lets a target that fails or was switched off be tried at once; false when it is neither. */
  switchOn(target: string, now: Date): Promise<boolean>;
  backlog(): Promise<Backlog>;
}
