import { DatabaseSync } from 'node:sqlite';

/** Share of each state, in thousandths, as an anchor that has run for years may have it. */
const shares: readonly (readonly [state: string, thousandths: number])[] = [
  ['accepted', 780],
  ['needs-data', 80],
  ['in-review', 50],
  ['resubmission-asked', 30],
  ['rejected', 30],
  ['expired', 15],
  ['needs-verification', 10],
  ['checking', 5],
];
const dayMs = 86_400_000;

/**
 * Fills a database with a crowd, straight and without a server: rows as they would be, whose values nobody can open. Every table that a page of
 * the console looks into has its share.
 */
export function addCrowd(path: string, count: number, known: readonly string[]): void {
  const [like = ''] = known;
  const database = new DatabaseSync(path);
  database.exec('pragma synchronous = off; pragma foreign_keys = off; pragma cache_size = -400000');
  const crowd = `with recursive crowd (n) as (select 1 union all select n + 1 from crowd where n < ${count})`;
  // Spread over the whole range of ids, as random ones are.
  const id = `printf('%08x-0000-4000-8000-%012x', (n * 2654435761) % 4294967296, n)`;
  const now = Date.now();
  const at = `${now} - (n * 7919) % ${300 * dayMs}`;
  const statements = [
    `${crowd} insert into customers (id, version, kek_id, wrapped_key, created_at, updated_at, dossier)
      select ${id}, 1, kek_id, wrapped_key, ${at}, ${at}, dossier from crowd, customers where customers.id = '${like}'`,
    `${crowd} insert into identities (account, memo_type, memo, customer_id) select 'G' || ${id}, '', '', ${id} from crowd`,
    `${crowd} insert into standings (customer_id, type, transaction_id, state, since, program, risk, reason)
      select ${id}, case when n % 10 < 7 then 'full' else 'basic' end, '', ${stateOf('n')}, ${at}, 'p',
        case when n % 1009 = 0 then 'high' when n % 10 < 7 then 'medium' else 'low' end,
        case when n % 997 = 0 then 'duplicate' when n % 20 = 0 then 'screening-hit' end from crowd`,
    `${crowd} insert into moves (customer_id, type, transaction_id, from_state, to_state, is_visible, status, cause, at)
      select ${id}, 'full', '', null, 'checking', 1, 'PROCESSING', 'wallet', ${at} from crowd`,
    `${crowd} insert into field_values (customer_id, field, sealed, updated_at)
      select ${id}, 'given_name', randomblob(48), ${at} from crowd union all
      select ${id}, 'family_name', randomblob(48), ${at} from crowd`,
    `${crowd} insert into deliveries (kind, lane, target, customer_id, type, state, attempts, next_at, outcome, created_at, finished_at)
      select case when n % 9 = 0 then 'event' else 'callback' end, ${id}, 'wallet-' || (n % 500) || '.example', ${id}, 'full',
        case when n % 5003 = 0 then 'failed' else 'delivered' end, 1, 0, 'delivered', ${now} - ${count} + n, ${now} - ${count} + n from crowd`,
    `${crowd} insert into review_claims (customer_id, type, operator, until)
      select ${id}, 'full', 'rita', ${now + dayMs} from crowd where n % 2003 = 0`,
    `${crowd} insert into escalations (customer_id, operator, at) select ${id}, 'rita', ${at} from crowd where n % 1999 = 0`,
    `${crowd} insert into proposals (id, customer_id, version, act, operator, at)
      select ${id}, ${id}, 1, '{"act":"erase"}', 'rita', ${at} from crowd where n % 9973 = 0`,
    `${crowd} insert into payments (id, protocol, kind, status, version, account, memo_type, memo, asset, details, started_at, updated_at, round, attempts)
      select ${id}, 'sep-31', 'receive', 'pending_customer_info_update', 1, 'G', '', '', 'stellar:native',
        '{"amountIn":"100","amountInAsset":"stellar:native"}', ${at}, ${at}, 1, 0 from crowd where n % 4 = 0`,
    `${crowd} insert into payment_parties (payment_id, role, customer_id, known_as, type, clearance, asks, is_open, is_closable)
      select ${id}, 'receiver', ${partyOf(known, id)}, ${id}, 'full', 'working', '[]', 1, 0 from crowd where n % 4 = 0`,
    'analyze',
  ];
  for (const statement of statements) {
    const startedAt = performance.now();
    database.exec(statement);
    console.error(
      `${((performance.now() - startedAt) / 1000).toFixed(1)} s  ${statement.slice(statement.indexOf('insert'), statement.indexOf('insert') + 40)}`,
    );
  }
  database.close();
}

/** Those whose pages are opened have some dozens of payments that wait, everybody else has one at most. */
function partyOf(known: readonly string[], id: string): string {
  const cases = known.map((one, index) => `when ${index} then '${one}'`);
  return `case (n / 4) % 5000 ${cases.join(' ')} else ${id} end`;
}

function stateOf(n: string): string {
  const cases = shares.map(([state], index) => {
    const upTo = shares.slice(0, index + 1).reduce((sum, [, share]) => sum + share, 0);
    return `when (${n} * 31) % 1000 < ${upTo} then '${state}'`;
  });
  return `case ${cases.join(' ')} else 'accepted' end`;
}
