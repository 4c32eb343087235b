import { Keypair, TransactionBuilder } from '@stellar/stellar-sdk';
import { parse } from 'smol-toml';
import { jpegBytes } from '../support/test-anchor.ts';

/** How a wallet reaches an app: over the network, or straight into a web-standard handler. */
export type Send = (request: Request) => Promise<Response>;

/** What came back, with the body as far as it is JSON. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes and would fail on a wrong one
  readonly body: any;
}

/** A wallet that knows no more of an anchor than its domain, as a stranger would. */
export class Wallet {
  readonly keys: Keypair = Keypair.random();
  readonly #send: Send;
  #kycServer = '';
  #token = '';

  constructor(send: Send) {
    this.#send = send;
  }

  get account(): string {
    return this.keys.publicKey();
  }

  /** Reads stellar.toml at the root of the app and signs in where it says. */
  async signIn(app: string, memo?: string): Promise<this> {
    const toml = parse(await (await this.#send(new Request(`${app}/.well-known/stellar.toml`))).text());
    this.#kycServer = String(toml['KYC_SERVER']);
    const endpoint = String(toml['WEB_AUTH_ENDPOINT']);
    const query = new URLSearchParams({ account: this.account, ...(memo && { memo }) });
    const challenge = await this.#json(new Request(`${endpoint}?${query}`));
    const transaction = TransactionBuilder.fromXDR(challenge.body.transaction, challenge.body.network_passphrase);
    transaction.sign(this.keys);
    const token = await this.#json(post(endpoint, { transaction: transaction.toXDR() }));
    this.#token = token.body.token;
    return this;
  }

  get(params: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#call('GET', `/customer?${new URLSearchParams(params)}`);
  }

  put(values: Readonly<Record<string, unknown>>, path: string = '/customer'): Promise<Answer> {
    return this.#call('PUT', path, {
      body: JSON.stringify(values),
      headers: { 'Content-Type': 'application/json' },
    });
  }

  /** Multipart, with a photo of an identity document of three megabytes. */
  putPhoto(values: Readonly<Record<string, string>> = {}, field: string = 'photo_id_front'): Promise<Answer> {
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    body.set(field, new Blob([jpegBytes(new Uint8Array(3_000_000))], { type: 'image/jpeg' }), 'id.jpg');
    return this.#call('PUT', '/customer', { body });
  }

  delete(account: string = this.account): Promise<Answer> {
    return this.#call('DELETE', `/customer/${account}`);
  }

  #call(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    headers.set('Authorization', `Bearer ${this.#token}`);
    return this.#json(new Request(`${this.#kycServer}${path}`, { ...init, method, headers }));
  }

  async #json(request: Request): Promise<Answer> {
    return readAnswer(await this.#send(request));
  }
}

/** A POST of JSON. */
export function post(url: string, body: object): Request {
  return new Request(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
  });
}

/** Status and parsed body. */
export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}
