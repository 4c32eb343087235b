import { InvalidRequest, invalidField, KycError } from '../errors.ts';
import type {
  CustomerContext,
  CustomerFile,
  CustomerFiles,
  CustomerIntegration,
  FileQuery,
  UploadedFile,
} from './integration.ts';
import type { Params } from './parameters.ts';

/** A file as POST and GET tell of it. @see SEP-12 § Customer Files, POST Response */
export interface FileReply {
  readonly file_id: string;
  readonly content_type: string;
  readonly size: number;
  readonly expires_at?: string;
  readonly customer_id: string | null;
}

/** What a POST brought, by wire name. */
export interface SentFiles {
  readonly values: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, UploadedFile>;
  readonly unknownFiles: ReadonlySet<string>;
}

/**
 * The integration's files, asked for before a byte of the request's body is read.
 * @throws KycError `not_implemented` when it keeps none
 */
export function filesOf({ files }: CustomerIntegration): CustomerFiles {
  if (files === undefined) throw new KycError('not_implemented', { key: 'error.not_implemented' });
  return files;
}

/**
 * Keeps a file that fields may refer to later.
 * @throws KycError unless exactly one file came, under the name `file`
 * @see SEP-12 § Customer Files, POST Request
 */
export async function postFile(files: CustomerFiles, sent: SentFiles, context: CustomerContext): Promise<FileReply> {
  const file = sent.files.get('file');
  if (file === undefined) throw noFile(sent);
  if (sent.files.size + sent.unknownFiles.size > 1) {
    throw new InvalidRequest({ key: 'error.only_file' }, { field: 'file' });
  }
  return fileReply(await files.add(file, context));
}

/**
 * Tells of the subject's files, of one by its id or of all of a customer's; of one that must be the customer's when both are given.
 * @see SEP-12 § Customer Files, GET Request
 */
export async function getFiles(
  files: CustomerFiles,
  params: Params,
  context: CustomerContext,
): Promise<{ readonly files: readonly FileReply[] }> {
  const fileId = params.get('file_id');
  const customerId = params.get('customer_id');
  if (fileId === undefined && customerId === undefined) throw new InvalidRequest({ key: 'error.file_query_required' });
  const query: FileQuery = fileId !== undefined ? { fileId } : { customerId: customerId ?? '' };
  const replies = readFound(await files.find(query, context), query);
  return { files: replies.filter((reply) => customerId === undefined || reply.customer_id === customerId) };
}

function noFile({ values }: SentFiles): KycError {
  if (values.has('file')) return invalidField('file', { key: 'rule.file_not_empty' });
  return new InvalidRequest({ key: 'error.file_required' }, { field: 'file' });
}

/** The answer to a query. @throws KycError `integration_fault` when it is about files that were not asked for */
function readFound(found: unknown, query: FileQuery): FileReply[] {
  if (!Array.isArray(found)) throw fault('files is not an array');
  const replies = found.map(fileReply);
  if ('fileId' in query) {
    if (replies.length > 1 || replies.some((reply) => reply.file_id !== query.fileId))
      throw fault('files has another file than the one asked for');
  } else if (replies.some((reply) => reply.customer_id !== query.customerId)) {
    throw fault("files has a file that is not the customer's");
  }
  return replies;
}

/** The one renderer of a file. @throws KycError `integration_fault` saying what is wrong with it, for the log */
function fileReply(file: CustomerFile): FileReply {
  const wrong = faultOf(file);
  if (wrong !== undefined) throw fault(`a file's ${wrong}`);
  const { fileId, contentType, sizeBytes, expiresAt, customerId } = file;
  return {
    file_id: fileId,
    content_type: contentType,
    size: sizeBytes,
    ...(expiresAt !== undefined && { expires_at: expiresAt.toISOString() }),
    customer_id: customerId,
  };
}

function faultOf(file: unknown): string | undefined {
  if (typeof file !== 'object' || file === null) return 'answer is not an object';
  const { fileId, contentType, sizeBytes, expiresAt, customerId }: Partial<Record<keyof CustomerFile, unknown>> = file;
  if (!isText(fileId)) return 'fileId is not a non-empty string';
  if (!isText(contentType)) return 'contentType is not a non-empty string';
  if (!Number.isSafeInteger(sizeBytes) || Number(sizeBytes) < 0) return 'sizeBytes is not a whole number';
  if (expiresAt !== undefined && !isTime(expiresAt)) return 'expiresAt is not a valid Date';
  return customerId === null || isText(customerId) ? undefined : 'customerId is neither null nor a non-empty string';
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isTime(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

function fault(message: string): KycError {
  return new KycError('integration_fault', message);
}
