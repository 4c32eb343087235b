import { createHash } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { type OperatorEventName, operatorEventNames, type Subscription } from '../store/outbox-store.ts';

/** Where an operator wants to be told of events, as the settings say it. */
export interface OperatorWebhook {
  /** An https URL; with `allowPrivate` also http, any port, and an address inside the own network. */
  readonly url: string;
  /** `whsec_` and the base64 of 24 to 64 bytes. @see https://www.standardwebhooks.com */
  readonly secret: string;
  /** Default: all. */
  readonly events?: readonly OperatorEventName[];
  readonly allowPrivate?: boolean;
}

/** An operator's endpoint, ready to be posted to. */
export interface OperatorEndpoint extends Subscription {
  readonly url: string;
  readonly allowPrivate: boolean;
  /** The value of `webhook-signature`. */
  sign(messageId: string, at: Date, payload: string): string;
}

/**
 * Reads the setting, typed or parsed from JSON.
 * @returns what is wrong with it, as a text that holds neither URL nor secret, or the endpoints
 */
export function operatorEndpoints(given: unknown): readonly OperatorEndpoint[] | string {
  if (!Array.isArray(given)) return 'a list of { url, secret, events }';
  const endpoints: OperatorEndpoint[] = [];
  for (const [index, entry] of given.entries()) {
    const endpoint = endpointOf(entry);
    if (typeof endpoint === 'string') return `${endpoint} in entry ${index + 1}`;
    endpoints.push(endpoint);
  }
  return new Set(endpoints.map(({ id }) => id)).size === endpoints.length ? endpoints : 'every URL once';
}

function endpointOf(entry: unknown): OperatorEndpoint | string {
  if (typeof entry !== 'object' || entry === null) return '{ url, secret, events }';
  const { url, secret, events = operatorEventNames, allowPrivate = false } = entry as Record<string, unknown>;
  if (typeof allowPrivate !== 'boolean') return 'allowPrivate to be true or false';
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  if (parsed === null || !isPostable(parsed, allowPrivate))
    return "a url that is https on port 443 without credentials ('allowPrivate': http and other ports too)";
  const key = keyOf(secret);
  if (key === undefined) return "a secret of 'whsec_' and the base64 of 24 to 64 bytes";
  const names = operatorEventNames.filter((name) => Array.isArray(events) && events.includes(name));
  if (!Array.isArray(events) || names.length !== events.length || names.length === 0)
    return `events of ${operatorEventNames.join(', ')}`;
  const webhook = new Webhook(key);
  return {
    id: createHash('sha256').update(parsed.href).digest('hex').slice(0, 16),
    events: new Set(names),
    url: parsed.href,
    allowPrivate,
    sign: (messageId, at, payload) => webhook.sign(messageId, at, payload),
  };
}

function isPostable(url: URL, allowPrivate: boolean): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (allowPrivate) return /^https?:$/.test(url.protocol);
  return url.protocol === 'https:' && url.port === '';
}

/** The base64 of the key. */
function keyOf(secret: unknown): string | undefined {
  const [, key] = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/.exec(typeof secret === 'string' ? secret : '') ?? [];
  const keyBytes = Buffer.from(key ?? '', 'base64').length;
  return keyBytes >= 24 && keyBytes <= 64 ? key : undefined;
}
