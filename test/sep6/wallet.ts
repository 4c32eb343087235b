import assert from 'node:assert/strict';
import { Account, Keypair, MuxedAccount, TransactionBuilder } from '@stellar/stellar-sdk';
import { parse } from 'smol-toml';

// A wallet, written from SEP-1, SEP-10, SEP-12 and SEP-6 and from nothing of this project.

export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes and would fail on a wrong one
  readonly body: any;
}

/** Which user of a shared account signs in: by memo, or as a muxed account. */
export interface User {
  readonly memo?: string;
  readonly muxedId?: string;
}

/** Somebody who has signed in at an anchor, over HTTP. */
export class TransferWallet {
  readonly keypair: Keypair;
  readonly user: User;
  #token = '';
  #kyc = '';
  #transfers = '';

  constructor(keypair: Keypair = Keypair.random(), user: User = {}) {
    this.keypair = keypair;
    this.user = user;
  }

  get account(): string {
    return this.keypair.publicKey();
  }

  /** As it is named when it signs in. */
  get address(): string {
    const { muxedId } = this.user;
    return muxedId === undefined ? this.account : new MuxedAccount(new Account(this.account, '0'), muxedId).accountId();
  }

  /** Reads stellar.toml, takes a challenge, signs it, and keeps the token. */
  async signIn(baseUrl: string): Promise<this> {
    const toml = parse(await (await fetch(`${baseUrl}/.well-known/stellar.toml`)).text());
    const text = (name: string): string => String(toml[name] ?? assert.fail(`stellar.toml has no ${name}`));
    this.#kyc = text('KYC_SERVER');
    this.#transfers = text('TRANSFER_SERVER');
    assert.equal(toml['TRANSFER_SERVER_SEP0024'], undefined);
    const auth = text('WEB_AUTH_ENDPOINT');
    const { memo } = this.user;
    const query = new URLSearchParams({ account: this.address, ...(memo !== undefined && { memo }) });
    const challenge = (await (await fetch(`${auth}?${query}`)).json()) as Record<string, string>;
    const passphrase = challenge['network_passphrase'] ?? '';
    const transaction = TransactionBuilder.fromXDR(challenge['transaction'] ?? '', passphrase);
    transaction.sign(this.keypair);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ transaction: transaction.toXDR() });
    const reply = await fetch(auth, { method: 'POST', headers, body });
    this.#token = ((await reply.json()) as { token: string }).token;
    assert.ok(this.#token);
    return this;
  }

  /** GET below TRANSFER_SERVER. */
  get(path: string, query: Record<string, string> | URLSearchParams = {}): Promise<Answer> {
    return this.#send('GET', `${this.#transfers}/${path}?${new URLSearchParams(query)}`);
  }

  /** What GET /transaction says of it. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  async transaction(id: string, lang?: string): Promise<any> {
    const { status, body } = await this.get('transaction', { id, ...(lang !== undefined && { lang }) });
    assert.equal(status, 200);
    return body.transaction;
  }

  patch(id: string, transaction: object): Promise<Answer> {
    return this.#send('PATCH', `${this.#transfers}/transactions/${id}`, { transaction });
  }

  putCustomer(body: object): Promise<Answer> {
    return this.#send('PUT', `${this.#kyc}/customer`, body);
  }

  getCustomer(query: Record<string, string>): Promise<Answer> {
    return this.#send('GET', `${this.#kyc}/customer?${new URLSearchParams(query)}`);
  }

  async #send(method: string, url: string, body?: object): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const reply = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await reply.text();
    return { status: reply.status, text, body: text === '' ? undefined : JSON.parse(text) };
  }
}
