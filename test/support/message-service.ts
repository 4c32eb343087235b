import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a {@link MessageService} was asked to send. */
export interface AskedMessage {
  readonly form: Readonly<Record<string, string>>;
  readonly path: string;
  readonly authorization: string | undefined;
}

/**
 * A stand-in for Twilio's Messages API, answering as its documentation says: 201 with the message, or `{ code, message, more_info, status }`.
 * @see https://www.twilio.com/docs/messaging/api/message-resource
 */
export interface MessageService extends AsyncDisposable {
  readonly url: string;
  readonly asked: AskedMessage[];
  /** The answer to the messages to a number; 201 to others. 21211 quotes the number, as Twilio does. */
  readonly refusals: Map<string, { readonly status: number; readonly code: number }>;
}

const account = 'AC00000000000000000000000000000000';

/** Credentials that the stand-in takes, and settings to reach it. */
export const messageAccount = { accountSid: account, authToken: 'token', from: '+14155550199' } as const;

export async function startMessageService(): Promise<MessageService> {
  const asked: AskedMessage[] = [];
  const refusals: MessageService['refusals'] = new Map();
  const expected = `Basic ${Buffer.from(`${account}:${messageAccount.authToken}`).toString('base64')}`;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const form = Object.fromEntries(new URLSearchParams(body));
      const { authorization } = request.headers;
      asked.push({ form, path: `${request.method} ${request.url}`, authorization });
      const refusal = authorization === expected ? refusals.get(form['To'] ?? '') : { status: 401, code: 20003 };
      const answer = refusal
        ? {
            ...refusal,
            message: `The 'To' number ${form['To']} is not valid`,
            more_info: 'https://www.twilio.com/docs/errors',
          }
        : { sid: 'SM0', status: 'queued', to: form['To'], body: form['Body'] };
      response.writeHead(refusal?.status ?? 201, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, asked, refusals, [Symbol.asyncDispose]: stop };
}
