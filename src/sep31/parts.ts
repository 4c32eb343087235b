import type { PaymentParts } from '../payments/parts.ts';
import type { Payments } from '../payments/payments.ts';
import type { Sep31Settings } from './settings.ts';

/** What the endpoints of SEP-31 need. */
export interface Sep31Parts {
  readonly settings: Sep31Settings;
  readonly payments: Payments;
  readonly deciding: PaymentParts;
  /** For development: callbacks may lead to this machine, by http and on any port. */
  readonly allowLoopback: boolean;
}
