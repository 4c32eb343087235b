import { translate } from '../messages/translate.ts';
import type { CustomerStatus } from '../sep12/integration.ts';

/** An answer to send as it is. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a payment that may not be made is answered, by each protocol. */
export interface ProtocolAnswers {
  /** The two 403 answers; anchors of today rather take the transaction as `pending_customer_info_update`. @see SEP-6 § Customer Information Needed */
  readonly sep6: HttpAnswer;
  /** What to put into the transaction, as SEP-24 asks for data in its own pages. @see SEP-24 § Single Historical Transaction */
  readonly sep24: {
    readonly status: 'incomplete' | 'pending_anchor' | 'error';
    readonly kyc_verified: false;
    readonly message: string;
  };
  /** @see SEP-31 § POST Transactions, Customer Info Needed */
  readonly sep31: HttpAnswer;
}

/** What is known of a customer whose money may not move. */
export interface Refused {
  readonly status: CustomerStatus;
  /** Names of what is to be sent. */
  readonly missing: readonly string[];
  readonly type: string;
  readonly lang: string;
  readonly moreInfoUrl: string | undefined;
  /** Seconds until it may be known. */
  readonly eta?: number;
}

/** The answers for a customer whose money may not move. */
export function refusals(about: Refused): ProtocolAnswers {
  return { sep6: sep6Refusal(about), sep24: sep24Refusal(about), sep31: sep31Refusal(about) };
}

/** @see SEP-6 § Customer Information Needed (non-interactive) and § Customer Information Status (ruling 34) */
export function sep6Refusal({ status, missing, lang, moreInfoUrl, eta }: Refused): HttpAnswer {
  if (status === 'NEEDS_INFO')
    return { status: 403, body: { type: 'non_interactive_customer_info_needed', fields: missing } };
  return {
    status: 403,
    body: {
      type: 'customer_info_status',
      status: status === 'REJECTED' ? 'denied' : 'pending',
      ...(moreInfoUrl !== undefined && { more_info_url: withLang(moreInfoUrl, lang) }),
      ...(eta !== undefined && { eta }),
    },
  };
}

function sep24Refusal(about: Refused): ProtocolAnswers['sep24'] {
  const status = {
    NEEDS_INFO: 'incomplete',
    PROCESSING: 'pending_anchor',
    REJECTED: 'error',
    ACCEPTED: 'pending_anchor',
  } as const;
  return { status: status[about.status], kyc_verified: false, message: messageOf(about) };
}

function sep31Refusal(about: Refused): HttpAnswer {
  const { status, type } = about;
  if (status === 'NEEDS_INFO') return { status: 400, body: { error: 'customer_info_needed', type } };
  return { status: 400, body: { error: messageOf(about) } };
}

/** What a person reads. It says no more than that: why somebody is rejected is theirs alone to know (ruling 14). */
function messageOf({ status, lang }: Refused): string {
  if (status === 'REJECTED') return translate({ key: 'error.payment_not_possible' }, lang);
  return translate({ key: status === 'NEEDS_INFO' ? 'reason.more-needed' : 'status.processing' }, lang);
}

/** A URL for a person, in the language of the request. @see SEP-6 § Customer Information Status, more_info_url */
export function withLang(moreInfoUrl: string, lang: string): string {
  const url = URL.parse(moreInfoUrl);
  if (url === null) return moreInfoUrl;
  url.searchParams.set('lang', lang);
  return url.href;
}
