import type { RawOptions } from './environment.ts';
import type { CodeSender } from './kyc/codes/senders/code-sender.ts';
import { LogSender } from './kyc/codes/senders/log-sender.ts';
import { sendersFaults } from './kyc/codes/senders/senders-faults.ts';
import { SmsSender } from './kyc/codes/senders/sms-sender.ts';
import { SmtpSender } from './kyc/codes/senders/smtp-sender.ts';
import type { Program } from './kyc/program.ts';
import type { Logger } from './lib/log.ts';
import type { OptionReader } from './option-reader.ts';

const twilio = 'https://api.twilio.com';

/**
 * What sends confirmation codes, at most one for each channel: the anchor's own, else what the settings say, else in local mode the log.
 * A field that is to be verified and that nothing can reach is a fault.
 */
export function readSenders(
  reader: OptionReader,
  { codeSenders = [] }: RawOptions,
  about: { readonly localMode: boolean; readonly log: Logger; readonly program: Program | undefined },
): readonly CodeSender[] {
  const { localMode, log, program } = about;
  const set = [readSmtp(reader), readSms(reader, localMode)].filter((sender) => sender !== undefined);
  const last = localMode
    ? (['email', 'sms'] as const).map((channel) => new LogSender(channel, { localMode, log }))
    : [];
  const byChannel = new Map([...last, ...set, ...codeSenders].map((sender) => [sender.channel, sender]));
  const senders = [...byChannel.values()];
  for (const fault of program ? sendersFaults(program, senders) : [])
    reader.fault('program', `a sender for each field that is to be verified: ${fault}`);
  return senders;
}

function readSmtp(reader: OptionReader): CodeSender | undefined {
  const url = reader.text('smtpUrl');
  const from = reader.text('mailFrom');
  if (url === undefined) {
    if (from !== undefined) reader.fault('mailFrom', 'a mail server beside it, which sends from that address');
    return undefined;
  }
  if (!/^smtps?:$/.test(URL.parse(url)?.protocol ?? ''))
    return reader.fault('smtpUrl', 'smtp://user:password@host:port, or smtps: for TLS from the first byte');
  if (from?.includes('@') !== true) return reader.fault('mailFrom', 'the address that mail comes from');
  return new SmtpSender({ url, from });
}

function readSms(reader: OptionReader, localMode: boolean): CodeSender | undefined {
  const url = reader.url('smsUrl', localMode) ?? twilio;
  const [accountSid, authToken, from] = [reader.text('smsAccount'), reader.text('smsToken'), reader.text('smsFrom')];
  if (accountSid !== undefined && authToken !== undefined && from !== undefined)
    return new SmsSender({ url, accountSid, authToken, from });
  const given = (['smsAccount', 'smsToken', 'smsFrom'] as const).filter((option) => reader.text(option) !== undefined);
  for (const option of given) reader.fault(option, 'account, token and sender of SMS, all three or none');
  return undefined;
}
