import type { Clock } from '../../lib/clock.ts';
import { describeError, type Logger } from '../../lib/log.ts';
import type { SealedFiles } from './sealed-files.ts';

/** A file that nothing refers to this long after it was written never will be: the request that brought it is over. */
const orphanAgeMs = 60 * 60 * 1000;
const intervalMs = 60 * 60 * 1000;

/** Removes, now and every hour, files that a crash left behind between disk and database. */
export function startSweeping(
  files: SealedFiles,
  isLive: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): { stop(): void } {
  const sweep = async (): Promise<void> => {
    try {
      const removed = await files.sweep(new Date(clock.now().getTime() - orphanAgeMs), isLive);
      if (removed > 0) log.info({ removed }, 'removed files that nothing referred to');
    } catch (error) {
      log.warn(describeError(error), 'could not sweep files; the next hour tries again');
    }
  };
  void sweep();
  const timer = setInterval(() => void sweep(), intervalMs).unref();
  return { stop: () => clearInterval(timer) };
}
