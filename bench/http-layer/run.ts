import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { type Load, median, runLoad } from '../load.ts';
import { type Child, startChild } from './child.ts';
import { contenders } from './contenders.ts';
import { variants } from './variants.ts';
import { dataDir, signBearer } from './work.ts';

// node bench/http-layer/run.ts [rounds] [seconds]: contenders alternate in rounds; every figure is a median of
// per-round ratios to the floor, because the machine is shared and absolute numbers drift.

type Sample = Load & { cpuMicrosPerRequest: number };
type Row = Record<string, string | number>;

const rounds = Number(process.argv[2] ?? 6);
const ms = Number(process.argv[3] ?? 3) * 1000;
const authorization = await signBearer();
const head = `Host: anchor.example.com\r\nAuthorization: ${authorization}\r\nAccept: */*\r\nUser-Agent: bench\r\n`;
const getRequest = `GET /customer?type=sep6-deposit HTTP/1.1\r\n${head}\r\n`;
const json = '{"email_address":"ada@example.com"}';
const putRequest = `PUT /customer HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`;

await printContenders();
await printVariants();
printImports();
rmSync(dataDir, { recursive: true, force: true });

async function printContenders(): Promise<void> {
  const children = await Promise.all(Object.keys(contenders).map(startChild));
  const get = await alternate(children, getRequest, ms);
  const put = await alternate(children, putRequest, ms / 2);
  const uploads = await alternateUploads(children);
  const rows = children.map(({ name }): [string, Row] => [
    name,
    {
      ...ratios('GET', get, name),
      ...ratios('PUT', put, name),
      ...uploadColumns(uploads.get(name) ?? []),
    },
  ]);
  await Promise.all(children.map((child) => child.stop()));
  console.log(`${rounds} rounds of ${ms} ms, 32 connections, ratios to node:http per round, median`);
  console.table(Object.fromEntries(rows));
}

async function printVariants(): Promise<void> {
  const children = await Promise.all(Object.keys(variants).map(startChild));
  const samples = await alternate(children, getRequest, ms / 3);
  await Promise.all(children.map((child) => child.stop()));
  console.log('a handler without work: what each habit costs on @hono/node-server');
  console.table(Object.fromEntries(children.map(({ name }) => [name, ratios('GET', samples, name)])));
}

async function alternate(children: Child[], request: string, roundMs: number): Promise<Map<string, Sample[]>> {
  for (const child of children) await runLoad(child.port, request, roundMs / 2);
  const samples = new Map<string, Sample[]>(children.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const child of round % 2 ? children.toReversed() : children) {
      samples.get(child.name)?.push(await sample(child, request, roundMs));
    }
  }
  return samples;
}

async function sample(child: Child, request: string, roundMs: number): Promise<Sample> {
  const before = await child.usage();
  const load = await runLoad(child.port, request, roundMs);
  const after = await child.usage();
  return { ...load, cpuMicrosPerRequest: (after.cpuMicros - before.cpuMicros) / load.requests };
}

function ratios(label: string, samples: Map<string, Sample[]>, name: string): Row {
  const own = samples.get(name) ?? [];
  const floor = samples.values().next().value ?? [];
  const ratio = (field: keyof Sample) =>
    median(own.map((one, round) => one[field] / (floor[round]?.[field] ?? Number.NaN)));
  return {
    [`${label} req/s`]: Math.round(median(own.map((one) => one.requestsPerSecond))),
    [`${label} ÷floor`]: ratio('requestsPerSecond').toFixed(2),
    [`${label} cpu µs`]: median(own.map((one) => one.cpuMicrosPerRequest)).toFixed(0),
    [`${label} cpu ÷floor`]: ratio('cpuMicrosPerRequest').toFixed(2),
    [`${label} p50/p99 ms`]: `${median(own.map((one) => one.p50Ms)).toFixed(1)}/${median(own.map((one) => one.p99Ms)).toFixed(1)}`,
  };
}

interface UploadSample {
  megabytesPerSecond: number;
  rssGrowth: number;
}

async function alternateUploads(children: Child[]): Promise<Map<string, UploadSample[]>> {
  const samples = new Map<string, UploadSample[]>(children.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const child of round % 2 ? children.toReversed() : children) {
      samples.get(child.name)?.push(await uploadTenByTen(child));
    }
  }
  return samples;
}

async function uploadTenByTen(child: Child): Promise<UploadSample> {
  const before = await child.usage();
  const started = performance.now();
  await Promise.all(Array.from({ length: 10 }, () => upload(child.port, 10)));
  const seconds = (performance.now() - started) / 1000;
  const after = await child.usage();
  return { megabytesPerSecond: 100 / seconds, rssGrowth: (after.peakRssBytes - before.rssBytes) / 2 ** 20 };
}

function upload(port: number, megabytes: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = { 'content-type': 'application/octet-stream', 'content-length': megabytes * 1e6 };
  const request = httpRequest({ port, host: '127.0.0.1', path: '/upload', method: 'POST', headers, agent: false });
  request.once('error', reject).once('response', (response) => response.resume().once('end', resolve));
  const chunk = Buffer.alloc(100_000);
  let left = megabytes * 10;
  const write = () => {
    while (left-- > 0) if (!request.write(chunk)) return void request.once('drain', write);
    request.end();
  };
  write();
  return promise;
}

function uploadColumns(samples: UploadSample[]): Row {
  return {
    'upload MB/s': Math.round(median(samples.map((one) => one.megabytesPerSecond))),
    'upload peak +MB': Math.round(Math.max(...samples.map((one) => one.rssGrowth))),
  };
}

function printImports(): void {
  const layers = {
    node: [],
    hono: ['hono', '@hono/node-server'],
    fastify: ['fastify'],
    web: ['@hono/node-server'],
  };
  const rows = Object.entries(layers).map(([name, modules]): [string, Row] => {
    const samples = Array.from({ length: 9 }, () => measureImport(modules));
    const ms = median(samples.map((one) => one.ms));
    return [name, { 'import ms': ms.toFixed(1), 'rss MB': median(samples.map((one) => one.rss)).toFixed(1) }];
  });
  console.table(Object.fromEntries(rows));
}

function measureImport(modules: string[]): { ms: number; rss: number } {
  const script = `
    await import('node:http');
    const started = performance.now();
    for (const name of ${JSON.stringify(modules)}) await import(name);
    const ms = performance.now() - started;
    globalThis.gc();
    console.log(JSON.stringify({ ms, rss: process.memoryUsage.rss() / 2 ** 20 }));`;
  const args = ['--expose-gc', '--input-type=module', '-e', script];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }));
}
