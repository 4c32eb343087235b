import { withLang } from '../payments/gate-answers.ts';
import type { PaymentOwner } from '../payments/payment.ts';
import type { CustomerContext } from '../sep12/integration.ts';
import type { Sep6Parts } from './parts.ts';

/** Where the owner of a transfer sees how things stand, in the language of the request if there is one; undefined where there is no such page. */
export async function moreInfoUrl(
  { integration }: Pick<Sep6Parts, 'integration'>,
  { account, memo }: PaymentOwner,
  { lang, requestId = '' }: { readonly lang?: string | undefined; readonly requestId?: string | undefined },
): Promise<string | undefined> {
  const context: CustomerContext = {
    subject: { sub: memo === undefined ? account : `${account}:${memo.value}`, account, ...(memo && { memo }) },
    requestId,
  };
  const url = await integration.moreInfoUrl?.(account, context);
  return url === undefined || lang === undefined ? url : withLang(url, lang);
}
