import type { PaymentParts } from '../payments/parts.ts';
import type { Payments } from '../payments/payments.ts';
import type { CustomerIntegration } from '../sep12/integration.ts';
import type { Sep6Settings } from './settings.ts';

/** What the endpoints of SEP-6 need. */
export interface Sep6Parts {
  readonly settings: Sep6Settings;
  readonly payments: Payments;
  readonly deciding: PaymentParts;
  /** Registers whoever asks for a transfer first, and knows where customers see how things stand. */
  readonly integration: Pick<CustomerIntegration, 'put' | 'moreInfoUrl'>;
  /** For development: callbacks may lead to this machine, by http and on any port. */
  readonly allowLoopback: boolean;
}
