import { describeError, type Logger } from '../lib/log.ts';
import type { MatchedTombstone } from '../store/erasure-store.ts';
import type { FileReference, SealedFile, SealedFiles } from '../store/files/sealed-files.ts';
import type { ClaimedRun } from '../store/standing-store.ts';
import type { Vault } from '../vault/vault.ts';
import { indexEntries } from './blind-index.ts';
import { type AlsoWritten, changeFacts } from './change-facts.ts';
import type { Check, CheckFile, CheckInput, CheckResult, WebhookCall } from './checks/check.ts';
import { inputsOf } from './dossier.ts';
import { sealEvidence } from './evidence.ts';
import { type Finding, withResult } from './facts.ts';
import { type DecidingParts, type OpenCustomer, openCustomer } from './open-customer.ts';
import type { CheckPlan } from './program.ts';
import { removeOrphans } from './remove-orphans.ts';
import { seekTombstones, withTombstones } from './tombstones.ts';

/** What running checks needs. */
export interface RunnerParts extends DecidingParts {
  readonly files: SealedFiles;
  readonly log: Logger;
  /** The checks of the program, set up, by name. */
  readonly checks: ReadonlyMap<string, Check>;
  /** How long a run may take, in milliseconds. Default: 60,000. */
  readonly timeoutMs?: number | undefined;
}

/** How many runs a worker has under way at once. */
const atOnce = 8;
const defaultTimeoutMs = 60_000;
/** A lease outlives the run it is for. */
const leaseMarginMs = 30_000;
const firstRetryMs = 5_000;
const lastRetryMs = 3_600_000;

/** Until another program's run is looked at again. */
const foreignRetryMs = 60_000;

/** Runs the checks that wait. Any number of workers may do so at once. */
export class CheckRunner {
  readonly #parts: RunnerParts;
  readonly #timeoutMs: number;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#timeoutMs = parts.timeoutMs ?? defaultTimeoutMs;
  }

  /** Takes some of the runs that are due and sees them through; answers how many it took. */
  async runDue(): Promise<number> {
    const now = this.#parts.clock.now();
    const leaseUntil = new Date(now.getTime() + this.#timeoutMs + leaseMarginMs);
    const runs = await this.#parts.store.runs.claimRuns(now, leaseUntil, atOnce);
    await Promise.all(runs.map((run) => this.#see(run)));
    return runs.length;
  }

  /** When the next run is due, undefined when none waits. */
  nextAt(): Promise<Date | undefined> {
    return this.#parts.store.runs.nextRunAt();
  }

  /**
   * Hears a provider out: the run that their call is about is due now.
   * @throws KycError when there is no such check or the call is not signed as it must be
   */
  async hear(check: string, call: WebhookCall): Promise<void> {
    const reference = await this.#parts.checks.get(check)?.readWebhook?.(call);
    if (reference !== undefined) await this.#parts.store.runs.wakeRun(check, reference, call.now);
  }

  /** Whether any check of the program is called back by somebody. */
  get hearsAny(): boolean {
    return [...this.#parts.checks.values()].some((check) => check.readWebhook !== undefined);
  }

  /** Whether that check is called back by somebody. */
  hears(check: string): boolean {
    return this.#parts.checks.get(check)?.readWebhook !== undefined;
  }

  /** Whatever goes wrong, the run is taken again later: nothing but a result ends it. */
  async #see(run: ClaimedRun): Promise<void> {
    try {
      await this.#run(run);
    } catch (error) {
      const { check, attempt } = run;
      this.#parts.log.warn({ check, attempt, ...describeError(error) }, 'a check could not be run; it will be again');
      await this.#again(run, Math.min(firstRetryMs * 4 ** (attempt - 1), lastRetryMs));
    }
  }

  async #run(run: ClaimedRun): Promise<void> {
    const { program, store, checks } = this.#parts;
    const plan = program.checks.get(run.check);
    const check = checks.get(run.check);
    const record = await store.findCustomerById(run.customerId);
    if (record === undefined) return;
    const customer = await openCustomer(this.#parts, record);
    if (customer === undefined) return this.#again(run, 0);
    // The program or the values have changed: what is to be run now was written with that change.
    if (plan === undefined || check === undefined || inputsOf(customer.dossier, plan.inputs) !== run.inputs)
      return this.#drop(run, customer);
    const input = await this.#inputOf(customer, plan, run);
    const result = await this.#ask(check, input);
    if (result.outcome === 'pending') return this.#again(run, result.retryAfterMs, result.reference);
    const tombstones = plan.findsOthers ? await this.#tombstonesOf(input) : [];
    await this.#note(plan, run, { result, tombstones }, await this.#store(result, input));
  }

  /** After the check has looked, and so found in one place or the other whoever goes meanwhile. */
  async #tombstonesOf({ values }: CheckInput): Promise<readonly MatchedTombstone[]> {
    const entries = indexEntries(this.#parts.indexKey, (key) => values.get(key));
    return (await seekTombstones(this.#parts, entries)).matched;
  }

  async #note(plan: CheckPlan, run: ClaimedRun, said: Said, stripped: readonly Stripped[]): Promise<void> {
    const { result, tombstones } = said;
    const { check, inputs, round } = run;
    const finished = { check, inputs, round };
    const { outcome } = result;
    const reason = 'reason' in result ? result.reason : undefined;
    let isKept = false;
    const dossier = await changeFacts(this.#parts, run.customerId, {
      cause: () => ({ kind: 'check', who: check }),
      learn: (dossier, now) =>
        withTombstones(withResult(dossier, plan, run, result, now), this.#parts.program, tombstones),
      also: (vault, known) => {
        isKept = inputsOf(known, plan.inputs) === inputs;
        const evidence = result.evidence && sealEvidence(vault, finished, result.evidence);
        return {
          finished: { ...finished, outcome, reason },
          ...(evidence && { evidence: { ...finished, sealed: evidence } }),
          ...(isKept && restated(vault, stripped)),
        };
      },
      onOrphans: (ids) => void removeOrphans(this.#parts, ids),
    });
    if (isKept && dossier !== undefined) for (const { file } of stripped) file.keep();
    for (const { file } of stripped) await file.discard();
  }

  /** Files that take the place of others, sealed on disk, before anything refers to them. */
  async #store(result: Finding, input: CheckInput): Promise<readonly Stripped[]> {
    const files: Stripped[] = [];
    for (const [key, bytes] of result.outcome === 'pass' ? (result.stripped ?? []) : []) {
      const sent = input.files.get(key);
      if (sent !== undefined) files.push({ key, file: await this.#parts.files.store(once(bytes)), sent });
    }
    return files;
  }

  /** A check that does not keep to the time is left alone with its answer. */
  async #ask(check: Check, input: CheckInput): Promise<CheckResult> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason));
    return Promise.race([check.run(input, { signal, now: this.#parts.clock.now() }), promise]);
  }

  /**
   * What was changed meanwhile may have asked for this very run; so may another process with another program, as while it takes this
   * one's place.
   */
  async #drop(run: ClaimedRun, { record, dossier }: OpenCustomer): Promise<void> {
    const isOurs = Object.values(dossier.standings).every(({ program }) => program === this.#parts.program.revision);
    if (isOurs) await this.#parts.store.runs.dropRun(run, record.version);
    await this.#again(run, isOurs ? 0 : foreignRetryMs);
  }

  #again(run: ClaimedRun, afterMs: number, reference?: string): Promise<void> {
    const runAt = new Date(this.#parts.clock.now().getTime() + afterMs);
    return this.#parts.store.runs.retryRun(run, runAt, reference);
  }

  /** What the check is given to look at, written down before it is. */
  async #inputOf({ record, held }: OpenCustomer, plan: CheckPlan, run: ClaimedRun): Promise<CheckInput> {
    const values = new Map<string, string>();
    const files = new Map<string, CheckFile>();
    for (const key of plan.inputs) {
      const text = held.text(key);
      if (text === undefined) continue;
      const isFile = this.#parts.program.fields.get(key)?.[0]?.format.type === 'binary';
      if (isFile) files.set(key, this.#fileOf(JSON.parse(text) as FileReference));
      else values.set(key, text);
    }
    const actor = { kind: 'check', id: plan.name } as const;
    const about = { inputs: run.inputs, round: run.round, fields: held.opened() };
    await this.#parts.store.audit.record([{ action: 'check.started', actor, customerId: record.id, about }]);
    return { customerId: record.id, values, files, reference: run.reference };
  }

  #fileOf(reference: FileReference): CheckFile {
    const { contentType, sizeBytes, sha256, sent } = reference;
    return {
      contentType,
      sizeBytes,
      sha256,
      isStripped: sent !== undefined,
      open: () => this.#parts.files.open(reference),
    };
  }
}

/** What a check said, and who is known again who can no longer be found. */
interface Said {
  readonly result: Finding;
  readonly tombstones: readonly MatchedTombstone[];
}

/** A file without what it said beside its pixels. */
interface Stripped {
  readonly key: string;
  readonly file: SealedFile;
  /** The file it takes the place of. */
  readonly sent: CheckFile;
}

/** The values that refer to such files. The versions of the values stay: the customer has changed nothing. */
function restated(vault: Vault, stripped: readonly Stripped[]): Pick<AlsoWritten, 'set' | 'files'> {
  return {
    set: stripped.map(({ key, file, sent: { sizeBytes, sha256 } }) => {
      const reference: FileReference = { ...file.reference, sent: { sizeBytes, sha256 } };
      return { field: key, sealed: vault.seal(key, JSON.stringify(reference)) };
    }),
    files: stripped.map(({ key, file }) => {
      const { id, contentType, sizeBytes } = file.reference;
      return { id, field: key, contentType, sizeBytes };
    }),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
