import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { AuditActor } from '../audit-store.ts';
import {
  type FileQuota,
  type FileRow,
  type FileStore,
  type OverQuota,
  type Upload,
  uploadOwner,
} from '../file-store.ts';
import type { Identity } from '../identity.ts';
import type { ValueChanges } from '../store.ts';
import { grammarOf } from './grammar.ts';
import type { GroupCommit } from './group-commit.ts';
import { lockCustomer, lockIdentity } from './locks.ts';
import { queueShreds } from './shred-queue.ts';
import { appendAudit } from './sql-audit.ts';
import { isRetired, keyRetired } from './sql-keys.ts';
import type { Tables } from './tables.ts';

/** The {@link FileStore} over SQL. */
export class SqlFiles implements FileStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
  }

  async addUpload(upload: Upload, quota: FileQuota): Promise<{ outcome: 'stored' } | OverQuota> {
    const { kekId } = upload.wrappedKey;
    const outcome = await this.#writes.write(async (db): Promise<{ outcome: 'stored' } | OverQuota | undefined> => {
      if (await isRetired(db, kekId)) return undefined;
      await lockSender(db, upload.owner);
      const now = this.#clock.now().getTime();
      const exceeded = await exceededBy(db, usageOfIdentity(upload.owner, now), [upload.sizeBytes], quota);
      if (exceeded !== undefined) return { outcome: 'over-quota', exceeded };
      await db
        .insertInto('uploads')
        .values({ ...toUploadRow(upload), created_at: now })
        .execute();
      const about = { file: upload.id, type: upload.contentType, bytes: upload.sizeBytes };
      await appendAudit(db, [{ action: 'file.sent', actor: { kind: 'wallet' }, about }], now);
      return { outcome: 'stored' };
    });
    if (outcome === undefined) throw keyRetired(kekId);
    return outcome;
  }

  async findUpload(id: string, owner: Identity): Promise<Upload | undefined> {
    const row = await this.#db
      .selectFrom('uploads')
      .selectAll()
      .where('id', '=', id)
      .where('account', '=', owner.account)
      .where('memo_type', '=', owner.memo?.type ?? '')
      .where('memo', '=', owner.memo?.value ?? '')
      .where('expires_at', '>', this.#clock.now().getTime())
      .executeTakeFirst();
    return row && toUpload(row, owner);
  }

  async removeUploads(owner: Identity): Promise<readonly string[]> {
    return this.#remove(sql`${sentBy(owner)}`, { kind: 'wallet' });
  }

  async removeExpired(): Promise<readonly string[]> {
    return this.#remove(sql`expires_at <= ${this.#clock.now().getTime()}`, { kind: 'job', id: 'sweep' });
  }

  #remove(condition: Condition, actor: AuditActor): Promise<readonly string[]> {
    return this.#writes.write(async (db) => {
      const files = await deleteUploads(db, condition, this.#clock.now().getTime());
      const lines = files.length === 0 ? [] : [{ action: 'file.removed', actor, about: { files } } as const];
      await appendAudit(db, lines, this.#clock.now().getTime());
      return files;
    });
  }

  async findFile(id: string): Promise<(FileRow & { customerId: string }) | undefined> {
    const row = await this.#db.selectFrom('files').selectAll().where('id', '=', id).executeTakeFirst();
    return row && { ...toFile(row), customerId: row.customer_id };
  }

  async listFiles(customerId: string): Promise<readonly FileRow[]> {
    const rows = await this.#db
      .selectFrom('files')
      .selectAll()
      .where('customer_id', '=', customerId)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(toFile);
  }
}

/**
 * Why changes cannot be applied for the sake of their files, undefined when they can: an upload they take is gone (somebody else took
 * it, or it expired), or the customer would have more files than it may. To be asked inside the transaction, before it writes.
 */
export async function fileRefusal(
  db: Transaction<Tables>,
  customer: { readonly id: string } | Identity,
  changes: ValueChanges,
  now: number,
): Promise<{ readonly outcome: 'conflict' } | OverQuota | undefined> {
  const { files, take = [], quota, set, withdraw } = changes;
  if (take.length > 0) {
    const { rows: there } = await sql`
      select id from uploads where id in (${sql.join(take)}) and expires_at > ${now}
      order by id ${grammarOf(db).forUpdate}`.execute(db);
    if (there.length !== take.length) return { outcome: 'conflict' };
  }
  if (files.length === 0 || quota === undefined) return undefined;
  const usage =
    'id' in customer
      ? usageOfCustomer(customer.id, now, [...withdraw, ...set.map(({ field }) => field)], take)
      : usageOfIdentity(customer, now, take);
  const added = files.map((file) => file.sizeBytes);
  const exceeded = await exceededBy(db, usage, added, quota);
  return exceeded && { outcome: 'over-quota', exceeded };
}

/** Notes a file that a field of a customer refers to from now on. */
export async function addFile(db: Transaction<Tables>, file: FileRow, customerId: string, now: number): Promise<void> {
  const { id, field, contentType, sizeBytes } = file;
  await db
    .insertInto('files')
    .values({ id, customer_id: customerId, field, size_bytes: sizeBytes, content_type: contentType, created_at: now })
    .execute();
}

/** Forgets the file of a field, if it has one; answers its id. */
export async function removeFile(db: Transaction<Tables>, customerId: string, field: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    delete from files where customer_id = ${customerId} and field = ${field} returning id`.execute(db);
  return rows.map((row) => row.id);
}

/** Forgets the uploads that a customer's data refers to from now on. */
export async function takeUploads(db: Transaction<Tables>, ids: readonly string[] = [], now: number): Promise<void> {
  if (ids.length > 0) await deleteUploads(db, sql`id in (${sql.join(ids)})`, now);
}

/** Forgets what the identities of a customer sent that nothing refers to; answers the ids. */
export async function removeUploadsOfCustomer(
  db: Transaction<Tables>,
  customerId: string,
  now: number,
): Promise<readonly string[]> {
  return deleteUploads(db, sentByCustomer(customerId), now);
}

/** Which of these files some customer or upload refers to. One query: an upload that is taken meanwhile is seen in one place or the other. */
export async function findLiveFiles(db: Kysely<Tables>, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select id from files where id in (${sql.join(ids)})
    union select id from uploads where id in (${sql.join(ids)})`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** The identity, and the customer it may have: what either sends counts for both. */
async function lockSender(db: Transaction<Tables>, owner: Identity): Promise<void> {
  await lockIdentity(db, owner);
  const { rows } = await sql<{ id: string }>`select customer_id as id from identities where ${sentBy(owner)}`.execute(
    db,
  );
  await lockCustomer(db, ...rows.map(({ id }) => id));
}

type Condition = RawBuilder<unknown>;

function sentBy({ account, memo }: Identity): Condition {
  return sql`account = ${account} and memo_type = ${memo?.type ?? ''} and memo = ${memo?.value ?? ''}`;
}

function sentByCustomer(customerId: string): Condition {
  return sql`(account, memo_type, memo) in (
    select account, memo_type, memo from identities where customer_id = ${customerId})`;
}

/** The sizes of all files of a customer and of its identities' uploads, but for the fields and uploads that a change takes away. */
function usageOfCustomer(id: string, now: number, fields: readonly string[], taken: readonly string[]): Condition {
  return sql`
    select size_bytes from files where customer_id = ${id} and field not in (${listOf(fields)})
    union all
    select size_bytes from uploads
    where ${sentByCustomer(id)} and expires_at > ${now} and id not in (${listOf(taken)})`;
}

/** The same for an identity, which may have no customer yet. */
function usageOfIdentity(identity: Identity, now: number, taken: readonly string[] = []): Condition {
  return sql`
    select size_bytes from files where customer_id in (select customer_id from identities where ${sentBy(identity)})
    union all
    select size_bytes from uploads
    where ${sentBy(identity)} and expires_at > ${now} and id not in (${listOf(taken)})`;
}

/** No list is empty, which not every database takes. */
function listOf(values: readonly string[]): Condition {
  return sql.join(['', ...values]);
}

async function exceededBy(
  db: Transaction<Tables>,
  sizes: Condition,
  added: readonly number[],
  quota: FileQuota,
): Promise<keyof FileQuota | undefined> {
  const { rows } = await sql<FileQuota>`
    select count(*) as count, coalesce(sum(size_bytes), 0) as bytes from (${sizes}) as held`.execute(db);
  const held = rows[0] ?? { count: 0, bytes: 0 };
  if (Number(held.count) + added.length > quota.count) return 'count';
  return added.reduce((sum, size) => sum + size, Number(held.bytes)) > quota.bytes ? 'bytes' : undefined;
}

async function deleteUploads(db: Transaction<Tables>, condition: Condition, now: number): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`delete from uploads where ${condition} returning id`.execute(db);
  const ids = rows.map((row) => row.id);
  await queueShreds(db, ids.map(uploadOwner), now);
  return ids;
}

function toFile(row: Tables['files']): FileRow {
  return { id: row.id, field: row.field, contentType: row.content_type, sizeBytes: row.size_bytes };
}

function toUploadRow(upload: Upload): Omit<Tables['uploads'], 'created_at'> {
  return {
    id: upload.id,
    account: upload.owner.account,
    memo_type: upload.owner.memo?.type ?? '',
    memo: upload.owner.memo?.value ?? '',
    kek_id: upload.wrappedKey.kekId,
    wrapped_key: upload.wrappedKey.bytes,
    sealed: upload.sealed,
    content_type: upload.contentType,
    size_bytes: upload.sizeBytes,
    expires_at: upload.expiresAt.getTime(),
  };
}

function toUpload(row: Tables['uploads'], owner: Identity): Upload {
  return {
    id: row.id,
    owner,
    wrappedKey: { kekId: row.kek_id, bytes: row.wrapped_key },
    sealed: row.sealed,
    contentType: row.content_type,
    sizeBytes: row.size_bytes,
    expiresAt: new Date(row.expires_at),
  };
}
