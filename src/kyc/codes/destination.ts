import { type NumberType, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { TypeField } from '../program.ts';

/** How codes are sent. */
export const codeChannels = ['email', 'sms'] as const;

/** @see codeChannels */
export type CodeChannel = (typeof codeChannels)[number];

/** Where a code is sent. */
export interface Destination {
  readonly channel: CodeChannel;
  /** An e-mail address, or a phone number in E.164. */
  readonly to: string;
  /** Of a phone number: ISO 3166-1 alpha-2, undefined for a number of no country. */
  readonly country?: string | undefined;
}

/** Numbers that cost whoever writes to them, or that nobody reads. */
const refusedTypes: ReadonlySet<NumberType> = new Set([
  'PREMIUM_RATE',
  'SHARED_COST',
  'TOLL_FREE',
  'UAN',
  'PAGER',
  'VOICEMAIL',
]);

/** How a code reaches whoever gave a value for the field; undefined for a field that holds no address. */
export function channelOf({ format }: Pick<TypeField, 'format'>): CodeChannel | undefined {
  if (format.format === 'email') return 'email';
  return format.format === 'phone' || format.format === 'mobile_phone' ? 'sms' : undefined;
}

/**
 * Where the value says the code is to go; undefined when it is no address or number that can be written to: a phone number may be held
 * as a hash (SEP-9's mobile_number_format).
 */
export function readDestination(channel: CodeChannel, value: string): Destination | undefined {
  if (channel === 'email') return { channel, to: value };
  const number = parsePhoneNumberFromString(value);
  if (number === undefined || !number.isValid() || refusedTypes.has(number.getType())) return undefined;
  return { channel, to: number.number, country: number.country };
}
