import { type JsonReply, jpegBytes, type TestAnchor } from '../support/test-anchor.ts';
import { barePart, multipart, type RawPart, reply } from './support.ts';

/** POSTs a file ahead of the data that is to refer to it, as a bare part. */
export async function postFile(anchor: TestAnchor, sub: string, bytes: Uint8Array = jpegBytes()): Promise<JsonReply> {
  return postParts(anchor, sub, [barePart('file', bytes)]);
}

/** POSTs a body made of exactly these parts. */
export async function postParts(anchor: TestAnchor, sub: string, parts: readonly RawPart[]): Promise<JsonReply> {
  return reply(await anchor.call(sub, 'POST', '/customer/files', multipart(parts)));
}

/** POSTs a file and answers its id. */
export async function upload(anchor: TestAnchor, sub: string, bytes?: Uint8Array): Promise<string> {
  const posted = await postFile(anchor, sub, bytes);
  if (posted.status === 200) return posted.body.file_id;
  throw new Error(`POST /customer/files: ${posted.status} ${posted.body.error}`);
}

/** The ids of the files that a subject is told of. */
export async function fileIds(
  anchor: TestAnchor,
  sub: string,
  query: Readonly<Record<string, string>>,
): Promise<string[]> {
  const got = await anchor.json(sub, 'GET', `/customer/files?${new URLSearchParams(query)}`);
  return got.body.files.map(({ file_id }: { file_id: string }) => file_id);
}

/** A clock that stands still until it is moved. */
export function movableClock(start = new Date()): { now(): Date; move(ms: number): void } {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    move: (ms) => {
      now += ms;
    },
  };
}

/** A video by its first bytes (an MP4 of the brand isom). */
export const mp4Bytes: Buffer = Buffer.concat([
  Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex'),
  Buffer.alloc(64),
]);

/** A scan. */
export const pdfBytes: Buffer = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
