import { join } from 'node:path';
import type { Settings } from './resolve-options.ts';
import type { BlobStore } from './store/files/blob-store.ts';
import { DiskFiles } from './store/files/disk-files.ts';
import { openS3Files } from './store/files/open-s3-files.ts';

/** Where the sealed files are kept, as the settings say. */
export async function openBlobs({
  filesLocation,
  dataDir,
}: Pick<Settings, 'filesLocation' | 'dataDir'>): Promise<BlobStore> {
  if (filesLocation === undefined) return new DiskFiles(join(dataDir, 'files'));
  return openS3Files(filesLocation, join(dataDir, 'spool'));
}
