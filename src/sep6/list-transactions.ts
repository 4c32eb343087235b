import { invalidField } from '../errors.ts';
import { type PaymentKind, paymentKinds } from '../payments/payment.ts';
import { wantedFor } from '../payments/wanted-fields.ts';
import type { CustomerContext } from '../sep12/integration.ts';
import type { PaymentQuery } from '../store/payment-store.ts';
import { aboutTransfer, moreInfoUrl } from './more-info-url.ts';
import { isOwn, requireOwnAccount } from './own-transfers.ts';
import type { Sep6Parts } from './parts.ts';
import type { Query } from './read-transfer.ts';
import { transactionReply } from './transaction-reply.ts';

const maxCount = 200;
const kindsOfSep6 = paymentKinds.filter((kind) => kind !== 'receive');

/**
 * The subject's own transfers, the newest first.
 * @param kinds each `kind` of the request, which may be there several times
 * @throws KycError naming what is wrong; `forbidden` for another account
 * @see SEP-6 § Transaction History
 */
export async function listTransactions(
  parts: Sep6Parts,
  context: CustomerContext,
  query: Query,
  kinds: readonly string[],
): Promise<object> {
  const { subject, requestId } = context;
  requireOwnAccount(query.get('account'), subject);
  const limit = readLimit(query.get('limit'));
  const asked = readQuery(parts, query, kinds);
  const beforeId = query.get('paging_id');
  if (beforeId !== undefined && !(await isOwnId(parts, context, beforeId))) return { transactions: [] };
  const { account, memo } = subject;
  const owner = { account, ...(memo && { memo }) };
  const found = await parts.deciding.store.payments.list(
    { protocol: 'sep-6', owner, isExact: true, ...asked, ...(beforeId !== undefined && { beforeId }) },
    limit,
  );
  const lang = query.get('lang');
  const replies = found.map(async (payment) => {
    const url = await moreInfoUrl(parts, owner, aboutTransfer(payment), { lang, requestId });
    return transactionReply(payment, { moreInfoUrl: url, lang, wanted: await wantedFor(parts.deciding, payment) });
  });
  return { transactions: await Promise.all(replies) };
}

/** Choice: without `asset_code` those of every asset. */
function readQuery(
  { settings }: Sep6Parts,
  query: Query,
  kinds: readonly string[],
): Pick<PaymentQuery, 'asset' | 'kinds' | 'from'> {
  const asset = readAsset(query.get('asset_code'), settings.assets);
  const from = readTime(query.get('no_older_than'));
  const wanted = kinds.flatMap((text) => text.split(',')).filter((kind) => kind !== '');
  return {
    ...(asset !== undefined && { asset }),
    ...(from !== undefined && { from }),
    ...(wanted.length > 0 && { kinds: wanted.map(readKind) }),
  };
}

function readAsset(code: string | undefined, assets: Sep6Parts['settings']['assets']): string | undefined {
  if (code === undefined) return undefined;
  const asset = assets.get(code);
  if (asset !== undefined) return asset.id;
  throw invalidField('asset_code', { key: 'rule.choices', params: { choices: [...assets.keys()].join(', ') } });
}

function readKind(text: string): PaymentKind {
  const kind = kindsOfSep6.find((known) => known === text);
  if (kind === undefined)
    throw invalidField('kind', { key: 'rule.choices', params: { choices: kindsOfSep6.join(', ') } });
  return kind;
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return maxCount;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalidField('limit', { key: 'rule.count' });
  return Math.min(Number(text), maxCount);
}

/** A day, or a moment of ISO 8601; of a `+` the query has made a space. One without a zone is in UTC, wherever this runs. */
function readTime(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const hasZone = !/T[\d:.]+$/.test(text);
  const time = new Date(hasZone ? text.replace(' ', '+') : `${text}Z`);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time.getTime()))
    throw invalidField('no_older_than', { key: 'rule.date' });
  return time;
}

async function isOwnId({ payments }: Sep6Parts, { subject }: CustomerContext, id: string): Promise<boolean> {
  const payment = await payments.find(id);
  return payment !== undefined && isOwn(payment, subject);
}
