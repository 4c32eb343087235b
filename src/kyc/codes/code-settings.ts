import { getCountries } from 'libphonenumber-js/max';
import isEmail from 'validator/lib/isEmail.js';
import type { Logger } from '../../lib/log.ts';
import { type CodeLimits, defaultCodeLimits } from './code-limits.ts';
import { codeChannels } from './destination.ts';
import type { CodeSender } from './senders/code-sender.ts';
import { LogSender } from './senders/log-sender.ts';
import { SmsSender } from './senders/sms-sender.ts';
import { SmtpSender } from './senders/smtp-sender.ts';

/** The settings of confirmation codes, as they come in. */
export interface CodeOptions {
  /** The server that sends mail: `smtp://user:password@host:port`, or `smtps:` for TLS from the first byte. */
  readonly smtpUrl?: string | undefined;
  /** Who mail is from: an address, or `Name <address>`. */
  readonly mailFrom?: string | undefined;
  /** Where the SMS API is. Default: `https://api.twilio.com`. */
  readonly smsUrl?: string | undefined;
  readonly smsAccountSid?: string | undefined;
  readonly smsAuthToken?: string | undefined;
  /** The number or name SMS come from, or the id of a messaging service (`MG…`). */
  readonly smsFrom?: string | undefined;
  /** Countries (ISO 3166-1 alpha-2) whose numbers get SMS, separated by commas. Default: every one. */
  readonly smsCountries?: string | readonly string[] | undefined;
  /** How many codes one address or number gets in 24 hours. Default: 10. */
  readonly codesPerValue?: number | string | undefined;
  /** How many codes one account, or one user of a shared account, is sent in 24 hours. Default: 20. */
  readonly codesPerAccount?: number | string | undefined;
  /** How many SMS are sent in an hour altogether. Default: any number. */
  readonly smsPerHour?: number | string | undefined;
}

/** The settings of confirmation codes, checked and defaulted. */
export interface CodeSettings {
  /** At most one for each channel. */
  readonly senders: readonly CodeSender[];
  readonly limits: CodeLimits;
  /** Undefined for every country. */
  readonly smsCountries: ReadonlySet<string> | undefined;
}

/** Notes what is wrong with an option: what is expected, and never the value. */
export type NoteFault = (option: keyof CodeOptions, expected: string) => undefined;

/** Builds the senders that the options say; in local mode, what has none is written to the log. */
export function resolveCodeSettings(
  options: CodeOptions,
  where: { readonly localMode: boolean; readonly log: Logger },
  fault: NoteFault,
): CodeSettings {
  const set = [smtpSender(options, fault), smsSender(options, where.localMode, fault)].filter(
    (one) => one !== undefined,
  );
  const missing = codeChannels.filter((channel) => set.every((sender) => sender.channel !== channel));
  const logged = where.localMode ? missing.map((channel) => new LogSender(channel, where)) : [];
  const count = (option: 'codesPerValue' | 'codesPerAccount' | 'smsPerHour'): number | undefined =>
    readCount(options[option], () => fault(option, 'a whole number from 1 to 1000000'));
  const limits = {
    perValueDaily: count('codesPerValue') ?? defaultCodeLimits.perValueDaily,
    perAccountDaily: count('codesPerAccount') ?? defaultCodeLimits.perAccountDaily,
    smsHourly: count('smsPerHour'),
  };
  return { senders: [...set, ...logged], limits, smsCountries: readCountries(options, fault) };
}

function smtpSender({ smtpUrl, mailFrom }: CodeOptions, fault: NoteFault): CodeSender | undefined {
  if (smtpUrl === undefined && mailFrom === undefined) return undefined;
  const server = serverOf(smtpUrl);
  const isFrom = isSenderAddress(mailFrom);
  // What was given and is wrong is told before what is missing beside it.
  if (!isFrom && (mailFrom !== undefined || server)) fault('mailFrom', "an e-mail address, or 'Name <address>'");
  if (!server && (smtpUrl !== undefined || isFrom))
    fault('smtpUrl', 'smtp:// or smtps:// and a host, with user and password if need be');
  return isFrom && server ? new SmtpSender({ url: server, from: mailFrom ?? '' }) : undefined;
}

function serverOf(smtpUrl = ''): string | undefined {
  const url = URL.parse(smtpUrl);
  const isServer = url !== null && ['smtp:', 'smtps:'].includes(url.protocol) && url.hostname !== '';
  return isServer ? url.href : undefined;
}

function isSenderAddress(mailFrom = ''): boolean {
  return isEmail.default(/^[^<>\r\n]*<([^<>]+)>$/.exec(mailFrom)?.[1] ?? mailFrom);
}

function smsSender(options: CodeOptions, localMode: boolean, fault: NoteFault): CodeSender | undefined {
  const names = ['smsAccountSid', 'smsAuthToken', 'smsFrom'] as const;
  const missing = names.filter((name) => (options[name] ?? '') === '');
  if (missing.length === names.length && options.smsUrl === undefined) return undefined;
  const url = URL.parse(options.smsUrl ?? 'https://api.twilio.com');
  const isSafe = url?.protocol === 'https:' || (localMode && url?.protocol === 'http:');
  if (url === null || !isSafe || url.search !== '' || url.username !== '')
    return fault('smsUrl', 'an https URL without credentials or query');
  for (const name of missing) fault(name, 'a text: account, token and sender of SMS go together');
  const { smsAccountSid: accountSid = '', smsAuthToken: authToken = '', smsFrom: from = '' } = options;
  return missing.length > 0
    ? undefined
    : new SmsSender({ url: url.href.replace(/\/+$/, ''), accountSid, authToken, from });
}

function readCountries({ smsCountries }: CodeOptions, fault: NoteFault): ReadonlySet<string> | undefined {
  if (smsCountries === undefined) return undefined;
  const words = typeof smsCountries === 'string' ? smsCountries.split(',') : smsCountries;
  const asked = words.map((word) => word.trim().toUpperCase());
  const known: readonly string[] = getCountries();
  if (asked.every((country) => known.includes(country))) return new Set(asked);
  return fault('smsCountries', 'two-letter country codes, separated by commas');
}

function readCount(value: number | string | undefined, fault: () => undefined): number | undefined {
  if (value === undefined) return undefined;
  const count = typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= 1_000_000 ? count : fault();
}
