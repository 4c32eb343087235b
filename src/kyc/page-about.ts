import type { CustomerContext, MoreInfoAbout } from '../sep12/integration.ts';
import type { Memo } from '../stellar/memo.ts';

/** What a link to the customer page is about. */
export interface PageAbout {
  readonly account: string;
  readonly memo?: Memo;
  readonly customerId?: string;
  readonly type?: string;
  readonly transactionId?: string;
  readonly lang?: string;
}

/** The page of whoever asks, or of the user whom a shared account names. A subject with a memo gets its own page and no other. */
export function pageAbout(account: string, { subject }: CustomerContext, about: MoreInfoAbout = {}): PageAbout {
  const { id, memo, memoType, type, transactionId, lang } = about;
  const named: Memo | undefined = memo === undefined ? undefined : { type: memoType ?? 'id', value: memo };
  const user = subject.memo ?? named;
  return {
    account,
    ...(user && { memo: user }),
    ...(id !== undefined && { customerId: id }),
    ...(type !== undefined && { type }),
    ...(transactionId !== undefined && { transactionId }),
    ...(lang !== undefined && { lang }),
  };
}
