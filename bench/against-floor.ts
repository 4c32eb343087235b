import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuiltServer, freshSecrets, type StartOptions, startBuiltServer } from '../test/support/built-server.ts';
import { type Contender, type Contest, contest, type Rounds } from './contest.ts';
import { emailAddress, registerCustomers } from './customers.ts';

/** So many that two PUTs hardly ever meet at one customer. */
const customerCount = 1000;
/** A nonce of 12 bytes, the text, a tag of 16 bytes. */
const sealedBytes = 12 + emailAddress(0).length + 16;

interface Floor extends Contender, AsyncDisposable {}

/** GET of a known customer and PUT of one field, ours against the bare floor on a copy of the same database. */
export async function benchAgainstFloor(
  directory: string,
  rounds: Rounds,
  nodeArguments: readonly string[],
): Promise<{ readonly get: Contest; readonly put: Contest }> {
  const secrets = freshSecrets();
  const [dataDir, floorDir] = [join(directory, 'ours'), join(directory, 'floor')];
  await Promise.all([mkdir(dataDir), mkdir(floorDir)]);
  const accounts = await seed({ dataDir, secrets });
  await copyFile(join(dataDir, 'anchor-kyc.db'), join(floorDir, 'anchor-kyc.db'));
  await using ours = await startBuiltServer({ dataDir, secrets, nodeArguments });
  const tokens = await Promise.all(accounts.map((account) => ours.token(account)));
  await using floor = await startFloor(join(floorDir, 'anchor-kyc.db'), secrets.serverJwtKey, ours, tokens[0] ?? '');
  return {
    get: await contest(ours, floor, getRequests(tokens), rounds),
    put: await contest(ours, floor, putRequests(tokens), rounds),
  };
}

async function seed(options: StartOptions): Promise<readonly string[]> {
  await using server = await startBuiltServer(options);
  return await registerCustomers(server, customerCount);
}

/** The floor answers GET with the text that ours answers the first customer with. */
async function startFloor(path: string, secret: string, ours: BuiltServer, token: string): Promise<Floor> {
  const url = `http://127.0.0.1:${ours.port}/customer?type=sep31-sender`;
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  const body = (await response.text()).replace(/"id":"[^"]+"/, '"id":"ID"');
  const issuer = `http://localhost:${ours.port}/auth`;
  const child = fork(join(import.meta.dirname, 'floor.ts'), [path, secret, issuer, String(sealedBytes), body]);
  const [port] = (await once(child, 'message')) as [number];
  const stop = async (): Promise<void> => {
    const exit = once(child, 'exit');
    child.disconnect();
    await exit;
  };
  return { port, pid: child.pid ?? 0, [Symbol.asyncDispose]: stop };
}

function getRequests(tokens: readonly string[]): () => string {
  const requests = tokens.map((token) => `GET /customer?type=sep31-sender HTTP/1.1\r\n${head(token)}\r\n`);
  let n = 0;
  return () => requests[n++ % requests.length] ?? '';
}

function putRequests(tokens: readonly string[]): () => string {
  const length = JSON.stringify({ email_address: emailAddress(0) }).length;
  const type = `Content-Type: application/json\r\nContent-Length: ${length}\r\n`;
  const heads = tokens.map((token) => `PUT /customer HTTP/1.1\r\n${head(token)}${type}\r\n`);
  let n = 0;
  return () => {
    n++;
    return `${heads[n % heads.length]}{"email_address":"${emailAddress(n)}"}`;
  };
}

function head(token: string): string {
  return `Host: localhost:8000\r\nAuthorization: Bearer ${token}\r\nAccept: */*\r\nUser-Agent: bench\r\n`;
}
