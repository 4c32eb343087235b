import { createAnchor, type Options } from 'anchor-kyc';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
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

  const app = fastify();
  app.register(async (kyc) => {
    // In this scope alone bodies stay unread: the anchor reads its requests itself.
    kyc.removeAllContentTypeParsers();
    kyc.addContentTypeParser('*', (_request, _body, done) => done(null));
    const handler = (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      reply.hijack();
      return anchor.nodeHandler(request.raw, reply.raw);
    };
    kyc.all('/kyc/*', handler);
    kyc.get('/.well-known/stellar.toml', handler);
  });

  app.addHook('onClose', () => anchor.close());
  app.get('/hello', async () => ({ hello: 'world' }));
  app.post<{ Body: { name: string } }>('/hello', async (request) => ({ hello: request.body.name }));
  // #endregion
  await app.listen({ port, host: 'localhost' });
  return { url, close: () => app.close() };
}

if (process.argv[1] === import.meta.filename) console.log((await start(Number(process.env['PORT'] ?? 3000))).url);
