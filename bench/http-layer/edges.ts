import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from './child.ts';
import { contenders } from './contenders.ts';
import { dataDir, signBearer } from './work.ts';

// node bench/http-layer/edges.ts: what each contender answers at the edges of HTTP, and how a 413 reaches a client
// that is still uploading a gigabyte.

const authorization = await signBearer();
const headers = `Host: anchor.example.com\r\nAuthorization: ${authorization}\r\nConnection: close\r\n`;
const path = '/customer?type=sep6-deposit';

const probes: Record<string, string> = {
  ordinary: `GET ${path} HTTP/1.1\r\n${headers}\r\n`,
  'trailing slash': `GET /customer/?type=sep6-deposit HTTP/1.1\r\n${headers}\r\n`,
  'double slash': `GET /${path} HTTP/1.1\r\n${headers}\r\n`,
  'dot segment': `GET /x/..${path} HTTP/1.1\r\n${headers}\r\n`,
  'percent-encoded c': `GET /%63ustomer?type=sep6-deposit HTTP/1.1\r\n${headers}\r\n`,
  'bad percent': `GET /%zz HTTP/1.1\r\n${headers}\r\n`,
  'absolute target': `GET http://anchor.example.com${path} HTTP/1.1\r\n${headers}\r\n`,
  backslash: `GET \\customer HTTP/1.1\r\n${headers}\r\n`,
  'asterisk target': `OPTIONS * HTTP/1.1\r\n${headers}\r\n`,
  'bad Host': 'GET / HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n',
  'no Host, 1.1': 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
  'no Host, 1.0': 'GET /customer HTTP/1.0\r\n\r\n',
  garbage: 'this is not http\r\n\r\n',
  'header too large': `GET / HTTP/1.1\r\n${headers}X: ${'x'.repeat(20_000)}\r\n\r\n`,
  'length and chunked': `PUT /customer HTTP/1.1\r\n${headers}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'HEAD /customer': `HEAD ${path} HTTP/1.1\r\n${headers}\r\n`,
  'broken JSON': `PUT /customer HTTP/1.1\r\n${headers}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{]`,
};

const attempts = 10;
const agent = new Agent({ keepAlive: true });
const chunk = Buffer.alloc(64 * 1024);
const chunksPerGb = 2 ** 30 / chunk.length;

const children = await Promise.all(Object.keys(contenders).map(startChild));
const answers: Record<string, Record<string, string>> = {};
const refusals: Record<string, Record<string, string>> = {};
for (const child of children) {
  for (const [name, bytes] of Object.entries(probes)) {
    answers[name] = { ...answers[name], [child.name]: await probe(child.port, bytes) };
  }
  for (const route of ['/refused', '/refused-close', '/limited', '/limited-close']) {
    for (const client of [uploadWithNode, uploadWithFetch, uploadWithCurl]) {
      const row = `${route} ${client.name}`;
      refusals[row] = { ...refusals[row], [child.name]: await countRefusals(child.port, route, client) };
    }
  }
}
await Promise.all(children.map((child) => child.stop()));
agent.destroy();
rmSync(dataDir, { recursive: true, force: true });
console.table(answers);
console.log(`413 during a chunked upload of 1 GB: replies read of ${attempts}, most MB sent, slowest end in ms`);
console.table(refusals);

async function probe(port: number, bytes: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' }).setEncoding('latin1');
  let reply = '';
  socket.on('data', (chunk) => {
    reply += chunk;
  });
  socket.on('error', () => {});
  socket.write(bytes);
  await Promise.race([once(socket, 'close'), delay(3000)]);
  socket.destroy();
  const [head = '', body = ''] = reply.split('\r\n\r\n');
  return `${head.split(' ')[1] ?? 'none'} ${/^access-control-allow-origin/im.test(head) ? 'cors ' : ''}${body.slice(0, 24)}`;
}

interface Refusal {
  status: number | undefined;
  sentMb: number;
  ms: number;
}

type Client = (port: number, path: string) => Promise<{ status: number | undefined; sentMb: number }>;

async function countRefusals(port: number, route: string, client: Client): Promise<string> {
  const results: Refusal[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const started = performance.now();
    results.push({ ...(await client(port, route)), ms: performance.now() - started });
  }
  const read = results.filter((one) => one.status === 413).length;
  const sent = Math.max(...results.map((one) => one.sentMb));
  return `${read}/${attempts} ${sent.toFixed(1)} MB ${Math.max(...results.map((one) => one.ms)).toFixed(0)} ms`;
}

/** A client that reads while it writes and goes on writing after the reply, until the server closes or all is sent. */
function uploadWithNode(port: number, path: string): ReturnType<Client> {
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<Client>>>();
  const type = { 'content-type': 'application/json' };
  const request = httpRequest({ port, host: '127.0.0.1', path, method: 'POST', headers: type, agent });
  let status: number | undefined;
  let sent = 0;
  const finish = () => resolve({ status, sentMb: (sent * chunk.length) / 2 ** 20 });
  request.on('response', (response) => {
    status = response.statusCode;
    response.resume().on('error', () => {});
  });
  request.on('error', finish).on('close', finish);
  setTimeout(() => request.destroy(), 3000).unref();
  const write = () => {
    while (sent++ < chunksPerGb && !request.destroyed)
      if (!request.write(chunk)) return void request.once('drain', write);
    request.end();
  };
  write();
  return promise;
}

async function uploadWithFetch(port: number, path: string): ReturnType<Client> {
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (sent++ < chunksPerGb) controller.enqueue(new Uint8Array(chunk));
      else controller.close();
    },
  });
  const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } } as const;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init).catch(() => undefined);
  await response?.text().catch(() => '');
  return { status: response?.status, sentMb: (sent * chunk.length) / 2 ** 20 };
}

/** curl, without waiting for 100 Continue. */
async function uploadWithCurl(port: number, path: string): ReturnType<Client> {
  const silent = ['-s', '-o', '/dev/null', '-w', '%{http_code} %{size_upload}', '-H', 'Expect:'];
  const type = ['-H', 'Content-Type: application/json', '-X', 'POST', '-T', '-'];
  const curl = spawn('curl', [...silent, ...type, `http://127.0.0.1:${port}${path}`]);
  let report = '';
  curl.stdout.setEncoding('utf8').on('data', (text) => {
    report += text;
  });
  const zeros = Readable.from(
    (function* () {
      for (let n = 0; n < chunksPerGb; n++) yield chunk;
    })(),
  );
  zeros.pipe(curl.stdin).on('error', () => {});
  await once(curl, 'close');
  const [status, size] = report.split(' ').map(Number);
  return { status, sentMb: (size ?? 0) / 2 ** 20 };
}
