import { KycError } from '../errors.ts';
import { decodeStrkey } from '../stellar/strkey.ts';

/** A key that may sign for an account, and how much its signature weighs (0 to 255). */
export interface AccountSigner {
  /** The Ed25519 key as `G…`. */
  readonly key: string;
  readonly weight: number;
}

/** Who speaks for an account that exists. */
export interface AccountAuthority {
  readonly signers: readonly AccountSigner[];
  /** The weight at which signers may move funds. @see SEP-10 § Verifying Authority to Move Funds */
  readonly mediumThreshold: number;
}

/** Knows the signers of accounts on the network. */
export interface AccountSigners {
  /**
   * Who speaks for a `G…` account; undefined when the network has no such account.
   * @throws KycError `unavailable` whenever that cannot be told for certain
   */
  find(account: string): Promise<AccountAuthority | undefined>;
}

/** The network for servers that run without Horizon: no account exists, so that only master keys can sign in. */
export const noAccounts: AccountSigners = { find: () => Promise.resolve(undefined) };

const timeoutMs = 5_000;
const maxBodyBytes = 4_000_000;
const retryAfterSeconds = 5;

/**
 * Asks a Horizon server. Horizon away, slow or talking nonsense is `unavailable`, never an answer: taking it for "no such
 * account" would hand a token to a master key that may have lost its rights.
 */
export class HorizonSigners implements AccountSigners {
  readonly #horizonUrl: string;
  readonly #fetch: typeof fetch;
  readonly #timeoutMs: number;

  /** `fetchLike` is the `fetch` to use; an answer must be complete within `limitMs`. */
  constructor(horizonUrl: string, fetchLike: typeof fetch, limitMs: number = timeoutMs) {
    this.#horizonUrl = horizonUrl.replace(/\/+$/, '');
    this.#fetch = fetchLike;
    this.#timeoutMs = limitMs;
  }

  async find(account: string): Promise<AccountAuthority | undefined> {
    const { status, body } = await this.#get(`${this.#horizonUrl}/accounts/${account}`);
    if (status === 404 && isHorizonNotFound(body)) return undefined;
    const authority = status === 200 ? readAuthority(account, body) : undefined;
    if (authority === undefined) throw unavailable();
    return authority;
  }

  async #get(url: string): Promise<{ status: number; body: unknown }> {
    try {
      const response = await this.#fetch(url, {
        redirect: 'error',
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      return { status: response.status, body: JSON.parse(await readBounded(response)) };
    } catch (cause) {
      throw unavailable(cause);
    }
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new RangeError('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/**
 * Choice: only Horizon's own problem document means "no such account". The 404 of a gateway or of a mistyped HORIZON_URI
 * must not make every account look new.
 */
function isHorizonNotFound(body: unknown): boolean {
  return isRecord(body) && typeof body['type'] === 'string' && body['type'].endsWith('/not_found');
}

function readAuthority(account: string, body: unknown): AccountAuthority | undefined {
  if (!isRecord(body) || body['account_id'] !== account) return undefined;
  const { signers, thresholds } = body;
  if (!Array.isArray(signers) || !isRecord(thresholds) || !isWeight(thresholds['med_threshold'])) return undefined;
  const read = signers.filter((signer) => !isOtherKind(signer)).map(readSigner);
  const known = read.filter((signer) => signer !== undefined);
  return known.length === read.length ? { signers: known, mediumThreshold: thresholds['med_threshold'] } : undefined;
}

/** Hash preimages, pre-authorised transactions and signed payloads sign for accounts too, but not challenges. */
function isOtherKind(signer: unknown): boolean {
  return isRecord(signer) && typeof signer['type'] === 'string' && signer['type'] !== 'ed25519_public_key';
}

function readSigner(signer: unknown): AccountSigner | undefined {
  if (!isRecord(signer)) return undefined;
  const { key, weight } = signer;
  if (typeof key !== 'string' || decodeStrkey('account', key) === undefined || !isWeight(weight)) return undefined;
  return { key, weight };
}

function isWeight(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function unavailable(cause?: unknown): KycError {
  return new KycError('unavailable', { key: 'error.signers_away' }, { retryAfterSeconds, cause });
}
