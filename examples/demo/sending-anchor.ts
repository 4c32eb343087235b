import { Keypair, TransactionBuilder, WebAuth } from '@stellar/stellar-sdk';
import { parse } from 'smol-toml';
import type { Transcript } from './transcript.ts';

/** What the anchor answered. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of several SEPs
  readonly body: any;
}

/** Where the receiving anchor is reached, by its stellar.toml. */
interface Endpoints {
  readonly WEB_AUTH_ENDPOINT: string;
  readonly KYC_SERVER: string;
  readonly DIRECT_PAYMENT_SERVER: string;
  readonly SIGNING_KEY: string;
}

/** A business that pays through the receiving anchor, for clients of its own. It knows the anchor's URL and the SEPs. */
export class SendingAnchor {
  readonly keypair: Keypair = Keypair.random();
  readonly #transcript: Transcript;
  #endpoints: Endpoints | undefined;
  token = '';

  constructor(transcript: Transcript) {
    this.#transcript = transcript;
  }

  get endpoints(): Endpoints {
    if (this.#endpoints === undefined) throw new Error('stellar.toml comes first');
    return this.#endpoints;
  }

  /** @see SEP-1 */
  async discover(url: string): Promise<Endpoints> {
    const path = '/.well-known/stellar.toml';
    this.#transcript.asks('GET', path);
    const response = await fetch(`${url}${path}`);
    this.#endpoints = parse(await response.text()) as unknown as Endpoints;
    return this.#endpoints;
  }

  /** Signs the challenge, once it is seen to be one of this anchor for this account. @see SEP-10 */
  async signIn(homeDomain: string, webAuthDomain: string): Promise<void> {
    const { WEB_AUTH_ENDPOINT: url, SIGNING_KEY } = this.endpoints;
    const { body } = await this.ask('GET', `${url}?account=${this.keypair.publicKey()}`);
    const { transaction, network_passphrase: passphrase } = body;
    WebAuth.readChallengeTx(transaction, SIGNING_KEY, passphrase, homeDomain, webAuthDomain);
    const challenge = TransactionBuilder.fromXDR(transaction, passphrase);
    challenge.sign(this.keypair);
    const signed = await this.ask('POST', url, { transaction: challenge.toXDR() }, { transaction: 'signed' });
    this.token = signed.body.token;
  }

  /** Asks, and writes down what: `shown` in place of the whole body. */
  async ask(method: string, url: string, body?: object, shown: object | undefined = body): Promise<Answer> {
    const { pathname, search } = new URL(url);
    this.#transcript.asks(method, `${pathname}${decodeURIComponent(search)}`, shown);
    const response = await fetch(url, {
      method,
      headers: {
        ...(this.token !== '' && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  }
}
