import type { SendCap } from '../../store/code-store.ts';
import type { Identity } from '../../store/identity.ts';
import type { Destination } from './destination.ts';

/** How often codes may be sent. */
export interface CodeLimits {
  /** To one address or number in 24 hours. */
  readonly perValueDaily: number;
  /** To all addresses and numbers of one account, or of one user of a shared account, in 24 hours. */
  readonly perAccountDaily: number;
  /** SMS to everybody in one hour; undefined for any number. */
  readonly smsHourly?: number | undefined;
}

/** What holds unless the options say otherwise. */
export const defaultCodeLimits: CodeLimits = { perValueDaily: 10, perAccountDaily: 20 };

/** A keyed hash that is equal for equal texts and tells nothing of them. */
export type KeyedDigest = (value: string) => Uint8Array;

const secondMs = 1000;
const hourMs = 3600 * secondMs;
const betweenMs = 30 * secondMs;
const burst = { max: 5, withinMs: 600 * secondMs };

/**
 * Every limit that one send must keep. Choice: what is full for minutes is waited for; a day's limit is not, as a code that comes
 * a day late is of use to nobody.
 */
export function capsOf(
  limits: CodeLimits,
  digest: KeyedDigest,
  { channel, to }: Destination,
  identities: readonly Identity[],
): readonly SendCap[] {
  const value = digest(`code to ${mailboxOf(to)}`);
  const caps: SendCap[] = [
    { bucket: value, max: 1, withinMs: betweenMs, whenFull: 'wait' },
    { bucket: value, ...burst, whenFull: 'wait' },
    { bucket: value, max: limits.perValueDaily, withinMs: 24 * hourMs, whenFull: 'give-up' },
  ];
  for (const { account, memo } of identities) {
    const bucket = digest(`code of ${JSON.stringify([account, memo?.type, memo?.value])}`);
    caps.push({ bucket, ...burst, whenFull: 'wait' });
    caps.push({ bucket, max: limits.perAccountDaily, withinMs: 24 * hourMs, whenFull: 'give-up' });
  }
  if (channel === 'sms' && limits.smsHourly !== undefined)
    caps.push({ bucket: digest('code by sms'), max: limits.smsHourly, withinMs: hourMs, whenFull: 'wait' });
  return caps;
}

/** Where mail to the address ends up: capitals and a `+tag` make many addresses of one mailbox. */
function mailboxOf(to: string): string {
  return to.toLowerCase().replace(/^([^+@]+)\+[^@]*@/, '$1@');
}
