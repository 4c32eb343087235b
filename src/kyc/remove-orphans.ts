import { describeError, type Logger } from '../lib/log.ts';
import type { SealedFiles } from '../store/files/sealed-files.ts';

/** What nothing refers to is removed at once; should that fail, the sweep removes it later. Its key is gone already. */
export async function removeOrphans(
  { files, log }: { readonly files: SealedFiles; readonly log: Logger },
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) {
    await files.remove(id).catch((error: unknown) => {
      log.warn({ file: id, ...describeError(error) }, 'a file was not removed; the sweep will');
    });
  }
}
