import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { jwtVerify } from 'jose';

// The bare floor: what no server for this job can do without. node:http, the token check, the SQL of the real store in prepared
// statements, and replies of the real size whose text is not composed. No routes, no parsing, no sealing, no log.
// Started by run.ts: node bench/floor.ts DATABASE JWT_SECRET ISSUER SEALED_BYTES GET_BODY

const [path = '', secret = '', issuer = '', sealedBytes = '', getBody = ''] = process.argv.slice(2);

const algorithm = { name: 'HMAC', hash: 'SHA-256' };
const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['verify']);
const database = new DatabaseSync(path, { enableForeignKeyConstraints: true });
database.exec('pragma journal_mode = wal; pragma synchronous = full');

const select = database.prepare(`
  select customers.id, customers.version, customers.kek_id, customers.wrapped_key, customers.dossier
  from identities inner join customers on customers.id = identities.customer_id
  where identities.account = ? and identities.memo_type = ? and identities.memo = ?`);
const begin = database.prepare('begin immediate');
const raiseVersion = database.prepare(`
  update customers set version = version + 1, updated_at = ?
  where id = (select customer_id from identities where account = ? and memo_type = '' and memo = '') returning id`);
const setValue = database.prepare(`
  insert into field_values (customer_id, field, sealed, updated_at) values (?, 'email_address', ?, ?)
  on conflict (customer_id, field) do update set sealed = excluded.sealed, updated_at = excluded.updated_at`);
const commit = database.prepare('commit');

const headers = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Retry-After, WWW-Authenticate, X-Request-Id',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Type': 'application/json; charset=utf-8',
};

const server = createServer((request, response) => {
  (request.method === 'PUT' ? put : get)(request, response).catch(() => reply(response, 500, '{}'));
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());

async function get(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [row] = select.all(await subject(request), '', '');
  reply(response, 200, getBody.replace('ID', String(row?.['id'])));
}

async function put(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const account = await subject(request);
  for await (const chunk of request) void chunk;
  const now = Date.now();
  begin.run();
  const id = String(raiseVersion.get(now, account)?.['id']);
  setValue.run(id, randomBytes(Number(sealedBytes)), now);
  commit.run();
  reply(response, 202, `{"id":"${id}"}`);
}

async function subject({ headers: { authorization = '' } }: IncomingMessage): Promise<string> {
  const { payload } = await jwtVerify(authorization.slice('Bearer '.length), key, {
    algorithms: ['HS256'],
    issuer,
    requiredClaims: ['iss', 'sub', 'iat', 'exp'],
  });
  return payload.sub ?? '';
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
