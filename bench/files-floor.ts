import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Encrypts and writes `count` files of 10 MB in a process of its own; answers how fast. Into a directory, or to S3 if there is a URL. */
export async function floorMegabytesPerSecond(
  directory: string,
  filesUrl: string | undefined,
  count: number,
): Promise<number> {
  const child = fork(new URL('files-floor-entry.ts', import.meta.url), [directory, filesUrl ?? '', String(count)]);
  const [speed] = await once(child, 'message');
  await once(child, 'exit');
  return Number(speed);
}
