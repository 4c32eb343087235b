import { once } from 'node:events';
import { createAnchor, type Options } from 'anchor-kyc';
import express from 'express';
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

  const app = express();
  app.use('/kyc', anchor.nodeHandler);
  app.get('/.well-known/stellar.toml', anchor.nodeHandler);

  // Body parsers come after the anchor, which reads its requests itself.
  app.use(express.json());
  app.get('/hello', (_request, response) => response.json({ hello: 'world' }));
  app.post('/hello', (request, response) => response.json({ hello: request.body.name }));
  // #endregion
  const server = app.listen(port, 'localhost');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    await new Promise((closed) => server.close(closed));
    await anchor.close();
  };
  return { url, close };
}

if (process.argv[1] === import.meta.filename) console.log((await start(Number(process.env['PORT'] ?? 3000))).url);
