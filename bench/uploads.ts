import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { type BuiltServer, resetPeak, residentMemory } from '../test/support/built-server.ts';
import { freshAccount } from './customers.ts';

/** How fast uploads went, and what they added to the resident memory at its peak. */
export interface UploadRun {
  readonly megabytesPerSecond: number;
  readonly addedBytes: number;
}

const fileBytes = 10_000_000;
const piece = Buffer.concat([Buffer.from('ffd8fffe000300ffc0000b080010001001011100', 'hex'), randomBytes(99_980)]);
const boundary = 'bench';
const head = `--${boundary}\r\nContent-Disposition: form-data; name="photo_id_front"; filename="front.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
const tail = `\r\n--${boundary}--\r\n`;

/** Photos of 10 MB by as many customers at once. */
export async function uploadAtOnce(server: BuiltServer, count: number): Promise<UploadRun> {
  const tokens = await Promise.all(Array.from({ length: count }, () => server.token(freshAccount())));
  const before = await residentMemory(server.pid);
  await resetPeak(server.pid);
  const startedAt = performance.now();
  await Promise.all(tokens.map((token) => uploadPhoto(server.port, token)));
  const seconds = (performance.now() - startedAt) / 1000;
  const { peak } = await residentMemory(server.pid);
  return { megabytesPerSecond: (tokens.length * fileBytes) / 1e6 / seconds, addedBytes: peak - before.now };
}

async function uploadPhoto(port: number, token: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Type': `multipart/form-data; boundary=${boundary}`,
    'Content-Length': head.length + fileBytes + tail.length,
  };
  const request = httpRequest({ port, host: '127.0.0.1', path: '/customer', method: 'PUT', headers, agent: false });
  request.once('error', reject).once('response', (response) => {
    if (response.statusCode !== 202) reject(new Error(`an upload was answered ${response.statusCode}`));
    response.resume().once('end', resolve);
  });
  request.write(head);
  let left = fileBytes / piece.length;
  const write = (): void => {
    while (left-- > 0) if (!request.write(piece)) return void request.once('drain', write);
    request.end(tail);
  };
  write();
  return promise;
}
