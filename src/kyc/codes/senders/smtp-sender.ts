import type { Transporter } from 'nodemailer';
import { translate } from '../../../messages/translate.ts';
import { type CodeMessage, CodeNotSent, type CodeSender } from './code-sender.ts';

/** How mail is sent. */
export interface SmtpSettings {
  /** `smtp://user:password@host:port`, or `smtps:` for TLS from the first byte; `smtp:` changes to TLS where the server can. */
  readonly url: string;
  /** `Name <address>`. */
  readonly from: string;
}

/** How long each step of a delivery may take; the whole is bounded by the signal. */
const stepTimeoutMs = 10_000;

/** Sends codes by SMTP. The library is loaded when the first one is sent: most anchors' processes are idle most of the time. */
export class SmtpSender implements CodeSender {
  readonly channel = 'email';
  readonly #settings: SmtpSettings;
  #transport: Promise<Transporter> | undefined;

  constructor(settings: SmtpSettings) {
    this.#settings = settings;
  }

  async send(message: CodeMessage, signal: AbortSignal): Promise<void> {
    const { to, appName, minutes, code, lang } = message;
    this.#transport ??= openTransport(this.#settings.url);
    const transport = await this.#transport;
    const mail = {
      from: this.#settings.from,
      // As an object it is one address, whatever characters it has.
      to: { name: '', address: to },
      subject: translate({ key: 'message.code_subject', params: { appName } }, lang),
      text: translate({ key: 'message.code_mail', params: { appName, code, minutes } }, lang),
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
      signal,
    };
    try {
      await transport.sendMail(mail);
    } catch (error) {
      throw toCodeNotSent(error);
    }
  }
}

async function openTransport(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const timeouts = {
    connectionTimeout: stepTimeoutMs,
    greetingTimeout: stepTimeoutMs,
    socketTimeout: stepTimeoutMs,
    dnsTimeout: stepTimeoutMs,
  };
  return createTransport({ url, ...timeouts });
}

/**
 * What the server said of the recipient (5xx to RCPT TO, or to the message) is final; that it cannot be reached, or does not let us in, is not.
 * The error is not kept as the cause: its message quotes the address.
 */
function toCodeNotSent(error: unknown): CodeNotSent {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const isRefusal = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (typeof responseCode === 'number')
    return new CodeNotSent(`smtp_${responseCode}`, isRefusal && responseCode >= 500);
  return new CodeNotSent(typeof code === 'string' ? `smtp_${code.toLowerCase()}` : 'smtp', false);
}
