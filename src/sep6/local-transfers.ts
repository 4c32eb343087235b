import type { TransferIntegration } from './transfer-integration.ts';

const notice = 'This is an anchor for development: no money is received or paid out.';

/** What stands in for the anchor's own transfers in local mode, and says so. @param account where withdrawals are told to be sent */
export function localTransfers(account: string): TransferIntegration {
  return {
    depositInstructions: async () => ({
      how: notice,
      instructions: { 'organization.bank_account_number': { value: '0000000000', description: notice } },
      message: notice,
    }),
    withdrawalTarget: async () => ({ account, message: notice }),
  };
}
