import { KycError } from '../errors.ts';
import { getDeposit } from '../sep6/get-deposit.ts';
import { getInfo } from '../sep6/get-info.ts';
import { getTransaction } from '../sep6/get-transaction.ts';
import { getWithdraw } from '../sep6/get-withdraw.ts';
import { listTransactions } from '../sep6/list-transactions.ts';
import type { Sep6Parts } from '../sep6/parts.ts';
import { patchTransaction } from '../sep6/patch-transaction.ts';
import { bearerToken, type TokenSettings, verifyToken } from '../sep10/token.ts';
import type { CustomerContext } from '../sep12/integration.ts';
import { readJsonText } from './json-body.ts';
import { type Sep6Endpoint, sep6About } from './openapi/about-sep6.ts';
import type { Reply } from './reply.ts';
import { type Call, type Method, type Route, readQuery } from './route.ts';

type Act = (call: Call, context: CustomerContext) => Promise<Reply>;

/** Where the endpoints of SEP-6 are, below the host: SEP-31 has some of the same names. */
export const sep6Path = '/sep6';

/** What is answered without a good token. @see SEP-6 § Authentication required (ruling 8) */
const authenticationRequired: Reply = { status: 403, body: { type: 'authentication_required' } };

/**
 * The endpoints of SEP-6. GET /info is for everybody; all others ask for a token.
 * @see SEP-6 § API Endpoints
 */
export function sep6Routes(parts: Sep6Parts, tokens: TokenSettings): readonly Route[] {
  const route = (endpoint: Sep6Endpoint, act: Act): Route => {
    return routeOf(endpoint, async (call) => {
      const subject = await findSubject(tokens, call.request);
      return subject === undefined ? authenticationRequired : act(call, { subject, requestId: call.requestId });
    });
  };
  return [
    routeOf('GET /sep6/info', async () => ({ status: 200, body: getInfo(parts) })),
    route('GET /sep6/deposit', (call, context) => getDeposit(parts, context, call.query())),
    route('GET /sep6/withdraw', (call, context) => getWithdraw(parts, context, call.query())),
    route('GET /sep6/deposit-exchange', (call, context) =>
      getDeposit(parts, context, call.query(), 'deposit-exchange'),
    ),
    route('GET /sep6/withdraw-exchange', (call, context) =>
      getWithdraw(parts, context, call.query(), 'withdraw-exchange'),
    ),
    route('GET /sep6/transaction', async (call, context) => ({
      status: 200,
      body: await getTransaction(parts, context, call.query()),
    })),
    route('GET /sep6/transactions', async ({ request }, context) => {
      const { query, kinds } = readListQuery(request.url);
      return { status: 200, body: await listTransactions(parts, context, query, kinds) };
    }),
    route('PATCH /sep6/transactions/:id', async ({ request, account: id = '' }, context) => ({
      status: 200,
      body: await patchTransaction(parts, context, id, await readJsonText(request)),
    })),
  ];
}

function routeOf(endpoint: Sep6Endpoint, handle: Route['handle']): Route {
  const [method, path] = endpoint.split(' ') as [Method, string];
  return { method, path, about: sep6About[endpoint], handle };
}

/** Who presents the token of a request; undefined for no good one. */
async function findSubject(tokens: TokenSettings, request: Request): Promise<CustomerContext['subject'] | undefined> {
  try {
    return await verifyToken(tokens, bearerToken(request.headers.get('authorization') ?? undefined));
  } catch (error) {
    if (error instanceof KycError && error.code === 'unauthenticated') return undefined;
    throw error;
  }
}

/** A query in which `kind` may be there several times. */
function readListQuery(text: string): {
  readonly query: ReadonlyMap<string, string>;
  readonly kinds: readonly string[];
} {
  const url = new URL(text);
  const kinds = url.searchParams.getAll('kind');
  url.searchParams.delete('kind');
  return { query: readQuery(url.href), kinds };
}
