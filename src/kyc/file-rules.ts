import { invalidField, KycError } from '../errors.ts';
import type { Phrase } from '../messages/phrase.ts';
import type { UploadedFile } from '../sep12/integration.ts';
import type { FileQuota } from '../store/file-store.ts';
import { SealedFile } from '../store/files/sealed-files.ts';
import type { TypeField } from './program.ts';

const MB = 1024 * 1024;

/** What the files of one customer may come to, those that nothing refers to yet included. */
export const fileQuota: FileQuota = { count: 20, bytes: 50 * MB };

/** More pixels than any camera that people carry, and few enough to be unpacked. */
const maxMegapixels = 40;

/** The types of file that can be looked at: photos and scans. */
const documentTypes = ['image/jpeg', 'image/png', 'image/heic', 'image/heif', 'image/webp', 'application/pdf'];
/** A liveness proof may also move. @see SEP-9 § Natural Person Fields, proof_of_liveness */
const videoTypes = ['video/mp4', 'video/quicktime', 'video/webm', 'video/x-matroska', 'video/3gpp'];

/** Judges a file that fills a field by what its bytes say (ruling 19). */
export function checkFile(wireName: string, field: TypeField, file: SealedFile): void {
  checkType(wireName, field, file.contentType);
  checkPixels(wireName, file);
}

/** Judges a file that is to fill some field later: it has a type that some field takes; the field decides again. */
export function checkUpload(file: SealedFile): void {
  refuseType('file', file.contentType, true);
  checkPixels('file', file);
}

/** Whether the field takes a file of that type. */
export function checkType(wireName: string, field: TypeField, contentType: string): void {
  checkIsBinary(wireName, field);
  refuseType(wireName, contentType, field.key === 'proof_of_liveness');
}

/** Whether the field takes a file at all. */
export function checkIsBinary(wireName: string, { format }: TypeField): void {
  if (format.type !== 'binary') throw invalidField(wireName, { key: 'rule.not_a_file', params: { type: format.type } });
}

/** A file of the built-in integration's own store. */
export function ours(file: UploadedFile): SealedFile {
  if (file instanceof SealedFile) return file;
  throw new TypeError('the built-in integration takes files only from its own store');
}

/** @see fileQuota */
export function overQuota(exceeded: keyof FileQuota): KycError {
  const told: Phrase =
    exceeded === 'count'
      ? { key: 'error.too_many_customer_files', params: { max: fileQuota.count } }
      : { key: 'error.too_large_customer_files', params: { max: `${fileQuota.bytes / MB} MB` } };
  return new KycError('too_large', told);
}

function refuseType(wireName: string, contentType: string, video: boolean): void {
  if (documentTypes.includes(contentType) || (video && videoTypes.includes(contentType))) return;
  throw invalidField(wireName, { key: video ? 'rule.document_or_video' : 'rule.document_file' });
}

function checkPixels(wireName: string, { contentType, pixels }: SealedFile): void {
  if (!contentType.startsWith('image/')) return;
  if (pixels === undefined) throw invalidField(wireName, { key: 'rule.unreadable_image' });
  if (pixels > maxMegapixels * 1e6)
    throw invalidField(wireName, { key: 'rule.megapixels', params: { max: maxMegapixels } });
}
