import { invalidField } from '../errors.ts';
import type { MissingMode } from '../kyc/program.ts';
import { chooseType } from '../payments/choose-type.ts';
import type { DraftParty } from '../payments/create-payment.ts';
import type { PartyRole, PaymentDetails, PaymentParty } from '../payments/payment.ts';
import { amountsAfterFee, newMemo } from '../payments/request-values.ts';
import type { Subject } from '../stellar/subject.ts';
import type { Sep31Parts } from './parts.ts';
import { readMembers, readTransaction, type TransactionRequest } from './read-transaction.ts';
import { requireSendingAnchor } from './sending-anchor.ts';
import { destinationOf } from './transaction-reply.ts';

/** What a sending anchor is answered: 201 for a payment that is taken, 400 with what is missing for one that is not. */
export interface PostReply {
  readonly status: 201 | 400;
  readonly body: object;
}

/** Says of a payment that is not taken what its sender has to do first. */
class Needed extends Error {
  readonly body: object;

  constructor(body: object) {
    super('information is needed first');
    this.body = body;
  }
}

/**
 * Takes a payment, or says what is missing.
 * @param answerIn told of the language to answer in, before anything is judged
 * @throws KycError naming what is wrong
 * @see SEP-31 § POST Transactions (rulings 8, 35)
 */
export async function postTransaction(
  parts: Sep31Parts,
  subject: Subject,
  text: string,
  answerIn: (lang: string) => void,
): Promise<PostReply> {
  requireSendingAnchor(parts, subject);
  const members = readMembers(text);
  const { lang } = members;
  if (typeof lang === 'string') answerIn(lang);
  const request = readTransaction(members, parts.settings);
  try {
    return { status: 201, body: await take(parts, subject, request) };
  } catch (error) {
    if (!(error instanceof Needed)) throw error;
    return { status: 400, body: error.body };
  }
}

async function take(parts: Sep31Parts, subject: Subject, request: TransactionRequest): Promise<object> {
  const details = detailsOf(request);
  const { asset } = request;
  const parties = [
    ...(await partyOf(parts, subject, details, ['sender', request.senderId, asset.senderTypes])),
    ...(await partyOf(parts, subject, details, ['receiver', request.receiverId, asset.receiverTypes])),
  ];
  const fields = fieldsOf(request);
  const { account, memo } = subject;
  const draft = {
    ...({ protocol: 'sep-31', kind: 'receive', parties, details, fields } as const),
    owner: { account, ...(memo && { memo }) },
    stellarAccount: parts.settings.account,
    stellarMemo: newMemo(),
  };
  const id = await parts.payments.create(draft, (standing) => admit(parts, standing));
  return { id, ...destinationOf(await parts.payments.get(id)) };
}

/** Amounts are exact; where the anchor exchanges, what comes out is known only later. */
function detailsOf({
  amount,
  asset,
  destinationAsset,
  fundingMethod,
  refundMemo,
  lang,
}: TransactionRequest): PaymentDetails {
  const { amountOut = '', ...amounts } = amountsAfterFee(amount, asset, asset.id);
  return {
    ...amounts,
    ...(destinationAsset === undefined ? { amountOut } : { amountOutAsset: destinationAsset }),
    ...(fundingMethod !== undefined && { fundingMethod }),
    ...(refundMemo !== undefined && { refundMemo }),
    ...(lang !== undefined && { lang }),
  };
}

/**
 * The customer in a role, if the anchor wants to know one there.
 * @throws KycError for one that is not the sending anchor's, the same as for none (ruling 35)
 */
async function partyOf(
  { deciding }: Sep31Parts,
  { account }: Subject,
  details: PaymentDetails,
  [role, knownAs, types]: readonly [PartyRole, string | undefined, readonly string[]],
): Promise<readonly DraftParty[]> {
  if (knownAs === undefined || types.length === 0) return [];
  const found = await deciding.store.findCustomerOfAccount(knownAs, account);
  const unknown = invalidField(`${role}_id`, { key: 'rule.known_customer' });
  if (found === undefined) throw unknown;
  const customerId = found.customer.id;
  const type = await chooseType(deciding, customerId, types, { details });
  if (type === undefined) throw unknown;
  return [{ role, customerId, knownAs, type }];
}

/** @throws Needed naming the deprecated per-transaction fields that are missing */
function fieldsOf({ asset, fields }: TransactionRequest): Readonly<Record<string, string>> | undefined {
  const asked = Object.entries(asset.fields);
  const missing = asked.filter(([name, { optional }]) => optional !== true && !Object.hasOwn(fields, name));
  if (missing.length > 0)
    throw new Needed({ error: 'transaction_info_needed', fields: { transaction: Object.fromEntries(missing) } });
  for (const [name, { choices }] of asked) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (choices !== undefined && value !== undefined && !choices.includes(value))
      throw invalidField(name, { key: 'rule.choices', params: { choices: choices.join(', ') } });
  }
  // What nobody asked for is not kept.
  const kept = asked.flatMap(([name]) => (Object.hasOwn(fields, name) ? [[name, fields[name] ?? ''] as const] : []));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Whoever is rejected is told so first, and asked for nothing. @throws Needed */
function admit({ settings, deciding: { program } }: Sep31Parts, parties: readonly PaymentParty[]): void {
  const modeOf = (type: string): MissingMode => settings.missingKyc ?? program.types.get(type)?.whenMissing ?? 'refuse';
  if (parties.some(({ clearance }) => clearance === 'rejected')) return;
  const refused = parties.find(({ clearance, type }) => clearance === 'asks' && modeOf(type) === 'refuse');
  if (refused !== undefined) throw new Needed({ error: 'customer_info_needed', type: refused.type });
}
