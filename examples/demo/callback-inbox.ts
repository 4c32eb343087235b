import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { verifyCallback } from 'anchor-kyc';

/** A callback whose signature was verified. */
export interface Callback {
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: the bodies of two SEPs
  readonly body: any;
}

const patienceMs = 20_000;

/** Where the sending anchor is told of changes: refuses what the anchor did not sign for this host, just now. */
export interface CallbackInbox extends AsyncDisposable {
  readonly url: string;
  /** The callback at a path that says a status, waited for. @throws Error when it does not come */
  next(path: string, status: string): Promise<Callback>;
}

/** @param signingKey SIGNING_KEY of the anchor's stellar.toml, asked for once it is known */
export async function openInbox(signingKey: () => string): Promise<CallbackInbox> {
  const taken: Callback[] = [];
  const listeners = new Set<() => void>();
  let host = '';
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const isGenuine = verify(request.headers, body, host, signingKey());
    response.writeHead(isGenuine ? 204 : 403).end();
    if (!isGenuine) return;
    taken.push({ path: request.url ?? '', body: JSON.parse(body.toString()) });
    for (const listener of listeners) listener();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    next: (path, status) => {
      const { promise, resolve, reject } = Promise.withResolvers<Callback>();
      const giveUp = setTimeout(() => reject(new Error(`no callback that says ${status}`)), patienceMs);
      const look = (): void => {
        const found = taken.find((one) => one.path === path && statusOf(one) === status);
        if (found === undefined) return;
        clearTimeout(giveUp);
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
      return promise;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function verify(headers: IncomingHttpHeaders, body: Buffer, host: string, signingKey: string): boolean {
  try {
    verifyCallback({ headers, body, host, signingKey });
    return true;
  } catch {
    return false;
  }
}

/** A payment's callback has the body of GET /transactions/:id, a customer's that of GET /customer. */
function statusOf({ body }: Callback): string {
  return body.transaction?.status ?? body.status;
}
