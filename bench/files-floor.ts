import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Encrypts and writes `count` files of 10 MB in a process of its own, `atOnce` at once; answers how fast. Into a directory, or to S3 if there is a URL. */
export async function floorMegabytesPerSecond(
  directory: string,
  filesUrl: string | undefined,
  count: number,
  atOnce: number,
): Promise<number> {
  const args = [directory, filesUrl ?? '', String(count), String(atOnce)];
  const child = fork(new URL('files-floor-entry.ts', import.meta.url), args);
  const [speed] = await once(child, 'message');
  await once(child, 'exit');
  return Number(speed);
}
