import type { OptionReader } from './option-reader.ts';
import { readS3Url, type S3Location, s3UrlExpected } from './store/files/s3-location.ts';

/** Where files are kept when it is not on this machine's disk. */
export function readFilesUrl(reader: OptionReader): S3Location | undefined {
  const text = reader.text('filesUrl');
  return text === undefined ? undefined : (readS3Url(text) ?? reader.fault('filesUrl', s3UrlExpected));
}
