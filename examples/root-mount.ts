import { once } from 'node:events';
import { createAnchor, type Options } from 'anchor-kyc';
import express from 'express';

export async function start(port: number, options: Options = {}): Promise<{ url: string; close(): Promise<void> }> {
  const url = `http://localhost:${port}`;
  // #region mount
  const anchor = await createAnchor({ hostUrl: url, localMode: true, ...options });

  const app = express();
  app.all(['/.well-known/stellar.toml', '/auth', '/customer', '/customer/*rest'], anchor.nodeHandler);
  // #endregion
  app.get('/hello', (_request, response) => response.json({ hello: 'world' }));
  const server = app.listen(port, 'localhost');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    await new Promise((closed) => server.close(closed));
    await anchor.close();
  };
  return { url, close };
}

if (process.argv[1] === import.meta.filename) console.log((await start(Number(process.env['PORT'] ?? 3000))).url);
