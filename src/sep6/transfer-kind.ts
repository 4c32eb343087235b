import type { TransferEndpoint } from './read-transfer.ts';
import type { ProposedTransfer } from './transfer-integration.ts';

/** What is made by each endpoint. */
export const kindOf: Readonly<Record<TransferEndpoint, ProposedTransfer['kind']>> = {
  ...{ deposit: 'deposit', 'deposit-exchange': 'deposit-exchange' },
  ...{ withdraw: 'withdrawal', 'withdraw-exchange': 'withdrawal-exchange' },
};
