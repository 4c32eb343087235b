import type { Memo } from '../stellar/memo.ts';

/** An account, and the user of it where the account is shared: what names a customer to a wallet. */
export interface Identity {
  /** `G…` or `C…`. */
  readonly account: string;
  readonly memo?: Memo;
}
