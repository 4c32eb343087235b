import { withLang } from '../payments/gate-answers.ts';
import type { Payment, PaymentOwner } from '../payments/payment.ts';
import type { CustomerContext, MoreInfoAbout } from '../sep12/integration.ts';
import type { Sep6Parts } from './parts.ts';

/** In which language, and for which request. */
export interface AskedAs {
  readonly lang?: string | undefined;
  readonly requestId?: string | undefined;
}

/**
 * Where the owner of a transfer sees how things stand, in the language of the request if there is one; undefined where there is no such page.
 * @param about what the page is to show: the customer and the type, and the transfer itself once there is one
 */
export async function moreInfoUrl(
  { integration }: Pick<Sep6Parts, 'integration'>,
  { account, memo }: PaymentOwner,
  about: MoreInfoAbout,
  { lang, requestId = '' }: AskedAs,
): Promise<string | undefined> {
  const context: CustomerContext = {
    subject: { sub: memo === undefined ? account : `${account}:${memo.value}`, account, ...(memo && { memo }) },
    requestId,
  };
  const url = await integration.moreInfoUrl?.(account, context, { ...about, ...(lang !== undefined && { lang }) });
  return url === undefined || lang === undefined ? url : withLang(url, lang);
}

/** What the page is to show of a transfer: its customer for its type. One who is erased has nothing to be shown any more. */
export function aboutTransfer({ id, parties }: Payment): MoreInfoAbout {
  const party = parties.find(({ role }) => role === 'customer');
  if (party === undefined || party.clearance === 'gone') return {};
  // The program has no such type any more.
  if (party.clearance === 'lost') return { id: party.knownAs };
  return { id: party.knownAs, type: party.type, transactionId: id };
}
