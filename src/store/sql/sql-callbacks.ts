import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { CallbackOutcome, CallbackSetter, CallbackStore, NewCallback, SealedCallback } from '../callback-store.ts';
import type { GroupCommit } from './group-commit.ts';
import { leadsTo } from './leads-to.ts';
import { lockCustomer } from './locks.ts';
import { appendAudit } from './sql-audit.ts';
import type { Tables } from './tables.ts';

/** The {@link CallbackStore} over SQL. */
export class SqlCallbacks implements CallbackStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
  }

  async setCallback(callback: NewCallback): Promise<CallbackOutcome> {
    return this.#writes.write(async (db) => {
      const { id, customerId, by, target } = callback;
      await lockCustomer(db, customerId);
      // Who is erased or unlinked meanwhile is a stranger, who is told nothing.
      if (!(await isReached(db, customerId, by))) return 'unknown';
      const held = await findRow(db, customerId, by);
      if (held?.id !== id && (held !== undefined || (await isTaken(db, id)))) return 'conflict';
      const now = this.#clock.now().getTime();
      await put(db, callback, now);
      await startOver(db, id, target, now);
      await appendAudit(db, [{ action: 'callback.set', actor: { kind: 'wallet' }, customerId }], now);
      return 'stored';
    });
  }

  async findCallback(customerId: string, by: CallbackSetter): Promise<SealedCallback | undefined> {
    const row = await findRow(this.#db, customerId, by);
    return row && toCallback(row);
  }

  async listCallbacks(customerId: string): Promise<readonly SealedCallback[]> {
    const { rows } = await sql<Row>`
      select ${columns} from callbacks where customer_id = ${customerId} order by id`.execute(this.#db);
    return rows.map(toCallback);
  }
}

/** Whoever is a stranger from now on is told nothing more. What waits to be posted there finds no callback, and ends. */
export async function removeStrangersCallbacks(db: Transaction<Tables>, customerId: string): Promise<void> {
  const way = {
    customerId: sql.ref('callbacks.customer_id'),
    knownAs: sql.ref('callbacks.known_as'),
    account: sql.ref('callbacks.account'),
    memoType: sql.ref('callbacks.memo_type'),
    memo: sql.ref('callbacks.memo'),
  };
  await sql`delete from callbacks where customer_id = ${customerId} and not ${leadsTo(db, way)}`.execute(db);
}

interface Row {
  id: string;
  sealed_url: Uint8Array;
  set_at: number;
  known_as: string;
}

const columns = sql.raw('id, sealed_url, set_at, known_as');

function toCallback({ id, sealed_url: sealedUrl, set_at: setAt, known_as: knownAs }: Row): SealedCallback {
  return { id, sealedUrl, setAt: new Date(setAt), knownAs };
}

/** The setter's own; else one of before, of which nobody knows by which memo, or by which account, it was set. */
async function findRow(db: Kysely<Tables>, customerId: string, by: CallbackSetter): Promise<Row | undefined> {
  const { account, memo, knownAs } = by;
  const { rows } = await sql<Row>`
    select ${columns} from callbacks
    where customer_id = ${customerId} and known_as = ${knownAs} and (account = ${account} or account is null)
      and (memo_type is null or (memo_type = ${memo?.type ?? ''} and memo = ${memo?.value ?? ''}))
    order by case when memo_type is null then 1 else 0 end limit 1`.execute(db);
  return rows[0];
}

async function isReached(db: Transaction<Tables>, customerId: string, by: CallbackSetter): Promise<boolean> {
  const { account, memo, knownAs } = by;
  const value = (text: string): RawBuilder<unknown> => sql`cast(${text} as text)`;
  const way = { customerId: sql.ref('c.id'), account: value(account), knownAs: value(knownAs) };
  const { rows } = await sql`
    select 1 from customers c where c.id = ${customerId} and c.retained_at is null
      and ${leadsTo(db, { ...way, memoType: value(memo?.type ?? ''), memo: value(memo?.value ?? '') })}`.execute(db);
  return rows.length > 0;
}

async function isTaken(db: Transaction<Tables>, id: string): Promise<boolean> {
  const { rows } = await sql`select 1 from callbacks where id = ${id}`.execute(db);
  return rows.length > 0;
}

/** Every setting has a moment of its own, as it is what tells one from the next. */
async function put(
  db: Transaction<Tables>,
  { id, customerId, by, sealedUrl, target }: NewCallback,
  now: number,
): Promise<void> {
  const { account, memo, knownAs } = by;
  await sql`
    insert into callbacks (id, customer_id, known_as, account, memo_type, memo, sealed_url, set_at, target)
    values (${id}, ${customerId}, ${knownAs}, ${account}, ${memo?.type ?? ''}, ${memo?.value ?? ''}, ${sealedUrl}, ${now}, ${target})
    on conflict (id) do update set sealed_url = excluded.sealed_url, target = excluded.target,
      account = excluded.account, memo_type = excluded.memo_type, memo = excluded.memo,
      set_at = case when excluded.set_at > callbacks.set_at then excluded.set_at else callbacks.set_at + 1 end`.execute(
    db,
  );
}

/** What a wallet asks for by setting a callback, also one that it had set before. */
async function startOver(db: Transaction<Tables>, id: string, target: string, now: number): Promise<void> {
  await sql`delete from callback_ends where callback_id = ${id}`.execute(db);
  await sql`delete from delivery_targets where target = ${target} and off_since is not null`.execute(db);
  await sql`
    update deliveries set target = ${target}, next_at = ${now}, attempts = 0
    where lane = ${id} and state = 'pending' and lease is null`.execute(db);
}
