import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { jwtVerify, SignJWT } from 'jose';

/** Where the bench keeps its database; `data/` is ignored by git. */
export const dataDir: string = join(import.meta.dirname, 'data');

export const corsJson: Record<string, string> = {
  'content-type': 'application/json',
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': 'GET, PUT, POST, DELETE, OPTIONS',
};

const account = 'GBENCHMARKACCOUNTXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX';
const algorithm = { name: 'HMAC', hash: 'SHA-256' };
const secret = new TextEncoder().encode('a bench secret of at least 32 bytes');
const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign', 'verify']);

const fields = ['first_name', 'last_name', 'email_address', 'birth_date', 'bank_account_number'];

const schema = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE identities (id INTEGER PRIMARY KEY, account TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE customers (
    id TEXT PRIMARY KEY, identity INTEGER NOT NULL REFERENCES identities (id),
    type TEXT NOT NULL, status TEXT NOT NULL, email TEXT,
    revision INTEGER NOT NULL DEFAULT 0, UNIQUE (identity, type)) STRICT;
  CREATE TABLE fields (
    customer TEXT NOT NULL REFERENCES customers (id), name TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
    description TEXT NOT NULL, PRIMARY KEY (customer, name)) STRICT, WITHOUT ROWID;`;

const selectCustomer = `
  SELECT c.id, c.status, f.name, f.kind, f.status AS field_status, f.description
  FROM identities i JOIN customers c ON c.identity = i.id JOIN fields f ON f.customer = c.id
  WHERE i.account = ? AND c.type = ?`;

// The revision must change: SQLite skips the page write, and with it the fsync, of a row that stays the same.
const updateCustomer = `
  UPDATE customers SET email = ?, revision = revision + 1 WHERE identity = (SELECT id FROM identities WHERE account = ?) RETURNING id`;

/** The work every contender does, whatever carries it. */
export interface Work {
  /** The JSON body of `GET /customer`. @throws on a missing or bad token */
  getCustomer(authorization: string | undefined, type: string): Promise<string>;
  /** Writes one value durably and gives the JSON body of `PUT /customer`. */
  putCustomer(authorization: string | undefined, body: unknown): Promise<string>;
}

/** Creates a seeded database of its own for one contender. */
export function openWork(name: string): Work {
  const database = seed(join(dataDir, `${name}.db`));
  const select = database.prepare(selectCustomer);
  const update = database.prepare(updateCustomer);
  return {
    async getCustomer(authorization, type) {
      return renderCustomer(select.all(await verify(authorization), type));
    },
    async putCustomer(authorization, body) {
      const subject = await verify(authorization);
      return JSON.stringify({ id: update.get(readEmail(body), subject)?.['id'] });
    },
  };
}

/** A bearer header the contenders accept. */
export async function signBearer(): Promise<string> {
  const token = new SignJWT({ home_domain: 'anchor.example.com' }).setProtectedHeader({ alg: 'HS256' });
  return `Bearer ${await token.setSubject(account).setIssuedAt().setExpirationTime('1h').sign(key)}`;
}

async function verify(authorization = ''): Promise<string> {
  if (!authorization.startsWith('Bearer ')) throw new Error('no token');
  const { payload } = await jwtVerify(authorization.slice(7), key, { algorithms: ['HS256'] });
  return payload.sub ?? '';
}

function readEmail(body: unknown): string {
  if (typeof body === 'object' && body && 'email_address' in body) return String(body.email_address);
  throw new Error('email_address is missing');
}

function renderCustomer(rows: ReturnType<ReturnType<DatabaseSync['prepare']>['all']>): string {
  const provided = Object.fromEntries(
    rows.map((row) => [
      String(row['name']),
      { type: row['kind'], description: row['description'], status: row['field_status'] },
    ]),
  );
  return JSON.stringify({ id: rows[0]?.['id'], status: rows[0]?.['status'], provided_fields: provided });
}

function seed(path: string): DatabaseSync {
  mkdirSync(dataDir, { recursive: true });
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  const database = new DatabaseSync(path);
  database.exec(schema);
  const identity = database.prepare('INSERT INTO identities (id, account) VALUES (?, ?)');
  const customer = database.prepare(`INSERT INTO customers VALUES (?, ?, 'sep6-deposit', 'ACCEPTED', NULL, 0)`);
  const field = database.prepare(`INSERT INTO fields VALUES (?, ?, 'string', 'ACCEPTED', ?)`);
  database.exec('BEGIN');
  for (let n = 0; n < 1000; n++) {
    const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    identity.run(n, n === 500 ? account : `G${n}`);
    customer.run(id, n);
    for (const name of fields) field.run(id, name, `The customer's ${name.replaceAll('_', ' ')} as on the document`);
  }
  database.exec('COMMIT; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  return database;
}
