import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { PartyRole, Payment, PaymentMove, Receipt } from '../../payments/payment.ts';
import type { Memo } from '../../stellar/memo.ts';
import type { WrappedKey } from '../../vault/key-ring.ts';
import type {
  ClaimedPayment,
  ExecutionStep,
  NewPayment,
  OpenParty,
  PaymentCallback,
  PaymentChange,
  PaymentOutcome,
  PaymentQuery,
  PaymentSeals,
  PaymentStore,
} from '../payment-store.ts';
import type { ChangeOutcome, CustomerUpdate } from '../store.ts';
import { changePayment, insertPayment } from './change-payment.ts';
import { grammarOf } from './grammar.ts';
import type { GroupCommit } from './group-commit.ts';
import { lockCustomer, lockPayment, lockTarget } from './locks.ts';
import { noteReceipt } from './note-receipt.ts';
import { movesOf, receiptsOf, toPayments } from './payment-rows.ts';
import { areAt, askAnew, beginExecution, claimPayments, settleExecution } from './sql-executions.ts';
import { isRetired, keyRetired } from './sql-keys.ts';
import { findRow, paymentLane, restate, tellFunded } from './sql-payment-moves.ts';
import type { Tables } from './tables.ts';

/** Applies a customer's update inside a transaction. */
type Update = (db: Transaction<Tables>, update: CustomerUpdate) => Promise<ChangeOutcome>;

/** Undoes what was written when a customer turns out to be at another version. */
class Conflict extends Error {}

/** The {@link PaymentStore} over SQL. */
export class SqlPayments implements PaymentStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;
  readonly #update: Update;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock, update: Update) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
    this.#update = update;
  }

  create(payment: NewPayment, updates: readonly CustomerUpdate[]): Promise<PaymentOutcome | 'quote-taken'> {
    return this.#write<PaymentOutcome | 'quote-taken'>(updates, payment.wrappedKey, async (db) => {
      if (!(await insertPayment(db, payment, this.#now()))) return 'quote-taken';
      await this.#apply(db, updates);
      await restate(db, payment.id, { kind: 'kyc' }, this.#now());
      return 'stored';
    });
  }

  async find(id: string): Promise<Payment | undefined> {
    const row = await findRow(this.#db, id);
    return row && (await toPayments(this.#db, [row]))[0];
  }

  async findByMemo(stellarAccount: string, { type, value }: Memo): Promise<Payment | undefined> {
    const { rows } = await sql<Tables['payments']>`
      select * from payments
      where stellar_account = ${stellarAccount} and stellar_memo_type = ${type} and stellar_memo = ${value}`.execute(
      this.#db,
    );
    return (await toPayments(this.#db, rows))[0];
  }

  async findByReference(reference: {
    readonly stellarTransactionId?: string;
    readonly externalTransactionId?: string;
  }): Promise<readonly Payment[]> {
    const { stellarTransactionId: stellar = null, externalTransactionId: external = null } = reference;
    const { rows } = await sql<Tables['payments']>`
      select * from payments where stellar_id = ${stellar}
      union
      select * from payments where external_id = ${external}`.execute(this.#db);
    return toPayments(this.#db, rows);
  }

  async list(query: PaymentQuery, limit: number): Promise<readonly Payment[]> {
    const { protocol, owner, isExact = false, kinds, asset, from, beforeId } = query;
    const before = beforeId === undefined ? undefined : await findRow(this.#db, beforeId);
    if (beforeId !== undefined && before === undefined) return [];
    const rows = await this.#db
      .selectFrom('payments')
      .selectAll()
      .where('account', '=', owner.account)
      .where('protocol', '=', protocol)
      .$if(owner.memo !== undefined || isExact, (select) =>
        select.where('memo_type', '=', owner.memo?.type ?? '').where('memo', '=', owner.memo?.value ?? ''),
      )
      .$if(kinds !== undefined, (select) => select.where('kind', 'in', kinds ?? []))
      .$if(asset !== undefined, (select) => select.where('asset', '=', asset ?? ''))
      .$if(from !== undefined, (select) => select.where('started_at', '>=', from?.getTime() ?? 0))
      .$if(before !== undefined, (select) =>
        select.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('started_at', 'id'), '<', tuple(before?.started_at ?? 0, before?.id ?? '')),
        ),
      )
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return toPayments(this.#db, rows);
  }

  async listOpen(customerId: string, limit: number): Promise<readonly Payment[]> {
    const { rows } = await openPaymentsQuery(customerId, limit).execute(this.#db);
    return toPayments(this.#db, rows);
  }

  listMoves(id: string): Promise<readonly PaymentMove[]> {
    return movesOf(this.#db, id);
  }

  listReceipts(id: string): Promise<readonly Receipt[]> {
    return receiptsOf(this.#db, id);
  }

  async findSeals(id: string): Promise<PaymentSeals | undefined> {
    const row = await findRow(this.#db, id);
    if (row === undefined) return undefined;
    const { kek_id: kekId, wrapped_key: bytes, sealed_fields: fields } = row;
    const wrappedKey = kekId === null || bytes === null ? undefined : { kekId, bytes };
    return { wrappedKey, fields: fields ?? undefined };
  }

  change(
    at: { readonly id: string; readonly version: number },
    change: PaymentChange,
    updates: readonly CustomerUpdate[] = [],
  ): Promise<PaymentOutcome> {
    return this.#write(updates, change.seals?.wrappedKey, async (db) => {
      if (change.judgedAt !== undefined && !(await areAt(db, change.judgedAt))) return 'conflict';
      await lockPayment(db, at.id);
      const row = await findRow(db, at.id);
      if (row?.version !== at.version) return 'conflict';
      await changePayment(db, row, change, this.#now());
      await askAnew(db, row, change);
      await this.#apply(db, updates);
      await restate(db, at.id, change.cause, this.#now());
      const { receipt, cause } = change;
      if (receipt !== undefined) await noteReceipt(db, row, { receipt, cause }, this.#now());
      if (change.fundedAt !== undefined && row.funded_at === null) await tellFunded(db, at.id, this.#now());
      return 'stored';
    });
  }

  async setCallback(id: string, { sealedUrl, wrappedKey, target }: PaymentCallback): Promise<boolean> {
    const { kekId, bytes } = wrappedKey;
    const outcome = await this.#write([], wrappedKey, async (db) => {
      const { numAffectedRows } = await sql`
        update payments set sealed_callback = ${sealedUrl}, callback_target = ${target}, kek_id = ${kekId}, wrapped_key = ${bytes}
        where id = ${id} and (wrapped_key is null or (wrapped_key = ${bytes} and kek_id = ${kekId}))`.execute(db);
      if (numAffectedRows !== 1n) return 'conflict';
      await lockTarget(db, target);
      await sql`delete from delivery_targets where target = ${target} and off_since is not null`.execute(db);
      await sql`
        update deliveries set target = ${target}, next_at = ${this.#now()}, attempts = 0
        where lane = ${paymentLane(id)} and state = 'pending' and lease is null`.execute(db);
      return 'stored';
    });
    return outcome === 'stored';
  }

  async claim(now: Date, leaseUntil: Date, limit: number): Promise<readonly ClaimedPayment[]> {
    // Looked at before the lock for writing is taken: mostly there are none.
    const due = await this.nextDueAt();
    if (due === undefined || due > now) return [];
    return this.#writes.write((db) => claimPayments(db, now.getTime(), leaseUntil.getTime(), limit));
  }

  begin(claim: ClaimedPayment, versions: ReadonlyMap<string, number>): Promise<boolean> {
    return this.#writes.write((db) => beginExecution(db, claim, versions));
  }

  renew({ payment, lease }: ClaimedPayment, leaseUntil: Date): Promise<boolean> {
    return this.#writes.write(async (db) => {
      const { numAffectedRows } = await sql`
        update payments set lease_until = ${leaseUntil.getTime()}
        where id = ${payment.id} and lease = ${lease}`.execute(db);
      return numAffectedRows === 1n;
    });
  }

  settle(
    claim: ClaimedPayment,
    execution: ExecutionStep,
    updates: readonly CustomerUpdate[] = [],
  ): Promise<PaymentOutcome | 'lost'> {
    return this.#write<PaymentOutcome | 'lost'>(updates, undefined, async (db) => {
      const outcome = await settleExecution(db, claim, execution, this.#now());
      if (outcome !== 'stored') return outcome;
      await this.#apply(db, updates);
      await restate(db, claim.payment.id, { kind: 'kyc' }, this.#now());
      return 'stored';
    });
  }

  async nextDueAt(): Promise<Date | undefined> {
    const { rows } = await sql<{ at: number | null }>`
      select min(case when lease_until > execute_at then lease_until else execute_at end) as at
      from payments where execute_at is not null`.execute(this.#db);
    const at = rows[0]?.at ?? undefined;
    return at === undefined ? undefined : new Date(at);
  }

  async listClosable(limit: number): Promise<readonly OpenParty[]> {
    const { rows } = await sql<{ payment_id: string; role: PartyRole }>`
      select payment_id, role from payment_parties where is_closable = 1 limit ${limit}`.execute(this.#db);
    return this.#open(rows);
  }

  async closeParty(id: string, role: PartyRole): Promise<void> {
    await this.#writes.write(async (db) => {
      await lockPayment(db, id);
      // One that goes on after all and whose customer is not there is nobody's any more.
      const { numAffectedRows = 0n } = await sql`
        update payment_parties set is_open = 0, is_closable = 0,
          clearance = case when is_closable = 0 then 'gone' else clearance end
        where payment_id = ${id} and role = ${role} and (is_closable = 1 or clearance = 'lost')`.execute(db);
      if (numAffectedRows > 0n) await restate(db, id, { kind: 'kyc' }, this.#now());
    });
  }

  async listLost(types: readonly string[], limit: number): Promise<readonly OpenParty[]> {
    if (types.length === 0) return [];
    const { rows } = await sql<{ payment_id: string; role: PartyRole }>`
      select payment_id, role from payment_parties
      where is_open = 1 and clearance = 'lost' and is_closable = 0 and type ${grammarOf(this.#db).isOneOf(types)}
      limit ${limit}`.execute(this.#db);
    return this.#open(rows);
  }

  async #open(rows: readonly { payment_id: string; role: PartyRole }[]): Promise<OpenParty[]> {
    const open: OpenParty[] = [];
    for (const { payment_id: id, role } of rows) {
      const payment = await this.find(id);
      if (payment !== undefined) open.push({ payment, role });
    }
    return open;
  }

  /**
   * A conflict is seen before anything is written, or undoes what was.
   * @throws KycError `unavailable` when nothing may be sealed under this key any more
   */
  async #write<T extends string>(
    updates: readonly CustomerUpdate[],
    sealedBy: WrappedKey | undefined,
    perform: (db: Transaction<Tables>) => Promise<T>,
  ): Promise<T | 'conflict'> {
    try {
      const outcome = await this.#writes.write(async (db) => {
        if (sealedBy !== undefined && (await isRetired(db, sealedBy.kekId))) return undefined;
        await lockCustomer(db, ...updates.map(({ id }) => id));
        if (!(await areAt(db, new Map(updates.map(({ id, version }) => [id, version]))))) return 'conflict';
        return perform(db);
      });
      if (outcome === undefined) throw keyRetired(sealedBy?.kekId ?? '');
      return outcome;
    } catch (error) {
      if (error instanceof Conflict) return 'conflict';
      throw error;
    }
  }

  async #apply(db: Transaction<Tables>, updates: readonly CustomerUpdate[]): Promise<void> {
    for (const update of updates) {
      const { outcome } = await this.#update(db, update);
      if (outcome !== 'stored') throw new Conflict();
    }
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}

/** So many are put in order at most: whoever has more of them is a business, and its page need not be exact. */
const maxSorted = 1000;

/** A customer's payments that are not over. */
export function openPaymentsQuery(customerId: string, limit: number): RawBuilder<Tables['payments']> {
  return sql`
    select * from payments where id in (
      select payment_id from payment_parties
      where customer_id = ${customerId} and is_open = 1 and is_closable = 0 limit ${maxSorted})
    order by started_at, id limit ${limit}`;
}
