import type { GuardedFetch } from '../lib/guarded-fetch.ts';
import type { Signer } from '../stellar/ed25519.ts';
import { callbackField, callbackName } from '../store/callback-store.ts';
import type { ClaimedDelivery } from '../store/outbox-store.ts';
import type { KeyRing } from '../vault/key-ring.ts';
import { paymentOwner } from '../vault/rotate-keys.ts';
import { openVault } from '../vault/vault.ts';
import { signCallback } from './callback-signature.ts';
import type { OperatorEndpoint } from './operator-endpoint.ts';

/** The GET body of a customer for a type, at the moment of asking. */
export interface RenderedCustomer {
  /** The exact bytes. */
  readonly body: Buffer;
  /** The SEP's word. */
  readonly status: string;
}

/** Renders a customer for a type as GET does to a wallet that knows it by that id; undefined when there is none (any more). */
export type RenderCustomer = (
  customerId: string,
  type: string,
  knownAs: string,
) => Promise<RenderedCustomer | undefined>;

/** Renders a payment as GET does; undefined when there is none. */
export type RenderPayment = (paymentId: string) => Promise<Buffer | undefined>;

/** What making a post takes. */
export interface OutgoingParts {
  readonly keyRing: KeyRing;
  readonly signer: Signer;
  readonly renderCustomer: RenderCustomer;
  /** Left out where there are no payments. */
  readonly renderPayment?: RenderPayment | undefined;
  readonly endpoints: ReadonlyMap<string, OperatorEndpoint>;
  /** To wallets. */
  readonly walletFetch: GuardedFetch;
  /** To operators' endpoints, by whether they may be inside the own network. */
  readonly operatorFetch: { readonly public: GuardedFetch; readonly private: GuardedFetch };
}

/** A post that is ready but for its signature. */
export interface Outgoing {
  readonly url: string;
  readonly body: Buffer;
  readonly fetch: GuardedFetch;
  /** Whether nothing more is told after it. (ruling 26) */
  readonly isFinal: boolean;
  /** The headers as of now. */
  headers(now: Date): Readonly<Record<string, string>>;
}

const common = { 'Content-Type': 'application/json; charset=utf-8', 'User-Agent': 'anchor-kyc' } as const;

/**
 * What is to be posted where; undefined when nobody is to be told any more.
 * @throws SealBroken, or whatever rendering throws
 */
export async function outgoing(delivery: ClaimedDelivery, parts: OutgoingParts): Promise<Outgoing | undefined> {
  const { message } = delivery;
  switch (message.kind) {
    case 'callback':
      return callback(delivery.type, message, parts);
    case 'payment':
      return payment(message, parts);
    case 'event':
      return event(delivery.target, message, parts);
  }
}

type Callback = Extract<ClaimedDelivery['message'], { kind: 'callback' }>;
type PaymentPost = Extract<ClaimedDelivery['message'], { kind: 'payment' }>;
type Event = Extract<ClaimedDelivery['message'], { kind: 'event' }>;

async function callback(type: string, message: Callback, parts: OutgoingParts): Promise<Outgoing | undefined> {
  const { customerId, callbackId, wrappedKey, callback } = message;
  if (callback === undefined) return undefined;
  const vault = await openVault(parts.keyRing, customerId, wrappedKey);
  const url = vault.open(callbackName(customerId, callbackId), callback.sealedUrl);
  const rendered = await parts.renderCustomer(customerId, type, callback.knownAs);
  if (rendered === undefined) return undefined;
  const { body, status } = rendered;
  return { ...signed(url, body, parts), isFinal: status === 'ACCEPTED' || status === 'REJECTED' };
}

/** @see SEP-31 § Callback POST */
async function payment({ paymentId, callback }: PaymentPost, parts: OutgoingParts): Promise<Outgoing | undefined> {
  if (callback === undefined) return undefined;
  const vault = await openVault(parts.keyRing, paymentOwner(paymentId), callback.wrappedKey);
  const url = vault.open(callbackField, callback.sealedUrl);
  const body = await parts.renderPayment?.(paymentId);
  return body && { ...signed(url, body, parts), isFinal: false };
}

function signed(url: string, body: Buffer, { walletFetch, signer }: OutgoingParts): Omit<Outgoing, 'isFinal'> {
  const { host } = new URL(url);
  return {
    url,
    body,
    fetch: walletFetch,
    headers: (now) => ({
      ...common,
      'Content-Length': String(body.length),
      ...signCallback(signer, host, body, Math.floor(now.getTime() / 1000)),
    }),
  };
}

/** @see https://www.standardwebhooks.com */
async function event(target: string, { eventId, payload }: Event, parts: OutgoingParts): Promise<Outgoing | undefined> {
  const endpoint = parts.endpoints.get(target);
  if (endpoint === undefined) return undefined;
  const body = Buffer.from(payload, 'utf8');
  return {
    url: endpoint.url,
    body,
    fetch: endpoint.allowPrivate ? parts.operatorFetch.private : parts.operatorFetch.public,
    isFinal: false,
    headers: (now) => ({
      ...common,
      'Content-Length': String(body.length),
      'webhook-id': eventId,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': endpoint.sign(eventId, now, payload),
    }),
  };
}
