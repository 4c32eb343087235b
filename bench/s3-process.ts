import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { startS3 } from '../test/support/stand-ins/s3-stand-in.ts';

/** A stand-in for S3 in a process of its own. */
export interface S3Process extends AsyncDisposable {
  readonly url: string;
}

/** Starts it; its objects lie in `directory`. */
export async function startS3Process(directory: string): Promise<S3Process> {
  await mkdir(directory, { recursive: true });
  const child = fork(import.meta.filename, [directory]);
  const [url] = await once(child, 'message');
  const stop = async (): Promise<void> => {
    child.disconnect();
    await once(child, 'exit');
  };
  return { url: String(url), [Symbol.asyncDispose]: stop };
}

if (import.meta.main) {
  const s3 = await startS3(process.argv[2] ?? '');
  process.send?.(s3.url);
  await once(process, 'disconnect');
  await s3[Symbol.asyncDispose]();
}
