import { once } from 'node:events';
import { createServer } from 'node:http';
import { createAnchor, type Options } from 'anchor-kyc';
import { OwnCustomers } from './own-customers.ts';

export async function start(port: number, options: Options = {}): Promise<{ url: string; close(): Promise<void> }> {
  const url = `http://localhost:${port}`;
  // #region mount
  const anchor = await createAnchor({
    hostUrl: `${url}/kyc`,
    integration: new OwnCustomers(),
    localMode: true,
    ...options,
  });

  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    if (path.startsWith('/kyc/') || path === '/.well-known/stellar.toml') return anchor.nodeHandler(request, response);
    response.setHeader('Content-Type', 'application/json');
    if (path === '/hello') return response.end('{"hello":"world"}');
    return response.writeHead(404).end('{"error":"not found"}');
  });
  // #endregion
  server.listen(port, 'localhost');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    await new Promise((closed) => server.close(closed));
    await anchor.close();
  };
  return { url, close };
}

if (process.argv[1] === import.meta.filename) console.log((await start(Number(process.env['PORT'] ?? 3000))).url);
