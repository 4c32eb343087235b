import type { CustomerContext } from '../sep12/integration.ts';
import type { Params } from '../sep12/parameters.ts';
import type { Memo } from '../stellar/memo.ts';

/** Whom a link or a session is for, and what about. Nothing that a browser sends changes it. */
export interface Visit {
  readonly account: string;
  readonly memo?: Memo;
  /** Left out for somebody who is not registered yet. */
  readonly customerId?: string;
  readonly type?: string;
  readonly transactionId?: string;
  /** BCP 47; left out, the browser's. */
  readonly lang?: string;
}

/** The visitor as the integration knows them: the subject of a wallet that signed in as this very customer. */
export function contextOf({ account, memo }: Visit, requestId: string): CustomerContext {
  const sub = memo === undefined ? account : `${account}:${memo.value}`;
  return { subject: { sub, account, ...(memo && { memo }) }, requestId };
}

/** What a wallet would name in its request. */
export function paramsOf({ customerId, type, transactionId }: Visit, lang: string): Params {
  const named = { id: customerId, type, transaction_id: transactionId, lang };
  return new Map(Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
