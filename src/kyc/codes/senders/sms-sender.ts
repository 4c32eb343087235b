import { translate } from '../../../messages/translate.ts';
import { type CodeMessage, CodeNotSent, type CodeSender } from './code-sender.ts';

/** How SMS are sent: by Twilio, or by a service that speaks its Messages API. */
export interface SmsSettings {
  /** Where the API is, without a slash at the end. */
  readonly url: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** The number or name it comes from, or the messaging service (`MG…`) that chooses one. */
  readonly from: string;
}

/** Answers that are about us or about the moment, not about the number: credentials, time-out, too early, too many. */
const passing: ReadonlySet<number> = new Set([401, 408, 425, 429]);

/** Sends codes by SMS. @see https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource */
export class SmsSender implements CodeSender {
  readonly channel = 'sms';
  readonly #settings: SmsSettings;

  constructor(settings: SmsSettings) {
    this.#settings = settings;
  }

  async send({ to, appName, code, minutes, lang }: CodeMessage, signal: AbortSignal): Promise<void> {
    const { url, accountSid, authToken, from } = this.#settings;
    const body = translate({ key: 'message.code_sms', params: { appName, code, minutes } }, lang);
    const sender = /^MG[0-9a-f]{32}$/i.test(from) ? { MessagingServiceSid: from } : { From: from };
    const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
    const request = {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}`, accept: 'application/json' },
      body: new URLSearchParams({ To: to, ...sender, Body: body }),
      redirect: 'error',
      signal,
    } as const;
    const path = `${url}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;
    const response = await fetch(path, request).catch((error: unknown) => {
      throw new CodeNotSent('sms_unreachable', false, { cause: error });
    });
    if (!response.ok) throw await refusalOf(response);
    await response.body?.cancel();
  }
}

/** Only the error's number is kept: its text quotes the number that was written to. */
async function refusalOf(response: Response): Promise<CodeNotSent> {
  const { status } = response;
  const told: unknown = await response.json().catch(() => undefined);
  const code = typeof told === 'object' && told !== null && 'code' in told ? told.code : undefined;
  const fault = Number.isSafeInteger(code) ? `sms_${status}_${String(code)}` : `sms_${status}`;
  return new CodeNotSent(fault, status >= 400 && status < 500 && !passing.has(status));
}
