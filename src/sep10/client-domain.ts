import { parse } from 'smol-toml';
import { invalidField, KycError } from '../errors.ts';
import { type GuardedFetch, GuardedFetchError } from '../lib/guarded-fetch.ts';
import { decodeStrkey } from '../stellar/strkey.ts';

/** Which wallets may, and must, say whose they are. The settings' names are those of Polaris. */
export interface ClientDomainPolicy {
  /** SEP10_CLIENT_ATTRIBUTION_REQUIRED: no challenge without a client domain that is allowed. */
  readonly required: boolean;
  /** SEP10_CLIENT_ATTRIBUTION_ALLOWLIST: if given, other domains are ignored, or refused where one is required. */
  readonly allowlist?: readonly string[];
  /** SEP10_CLIENT_ATTRIBUTION_DENYLIST: these are refused. */
  readonly denylist: readonly string[];
}

/** How client domains are judged and looked up. */
export interface ClientDomainSettings {
  readonly policy: ClientDomainPolicy;
  readonly fetch: GuardedFetch;
  /** SEP10_CLIENT_ATTRIBUTION_REQUEST_TIMEOUT, in milliseconds. */
  readonly timeoutMs: number;
  /** For a server on a developer's own machine: `localhost:8000` is a domain, reached by http. */
  readonly allowLoopback: boolean;
}

/** What the policy makes of the domain a client names. */
export type ClientDomainVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'verify'; readonly domain: string };

const maxTomlBytes = 100_000;
const maxDomainBytes = 64;
const domainPattern = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?$/;
const loopbackPattern = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?$/;

/**
 * What to do about the `client_domain` of a request, before anything is fetched.
 * @throws KycError `invalid_field` for what is no domain or for a required one that is missing; `forbidden` by policy
 * @see SEP-10 § Verifying the Client Domain
 */
export function judgeClientDomain(settings: ClientDomainSettings, param: string | undefined): ClientDomainVerdict {
  const { required, allowlist, denylist } = settings.policy;
  if (param === undefined) {
    if (required) throw invalidField('client_domain', { key: 'rule.client_domain_required' });
    return { kind: 'none' };
  }
  const domain = parseDomain(param, settings.allowLoopback);
  if (listed(denylist, domain)) throw notAllowed();
  if (allowlist === undefined || listed(allowlist, domain)) return { kind: 'verify', domain };
  if (required) throw notAllowed();
  return { kind: 'ignored' };
}

/** The refusal of a wallet that may not use this server. @see SEP-10 § Challenge, Error */
export function notAllowed(): KycError {
  return new KycError('forbidden', { key: 'error.application_not_allowed' }, { field: 'client_domain' });
}

/**
 * The SIGNING_KEY (`G…`) that the domain's stellar.toml publishes.
 * @throws KycError `invalid_field` naming `client_domain` when it cannot be had, for whatever reason
 * @see SEP-10 § Verifying the Client Domain
 */
export async function fetchSigningKey(settings: ClientDomainSettings, domain: string): Promise<string> {
  const scheme = loopbackPattern.test(domain) ? 'http' : 'https';
  const url = `${scheme}://${domain}/.well-known/stellar.toml`;
  const { timeoutMs } = settings;
  const response = await settings.fetch(url, { timeoutMs, maxResponseBytes: maxTomlBytes }).catch((error: unknown) => {
    if (error instanceof GuardedFetchError) throw unknownKey(error);
    throw error;
  });
  if (response.status !== 200) throw unknownKey();
  const key = readSigningKey(response.body);
  if (key === undefined) throw unknownKey();
  return key;
}

function parseDomain(param: string, allowLoopback: boolean): string {
  const domain = oneSpelling(param);
  const isDomain = domainPattern.test(domain) || (allowLoopback && loopbackPattern.test(domain));
  if (!isDomain || domain.length > maxDomainBytes) {
    throw invalidField('client_domain', { key: 'rule.client_domain', params: { max: maxDomainBytes } });
  }
  return domain;
}

function listed(list: readonly string[], domain: string): boolean {
  return list.some((entry) => oneSpelling(entry) === domain);
}

/** Choice: in lower case and without the port that https has anyway, so that one domain has one spelling in the lists and in the token. */
function oneSpelling(domain: string): string {
  const small = domain.toLowerCase();
  return loopbackPattern.test(small) ? small : small.replace(/:443$/, '');
}

function readSigningKey(toml: Buffer): string | undefined {
  const key = parseToml(toml)['SIGNING_KEY'];
  return typeof key === 'string' && decodeStrkey('account', key) ? key : undefined;
}

function parseToml(toml: Buffer): Record<string, unknown> {
  try {
    return parse(toml.toString());
  } catch (cause) {
    throw unknownKey(cause);
  }
}

function unknownKey(cause?: unknown): KycError {
  return invalidField('client_domain', { key: 'rule.client_domain_key' }, { cause });
}
