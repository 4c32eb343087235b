import { S3Files, type S3FilesOptions, type S3Sdk } from './s3-files.ts';
import type { S3Location } from './s3-location.ts';

/** @throws TypeError when the package that it takes is not installed, saying which */
export async function openS3Files(
  location: S3Location,
  spoolDirectory: string,
  options?: S3FilesOptions,
): Promise<S3Files> {
  return new S3Files(await importSdk(), location, spoolDirectory, options);
}

/** Loaded only where files are kept in S3: it costs 25 MB of memory. */
async function importSdk(): Promise<S3Sdk> {
  return import('@aws-sdk/client-s3').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new TypeError("files in S3 need the package @aws-sdk/client-s3: 'npm install @aws-sdk/client-s3@3'");
  });
}
