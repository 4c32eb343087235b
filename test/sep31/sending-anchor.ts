import assert from 'node:assert/strict';
import { Keypair, TransactionBuilder } from '@stellar/stellar-sdk';
import { parse } from 'smol-toml';

// A sending anchor, written from SEP-1, SEP-10, SEP-12 and SEP-31 and from nothing of this project.

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes and would fail on a wrong one
  readonly body: any;
}

/** A business that has signed in at a receiving anchor, over HTTP. */
export class SendingAnchor {
  readonly keypair: Keypair;
  #token = '';
  #kyc = '';
  #payments = '';
  /** SIGNING_KEY of the receiving anchor. */
  signingKey = '';

  constructor(keypair: Keypair = Keypair.random()) {
    this.keypair = keypair;
  }

  get account(): string {
    return this.keypair.publicKey();
  }

  /** Reads stellar.toml, takes a challenge, signs it, and keeps the token. */
  async signIn(baseUrl: string): Promise<void> {
    const toml = parse(await (await fetch(`${baseUrl}/.well-known/stellar.toml`)).text());
    const text = (name: string): string => String(toml[name] ?? assert.fail(`stellar.toml has no ${name}`));
    const local = (url: string): string => url.replace(/^https?:\/\/[^/]+/, baseUrl);
    this.#kyc = local(text('KYC_SERVER'));
    this.#payments = local(text('DIRECT_PAYMENT_SERVER'));
    this.signingKey = text('SIGNING_KEY');
    const auth = local(text('WEB_AUTH_ENDPOINT'));
    const challenge = (await (await fetch(`${auth}?account=${this.account}`)).json()) as Record<string, string>;
    const passphrase = challenge['network_passphrase'] ?? '';
    const transaction = TransactionBuilder.fromXDR(challenge['transaction'] ?? '', passphrase);
    transaction.sign(this.keypair);
    const signed = JSON.stringify({ transaction: transaction.toXDR() });
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(auth, { method: 'POST', headers, body: signed });
    this.#token = ((await reply.json()) as { token: string }).token;
    assert.ok(this.#token);
  }

  info(lang = 'en'): Promise<Answer> {
    return this.#send('GET', `${this.#payments}/info?lang=${lang}`);
  }

  /** A client of this anchor's, by a memo of its own. */
  putCustomer(memo: string, body: object): Promise<Answer> {
    return this.#send('PUT', `${this.#kyc}/customer`, { memo, memo_type: 'id', ...body });
  }

  updateCustomer(id: string, body: object): Promise<Answer> {
    return this.#send('PUT', `${this.#kyc}/customer`, { id, ...body });
  }

  /** With files: as a form. */
  async putForm(memo: string, values: Readonly<Record<string, string | Blob>>): Promise<Answer> {
    const body = new FormData();
    for (const [name, value] of Object.entries({ memo, memo_type: 'id', ...values })) body.set(name, value);
    const headers = { authorization: `Bearer ${this.#token}` };
    const reply = await fetch(`${this.#kyc}/customer`, { method: 'PUT', headers, body });
    return { status: reply.status, body: await reply.json() };
  }

  putCustomerCallback(id: string, type: string, url: string): Promise<Answer> {
    return this.#send('PUT', `${this.#kyc}/customer/callback`, { id, type, url });
  }

  getCustomer(query: Record<string, string>): Promise<Answer> {
    return this.#send('GET', `${this.#kyc}/customer?${new URLSearchParams(query)}`);
  }

  deleteCustomer(memo: string): Promise<Answer> {
    return this.#send('DELETE', `${this.#kyc}/customer/${this.account}`, { memo, memo_type: 'id' });
  }

  postTransaction(body: object): Promise<Answer> {
    return this.#send('POST', `${this.#payments}/transactions`, body);
  }

  getTransaction(id: string): Promise<Answer> {
    return this.#send('GET', `${this.#payments}/transactions/${id}`);
  }

  patchTransaction(id: string, fields: object): Promise<Answer> {
    return this.#send('PATCH', `${this.#payments}/transactions/${id}`, { id, fields: { transaction: fields } });
  }

  putCallback(id: string, url: string): Promise<Answer> {
    return this.#send('PUT', `${this.#payments}/transactions/${id}/callback`, { url });
  }

  /** Polls until the transaction is that far. */
  async until(id: string, status: string): Promise<Answer> {
    let last = '';
    for (let n = 0; n < 600; n++) {
      const answer = await this.getTransaction(id);
      last = answer.body.transaction?.status;
      if (last === status) return answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return assert.fail(`never ${status}, but ${last}`);
  }

  async #send(method: string, url: string, body?: object): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const reply = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await reply.text();
    return { status: reply.status, body: text === '' ? undefined : JSON.parse(text) };
  }
}
