import { newToken } from '../../lib/ids.ts';
import { describeError, type Logger } from '../../lib/log.ts';
import type { ClaimedCode } from '../../store/code-store.ts';
import type { Store } from '../../store/store.ts';
import { type KeyRing, SealBroken } from '../../vault/key-ring.ts';
import { openVault, type Vault } from '../../vault/vault.ts';
import { readDossier } from '../dossier.ts';
import type { Program } from '../program.ts';
import { codeLifetimeMs, hashCode, newCode } from './code.ts';
import { type CodeLimits, capsOf, type KeyedDigest } from './code-limits.ts';
import { channelOf, type Destination, readDestination } from './destination.ts';
import { CodeNotSent, type CodeSender } from './senders/code-sender.ts';

/** What sending codes needs. */
export interface SendParts {
  readonly store: Pick<Store, 'codes'>;
  readonly keyRing: KeyRing;
  readonly program: Program;
  /** At most one for each channel. */
  readonly senders: readonly CodeSender[];
  readonly limits: CodeLimits;
  /** By it, sends to one address are counted without the address being kept. */
  readonly digest: KeyedDigest;
  /** Countries (ISO 3166-1 alpha-2) whose numbers are written to; undefined for every one. */
  readonly smsCountries: ReadonlySet<string> | undefined;
  /** Who sends, as the customer knows them. */
  readonly appName: string;
  readonly log: Logger;
}

/** How many are sent at the same time. */
const batch = 10;
const sendTimeoutMs = 20_000;
/** Longer than a send can take: a claim that is older is nobody's any more. */
const leaseMs = 60_000;
/** Between the attempts; after the last one it is given up. */
const backOffMs: readonly number[] = [30_000, 120_000, 300_000];
/** Nobody waits for a code longer than this; whoever still wants it asks again. */
const patienceMs = 3_600_000;

/**
 * Sends codes that are due; answers how many were looked at, 0 when none is left. At least once: a code that a dying worker may have sent is replaced
 * by another one, and both count against the limits.
 */
export async function sendDueCodes(parts: SendParts, now: Date): Promise<number> {
  const claims = await parts.store.codes.claimCodes(now, new Date(now.getTime() + leaseMs), batch);
  await Promise.all(claims.map((claim) => attend(parts, claim, now)));
  return claims.length;
}

/** Whatever happens to one code, the others go on; what cannot even be noted is due again when its lease ends. */
async function attend(parts: SendParts, claim: ClaimedCode, now: Date): Promise<void> {
  try {
    await deliver(parts, claim, now).catch((error: unknown) => noteFault(parts, claim, error, now));
  } catch (error) {
    parts.log.error({ ...aboutClaim(claim), ...describeError(error) }, 'a code could not be looked after');
  }
}

async function deliver(parts: SendParts, claim: ClaimedCode, now: Date): Promise<void> {
  const { codes } = parts.store;
  if (!isAwaited(parts.program, claim)) return codes.noteFailed(claim, 'not_awaited');
  if (now.getTime() - claim.askedAt.getTime() > patienceMs) throw new CodeNotSent('too_late', true);
  const vault = await openVault(parts.keyRing, claim.customerId, claim.wrappedKey);
  const destination = destinationOf(parts, claim, vault);
  const sender = parts.senders.find(({ channel }) => channel === destination.channel);
  if (sender === undefined) throw new CodeNotSent(`no_${destination.channel}_sender`, true);
  const code = newCode();
  const id = newToken();
  const kept = { id, hash: hashCode(vault, claim, id, code), expiresAt: new Date(now.getTime() + codeLifetimeMs) };
  const caps = capsOf(parts.limits, parts.digest, destination, claim.identities);
  const outcome = await codes.armCode(claim, kept, caps, now);
  if (outcome === 'capped') throw new CodeNotSent('daily_limit', true);
  if (outcome !== 'armed') return;
  const { customerId, field } = claim;
  const about = { customerId, field, appName: parts.appName, minutes: codeLifetimeMs / 60_000 };
  const message = { ...about, to: destination.to, code, lang: languageOf(claim, vault) };
  await sender.send(message, AbortSignal.timeout(sendTimeoutMs));
  await codes.noteSent(claim);
  parts.log.info({ ...aboutClaim(claim), channel: destination.channel }, 'a confirmation code was sent');
}

/** Whether the value is still the one that is to be confirmed, and is not yet. */
function isAwaited(program: Program, { field, rev, dossier, values }: ClaimedCode): boolean {
  const facts = dossier === undefined ? undefined : readDossier(dossier).fields[field];
  const isAsked = program.fields.get(field)?.some(({ verify }) => verify) ?? false;
  const isHeld = values.some((value) => value.field === field);
  return isAsked && isHeld && facts?.rev === rev && facts.confirmed === undefined;
}

function destinationOf({ program, smsCountries }: SendParts, claim: ClaimedCode, vault: Vault): Destination {
  const asked = program.fields.get(claim.field)?.find(({ verify }) => verify);
  const channel = asked && channelOf(asked);
  const value = openValue(claim, claim.field, vault);
  const destination = channel && value !== undefined ? readDestination(channel, value) : undefined;
  if (destination === undefined) throw new CodeNotSent('no_destination', true);
  const { country } = destination;
  const isServed = destination.channel !== 'sms' || smsCountries === undefined || smsCountries.has(country ?? '');
  if (!isServed) throw new CodeNotSent('country_not_served', true);
  return destination;
}

/** The language that the customer says is theirs. */
function languageOf(claim: ClaimedCode, vault: Vault): string {
  return openValue(claim, 'language_code', vault) ?? 'en';
}

function openValue({ values }: ClaimedCode, field: string, vault: Vault): string | undefined {
  const held = values.find((value) => value.field === field);
  return held && vault.open(field, held.sealed);
}

async function noteFault(parts: SendParts, claim: ClaimedCode, error: unknown, now: Date): Promise<void> {
  const { fault, isFinal } = faultOf(error);
  const waitMs = isFinal ? undefined : backOffMs[claim.attempt];
  const retryAt = waitMs === undefined ? undefined : new Date(now.getTime() + waitMs);
  await parts.store.codes.noteFailed(claim, fault, retryAt);
  const fields = { ...aboutClaim(claim), fault, ...(error instanceof CodeNotSent ? {} : describeError(error)) };
  if (retryAt === undefined) parts.log.warn(fields, 'a confirmation code was given up');
  else parts.log.info(fields, 'a confirmation code was not sent; it will be tried again');
}

function faultOf(error: unknown): { readonly fault: string; readonly isFinal: boolean } {
  if (error instanceof CodeNotSent) return error;
  return error instanceof SealBroken
    ? { fault: 'not_readable', isFinal: true }
    : { fault: 'unexpected', isFinal: false };
}

function aboutClaim({ customerId, field, attempt }: ClaimedCode): { customer: string; field: string; attempt: number } {
  return { customer: customerId, field, attempt: attempt + 1 };
}
