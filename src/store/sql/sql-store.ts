import { type Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import { linesOfChange } from '../audit-lines.ts';
import type { Deletion } from '../erasure-store.ts';
import type { Identity } from '../identity.ts';
import type {
  AccountUse,
  ChangeOutcome,
  CustomerRecord,
  CustomerUpdate,
  NewCustomer,
  SealedValue,
  Store,
  ValueChanges,
  WriteOutcome,
} from '../store.ts';
import { deleteCustomer } from './delete-customer.ts';
import type { Engine, Write } from './engine.ts';
import { grammarOf } from './grammar.ts';
import { GroupCommit } from './group-commit.ts';
import { toIdentity, toIdentityRow } from './identity-rows.ts';
import { lockCustomer, lockIdentity } from './locks.ts';
import { PreparedQuery } from './prepared-query.ts';
import { type RecordRow, recordColumns, toRecord } from './record-rows.ts';
import { SqlAccounts } from './sql-accounts.ts';
import { appendAudit, SqlAudit } from './sql-audit.ts';
import { SqlCallbacks } from './sql-callbacks.ts';
import { SqlCensus } from './sql-census.ts';
import { SqlCodes } from './sql-codes.ts';
import { applyConsequences } from './sql-consequences.ts';
import { SqlDeliveries } from './sql-deliveries.ts';
import { SqlDeliveryLog } from './sql-delivery-log.ts';
import { SqlErasures } from './sql-erasures.ts';
import { addFile, fileRefusal, findLiveFiles, removeFile, SqlFiles, takeUploads } from './sql-files.ts';
import { SqlJobs } from './sql-jobs.ts';
import { isRetired, keyRetired, SqlKeys } from './sql-keys.ts';
import { SqlObservers } from './sql-observers.ts';
import { SqlOperators } from './sql-operators.ts';
import { enqueueEvents } from './sql-outbox.ts';
import { SqlPayments } from './sql-payments.ts';
import { isProposalGone, SqlReviews } from './sql-reviews.ts';
import { SqlRuns } from './sql-runs.ts';
import { SqlSearch } from './sql-search.ts';
import { SqlSignIns } from './sql-sign-ins.ts';
import { SqlStandings } from './sql-standings.ts';
import { SqlSubjects } from './sql-subjects.ts';
import type { Tables } from './tables.ts';
import { isTombstoneNew } from './tombstone-rows.ts';
import { useChallenge } from './use-challenge.ts';

const ofIdentity = sql<RecordRow>`
  select ${recordColumns}, identities.known_as
  from identities inner join customers on customers.id = identities.customer_id
  where identities.account = ${''} and identities.memo_type = ${''} and identities.memo = ${''}`;

const conflict: WriteOutcome = { outcome: 'conflict' };

/**
 * The {@link Store} over SQL. Choice: what runs on every request is written as SQL, which Kysely passes on; its builder, used for
 * everything else, takes longer to compose a query than SQLite to answer it.
 */
export class SqlStore implements Store {
  readonly audit: SqlAudit;
  readonly erasures: SqlErasures;
  readonly subjects: SqlSubjects;
  readonly accounts: SqlAccounts;
  readonly callbacks: SqlCallbacks;
  readonly codes: SqlCodes;
  readonly outbox: SqlDeliveries;
  readonly deliveries: SqlDeliveryLog;
  readonly files: SqlFiles;
  readonly jobs: SqlJobs;
  readonly observers: SqlObservers;
  readonly payments: SqlPayments;
  readonly census: SqlCensus;
  readonly search: SqlSearch;
  readonly operators: SqlOperators;
  readonly signIns: SqlSignIns;
  readonly reviews: SqlReviews;
  readonly standings: SqlStandings;
  readonly runs: SqlRuns;
  readonly keys: SqlKeys;
  readonly #engine: Engine;
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;
  readonly #ofIdentity: PreparedQuery<RecordRow>;

  constructor(engine: Engine, clock: Clock) {
    const { db } = engine;
    this.#engine = engine;
    this.#db = db;
    this.#writes = new GroupCommit(engine);
    this.#clock = clock;
    this.#ofIdentity = new PreparedQuery(db, ofIdentity);
    this.audit = new SqlAudit(db, this.#writes, clock);
    this.erasures = new SqlErasures(db, this.#writes, clock);
    this.subjects = new SqlSubjects(db);
    this.accounts = new SqlAccounts(db, this.#writes, clock, (write, update) => this.#update(write, update));
    this.callbacks = new SqlCallbacks(db, this.#writes, clock);
    this.codes = new SqlCodes(db, this.#writes, clock);
    this.outbox = new SqlDeliveries(db, this.#writes);
    this.deliveries = new SqlDeliveryLog(db, this.#writes);
    this.files = new SqlFiles(db, this.#writes, clock);
    this.jobs = new SqlJobs(db, this.#writes);
    this.observers = new SqlObservers(this.#writes);
    this.payments = new SqlPayments(db, this.#writes, clock, (write, update) => this.#update(write, update));
    this.census = new SqlCensus(db);
    this.search = new SqlSearch(db, this.#writes, clock);
    this.operators = new SqlOperators(db, this.#writes, clock);
    this.signIns = new SqlSignIns(db, this.#writes, clock);
    this.reviews = new SqlReviews(db, this.#writes, clock);
    this.standings = new SqlStandings(db);
    this.runs = new SqlRuns(db, this.#writes);
    this.keys = new SqlKeys(db, this.#writes, clock);
  }

  async findCustomer(identity: Identity): Promise<CustomerRecord | undefined> {
    const { account, memo } = identity;
    const [row] = await this.#ofIdentity.run(account, memo?.type ?? '', memo?.value ?? '');
    return toRecord(row);
  }

  async findCustomerById(id: string): Promise<CustomerRecord | undefined> {
    const { rows } =
      await sql<RecordRow>`select ${recordColumns} from customers where id = ${id} and retained_at is null`.execute(
        this.#db,
      );
    return toRecord(rows[0]);
  }

  async listValues(id: string, version: number): Promise<readonly SealedValue[] | undefined> {
    const { rows } = await sql<{ field: string | null; sealed: Uint8Array | null }>`
      select field_values.field, field_values.sealed
      from customers left join field_values on field_values.customer_id = customers.id
      where customers.id = ${id} and customers.version = ${version}`.execute(this.#db);
    if (rows.length === 0) return undefined;
    return rows.flatMap(({ field, sealed }) => (field === null || sealed === null ? [] : [{ field, sealed }]));
  }

  async findCustomerOfAccount(
    id: string,
    account: string,
  ): Promise<{ customer: CustomerRecord; identities: readonly Identity[] } | undefined> {
    // Along the indexes of ids: a sending anchor has ever so many customers under its account.
    const { along } = grammarOf(this.#db);
    const { rows: identities } = await sql<Tables['identities']>`
      select * from identities ${along('identities_of_customer')} where customer_id = ${id} and account = ${account}
      union
      select * from identities ${along('identities_by_known_id')} where known_as = ${id} and account = ${account}`.execute(
      this.#db,
    );
    const [first] = identities;
    if (first === undefined) return undefined;
    const customer = await this.findCustomerById(first.customer_id);
    return customer && { customer, identities: identities.map(toIdentity) };
  }

  async createCustomer(customer: NewCustomer): Promise<ChangeOutcome> {
    const { id, identity } = customer;
    const { kekId, bytes } = customer.wrappedKey;
    const outcome = await this.#writes.write(async (db) => {
      if (await isRetired(db, kekId)) return undefined;
      if (await isTombstoneNew(db, customer.sought, this.#now())) return conflict;
      await lockIdentity(db, identity);
      const taken = await db
        .selectFrom('identities')
        .select('customer_id')
        .where('account', '=', identity.account)
        .where('memo_type', '=', identity.memo?.type ?? '')
        .where('memo', '=', identity.memo?.value ?? '')
        .executeTakeFirst();
      if (taken !== undefined) return conflict;
      const now = this.#now();
      const refusal = await fileRefusal(db, identity, customer, now);
      if (refusal !== undefined) return refusal;
      await db
        .insertInto('customers')
        .values({
          id,
          version: 1,
          kek_id: kekId,
          wrapped_key: bytes,
          created_at: now,
          updated_at: now,
          dossier: customer.consequences.dossier,
        })
        .execute();
      await db.insertInto('identities').values(toIdentityRow(identity, id)).execute();
      await appendAudit(db, [{ action: 'customer.created', actor: { kind: 'wallet' }, customerId: id }], now);
      await enqueueEvents(db, [{ name: 'customer.created', customerId: id }], now);
      return this.#applyValues(db, id, customer);
    });
    if (outcome === undefined) throw keyRetired(kekId);
    return outcome;
  }

  async updateCustomer(update: CustomerUpdate): Promise<ChangeOutcome> {
    const apply: Write<ChangeOutcome> = (db) => this.#update(db, update);
    return update.isRepeatable === true ? this.#writes.writeRepeatable(apply) : this.#writes.write(apply);
  }

  async deleteCustomer(id: string, how: Deletion = {}): Promise<WriteOutcome> {
    return this.#writes.write((db) => deleteCustomer(db, id, how, this.#now()));
  }

  async findLiveFiles(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return findLiveFiles(this.#db, ids);
  }

  async useChallenge(hash: string, expiresAt: Date, now: Date): Promise<boolean> {
    return this.#writes.write((db) => useChallenge(db, hash, expiresAt, now));
  }

  async isUsedChallenge(hash: string): Promise<boolean> {
    const row = await this.#db.selectFrom('used_challenges').select('hash').where('hash', '=', hash).executeTakeFirst();
    return row !== undefined;
  }

  async fixAccountUse(account: string, use: AccountUse): Promise<AccountUse> {
    return this.#writes.write(async (db) => {
      const known = await db.selectFrom('account_uses').select('use').where('account', '=', account).executeTakeFirst();
      if (known !== undefined) return known.use;
      await db.insertInto('account_uses').values({ account, use }).execute();
      return use;
    });
  }

  async scrub(): Promise<boolean> {
    return this.#engine.scrub();
  }

  async ping(): Promise<void> {
    await sql`select 1 from migrations limit 1`.execute(this.#db);
  }

  async close(): Promise<void> {
    await this.audit.sealAll();
    await this.#engine.close();
  }

  async #update(db: Transaction<Tables>, update: CustomerUpdate): Promise<ChangeOutcome> {
    const { id, version } = update;
    const { proposal } = update.consequences.review ?? {};
    if (await isTombstoneNew(db, update.sought, this.#now())) return conflict;
    // Raising the version below is the lock, unless something is looked at before.
    if (update.files.length > 0 || update.take?.length || proposal !== undefined) await lockCustomer(db, id);
    const refusal = await fileRefusal(db, { id }, update, this.#now());
    if (refusal !== undefined) return refusal;
    if (proposal !== undefined && (await isProposalGone(db, { id, version, proposal }))) return conflict;
    const { numAffectedRows } = await sql`
      update customers set version = ${version + 1}, updated_at = ${this.#now()}, dossier = ${update.consequences.dossier}
      where id = ${id} and version = ${version}`.execute(db);
    return numAffectedRows === 1n ? this.#applyValues(db, id, update) : conflict;
  }

  async #applyValues(db: Transaction<Tables>, customerId: string, changes: ValueChanges): Promise<WriteOutcome> {
    const orphanedFiles: string[] = [];
    for (const field of [...changes.withdraw, ...changes.set.map((value) => value.field)]) {
      orphanedFiles.push(...(await removeFile(db, customerId, field)));
    }
    for (const field of changes.withdraw) {
      await db.deleteFrom('field_values').where('customer_id', '=', customerId).where('field', '=', field).execute();
    }
    const now = this.#now();
    for (const { field, sealed } of changes.set) {
      await sql`
        insert into field_values (customer_id, field, sealed, updated_at)
        values (${customerId}, ${field}, ${sealed}, ${now})
        on conflict (customer_id, field) do update set sealed = excluded.sealed, updated_at = excluded.updated_at
      `.execute(db);
    }
    await takeUploads(db, changes.take, now);
    for (const file of changes.files) await addFile(db, file, customerId, now);
    await applyConsequences(db, customerId, changes.consequences, now);
    await appendAudit(db, linesOfChange(customerId, changes), now);
    return { outcome: 'stored', orphanedFiles };
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}
