import { KycError } from '../errors.ts';
import { bearerToken, type TokenSettings, verifyToken } from '../sep10/token.ts';
import { getInfo } from '../sep31/get-info.ts';
import type { Sep31Parts } from '../sep31/parts.ts';
import { postTransaction } from '../sep31/post-transaction.ts';
import { getTransaction, patchTransaction, putTransactionCallback } from '../sep31/transactions.ts';
import type { Subject } from '../stellar/subject.ts';
import { readJsonText } from './json-body.ts';
import { type Sep31Endpoint, sep31About } from './openapi/about-sep31.ts';
import type { Reply } from './reply.ts';
import type { Call, Method, Route } from './route.ts';

type Act = (call: Call, subject: Subject) => Promise<Reply>;

/** Where the endpoints of SEP-31 are, below the host: SEP-6 has some of the same names. */
export const sep31Path = '/sep31';

/**
 * The endpoints of SEP-31. Choice: GET /info is for everybody, as sending anchors ask for it before they sign in.
 * @see SEP-31 § API Endpoints
 */
export function sep31Routes(parts: Sep31Parts, tokens: TokenSettings): readonly Route[] {
  const route = (endpoint: Sep31Endpoint, act: Act): Route => {
    return routeOf(endpoint, async (call) => act(call, await authenticate(tokens, call.request)));
  };
  const idOf = ({ account = '' }: Call): string => account;
  return [
    routeOf('GET /sep31/info', async ({ query }) => ({
      status: 200,
      body: getInfo(parts, query().get('lang') ?? 'en'),
    })),
    route('POST /sep31/transactions', async (call, subject) =>
      postTransaction(parts, subject, await readJsonText(call.request), call.answerIn),
    ),
    route('GET /sep31/transactions/:id', async (call, subject) => ({
      status: 200,
      body: await getTransaction(parts, subject, idOf(call)),
    })),
    route('PATCH /sep31/transactions/:id', async (call, subject) => ({
      status: 200,
      body: await patchTransaction(parts, subject, idOf(call), await readJsonText(call.request)),
    })),
    route('PUT /sep31/transactions/:id/callback', async (call, subject) => {
      await putTransactionCallback(parts, subject, idOf(call), await readJsonText(call.request));
      return { status: 204 };
    }),
  ];
}

function routeOf(endpoint: Sep31Endpoint, handle: Route['handle']): Route {
  const [method, path] = endpoint.split(' ') as [Method, string];
  return { method, path, about: sep31About[endpoint], handle };
}

/**
 * Who presents the token of a request.
 * @throws KycError `forbidden` for no good token: SEP-31 has 403 where SEP-12 has 401 (ruling 8)
 * @see SEP-31 § Authentication
 */
async function authenticate(tokens: TokenSettings, request: Request): Promise<Subject> {
  try {
    return await verifyToken(tokens, bearerToken(request.headers.get('authorization') ?? undefined));
  } catch (error) {
    if (error instanceof KycError && error.code === 'unauthenticated')
      throw new KycError('forbidden', error.phrase ?? error.message, { cause: error });
    throw error;
  }
}
