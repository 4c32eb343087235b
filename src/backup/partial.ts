import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../store/files/make-directory.ts';
import { holdPlace } from '../store/sql/sqlite-copy.ts';

/** The name, in a directory, of what says that a backup is being made there, or was when it was broken off. */
const makingName = '.making';

/** A directory in which a backup is being made by this process alone. */
export interface Partial extends AsyncDisposable {
  readonly path: string;
  /** From now on what is in it is whole. It is no longer removed when this is disposed of. */
  finish(): Promise<void>;
}

/**
 * Begins to make a backup. What an earlier run left that was killed is removed; of one that is told to stop nothing stays.
 * @param path of the directory that it is made in
 * @throws TypeError when something else is there, or somebody is making one at the moment
 */
export async function beginPartial(path: string): Promise<Partial> {
  await makeDirectory(dirname(path));
  await mkdir(path, { mode: 0o700 }).then(
    () => writeFileSync(join(path, makingName), '', { mode: 0o600 }),
    (error: NodeJS.ErrnoException) => expectLeftover(path, error),
  );
  const letGo = holdPlace(join(path, makingName));
  if (letGo === undefined) throw new TypeError(`${path}: another backup of this name is being made at the moment`);
  for (const name of await readdir(path)) if (name !== makingName) await rm(join(path, name), { recursive: true });
  const stopRemoving = removeOnSignal(path);
  let isWhole = false;
  return {
    path,
    async finish() {
      letGo();
      await rm(join(path, makingName));
      isWhole = true;
    },
    async [Symbol.asyncDispose]() {
      stopRemoving();
      if (isWhole) return;
      letGo();
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Whether a backup in that directory was never finished. */
export async function isPartial(directory: string): Promise<boolean> {
  return stat(join(directory, makingName)).then(
    () => true,
    () => false,
  );
}

/** Only what a broken-off backup has left may be removed. */
async function expectLeftover(path: string, error: NodeJS.ErrnoException): Promise<void> {
  if (error.code !== 'EEXIST') throw error;
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined || (names.length > 0 && !names.includes(makingName)))
    throw new TypeError(`${path}: expected nothing there yet, or what a backup has left that was broken off`);
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Removes a directory when the process is told to stop, which it then does as if nobody had listened. */
function removeOnSignal(path: string): () => void {
  const stop = (signal: NodeJS.Signals): void => {
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // What is left the next run removes.
    }
    leave();
    process.kill(process.pid, signal);
  };
  const leave = (): void => {
    for (const signal of signals) process.off(signal, stop);
  };
  for (const signal of signals) process.on(signal, stop);
  return leave;
}
