import { type Kysely, sql } from 'kysely';
import type { RenderCustomer } from '../../src/outbox/outgoing.ts';
import { type Signer, signerFromSeed } from '../../src/stellar/ed25519.ts';
import { encodeStrkey } from '../../src/stellar/strkey.ts';
import { lockCustomer } from '../../src/store/sql/locks.ts';
import { enqueueMoves } from '../../src/store/sql/sql-outbox.ts';
import type { Tables } from '../../src/store/sql/tables.ts';
import { LocalKeyRing } from '../../src/vault/key-ring.ts';

export const keyRing = new LocalKeyRing(new Map([['k1', Buffer.alloc(32, 7)]]));
export const signer: Signer = signerFromSeed(encodeStrkey('seed', Buffer.alloc(32, 3)));
export const type = 'sep31-sender';

/** The test's own place of a standing; the body has a number that grows with every move of the customer. */
export async function moveCustomer(
  db: Kysely<Tables>,
  customerId: string,
  status: string,
  now: number,
  { type: moved = type, to = status, isVisible = true } = {},
): Promise<void> {
  const move = {
    type: moved,
    transactionId: '',
    from: undefined,
    to,
    isVisible,
    status,
    cause: 'operator',
    who: 'ada',
    reason: 'code',
  };
  await db.transaction().execute(async (transaction) => {
    await lockCustomer(transaction, customerId);
    await sql`
      insert into standings (customer_id, type, transaction_id, state, since, program, risk)
      values (${customerId}, ${moved}, '', ${status}, 1, '', '')
      on conflict (customer_id, type, transaction_id) do update set state = excluded.state, since = standings.since + 1`.execute(
      transaction,
    );
    await enqueueMoves(transaction, customerId, [move], now);
  });
}

/** What `moveCustomer` set last, as GET would say it. */
export function renderFrom(db: Kysely<Tables>): RenderCustomer {
  return async (customerId, asked, knownAs) => {
    const { rows } = await sql<{ state: string; since: number }>`
      select state, since from standings where customer_id = ${customerId} and type = ${asked}`.execute(db);
    const [row] = rows;
    if (row === undefined) return undefined;
    const body = { id: knownAs, status: row.state, message: String(row.since) };
    return { body: Buffer.from(JSON.stringify(body)), status: row.state };
  };
}
