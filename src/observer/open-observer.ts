import type { Payments } from '../payments/payments.ts';
import type { Store } from '../store/store.ts';
import { type HorizonOptions, HorizonPayments } from './horizon-payments.ts';
import { type ObserverParts, PaymentObserver } from './payment-observer.ts';
import { receiveCredit } from './receive-credit.ts';

/** What an observer of payments is opened with. */
export interface ObserverOpening
  extends Pick<ObserverParts, 'account' | 'from' | 'clock' | 'log' | 'pollMs' | 'leaseMs'> {
  readonly horizon: Omit<HorizonOptions, 'account'>;
  readonly store: Pick<Store, 'observers' | 'payments'>;
  readonly payments: Payments;
}

/** An observer that tells payments of their money. */
export function openObserver(opening: ObserverOpening): PaymentObserver {
  const { account, store, payments, log } = opening;
  const horizon = new HorizonPayments({ ...opening.horizon, account });
  const receiving = { store, payments, horizon, account, log };
  return new PaymentObserver({
    ...opening,
    ...{ horizon, observers: store.observers },
    receive: (operation, signal) => receiveCredit(receiving, operation, signal),
  });
}
