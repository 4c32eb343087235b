import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory for this user alone, with those above it that are missing. Choice: not by `recursive` of Node's own, which never ends where a
 * directory cannot have another one in it and says that it is not there, as /proc does.
 * @throws Error of the file system (`EACCES`, `EROFS`, `ENOTDIR`, …) when there can be none
 */
export async function makeDirectory(path: string): Promise<void> {
  const code = await tryToMake(path);
  if (code !== 'ENOENT') return;
  await makeDirectory(dirname(path));
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => expectDirectory(path, error));
}

/** Answers `ENOENT` where what is above is missing. */
async function tryToMake(path: string): Promise<'ENOENT' | undefined> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path) return 'ENOENT';
    await expectDirectory(path, error);
  }
  return undefined;
}

/** A directory that is there already is as good, whatever making it was refused for. */
async function expectDirectory(path: string, error: unknown): Promise<void> {
  const entry = await stat(path).catch(() => undefined);
  if (entry?.isDirectory() !== true) throw error;
}
