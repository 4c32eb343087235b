import type { Clock } from '../../lib/clock.ts';
import { describeError, type Logger } from '../../lib/log.ts';
import type { Store } from '../store.ts';
import type { SealedFiles } from './sealed-files.ts';

/** A file that nothing refers to this long after it was written never will be: the request that brought it is over. */
const orphanAgeMs = 60 * 60 * 1000;
const intervalMs = 60 * 60 * 1000;

/** What sweeping needs of the store. */
export type FileRegister = Pick<Store, 'findLiveFiles'> & { readonly files: Pick<Store['files'], 'removeExpired'> };

/** Removes, now and every hour, uploads that expired, and files that a crash left behind between disk and database. */
export function startSweeping(
  files: SealedFiles,
  register: FileRegister,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): { stop(): void } {
  const run = async (): Promise<void> => {
    try {
      const removed = await sweep(files, register, clock);
      if (removed > 0) log.info({ removed }, 'removed files that nothing refers to');
    } catch (error) {
      log.warn(describeError(error), 'could not sweep files; the next hour tries again');
    }
  };
  void run();
  const timer = setInterval(() => void run(), intervalMs).unref();
  return { stop: () => clearInterval(timer) };
}

/** One round; answers how many files are gone. An upload loses its row first, and with it the key: what a crash leaves is unreadable. */
export async function sweep(files: SealedFiles, register: FileRegister, clock: Clock): Promise<number> {
  const expired = await register.files.removeExpired();
  for (const id of expired) await files.giveUp(id);
  const before = new Date(clock.now().getTime() - orphanAgeMs);
  return expired.length + (await files.sweep(before, (ids) => register.findLiveFiles(ids)));
}
