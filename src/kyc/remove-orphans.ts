import type { SealedFiles } from '../store/files/sealed-files.ts';

/** What nothing refers to is removed at once; should that fail, the sweep removes it later. Its key is gone already. */
export async function removeOrphans({ files }: { readonly files: SealedFiles }, ids: readonly string[]): Promise<void> {
  for (const id of ids) await files.giveUp(id);
}
