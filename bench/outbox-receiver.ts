import { createServer } from 'node:http';

// Every host of `npm run bench:outbox` in a process of its own: it listens on all of 127.0.0.0/8. Those whose third number is 200 or more accept
// and never answer; the parent is told how many posts the others have got, and of how many different customers.

const customers = new Set<string>();
let posts = 0;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (Number(request.socket.localAddress?.split('.')[2]) >= 200) return;
  const signature = request.headers['signature'];
  request.on('data', (chunk: Buffer) => {
    const [, id = ''] = /"id":"([^"]+)"/.exec(chunk.toString('latin1')) ?? [];
    customers.add(id);
  });
  request.on('end', () => {
    posts++;
    response.writeHead(typeof signature === 'string' ? 200 : 400, { 'Content-Length': '0' }).end();
  });
});
server.listen(0, '0.0.0.0', 4096, () => process.send?.({ port: (server.address() as { port: number }).port }));
process.on('message', () => process.send?.({ posts, customers: customers.size }));
