import { invalidField, type KycError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { CustomerContext, CustomerFile, CustomerFiles, FileQuery, UploadedFile } from '../sep12/integration.ts';
import type { Subject } from '../stellar/subject.ts';
import { type FileRow, uploadOwner } from '../store/file-store.ts';
import type { FileReference } from '../store/files/sealed-files.ts';
import type { Identity } from '../store/identity.ts';
import type { CustomerRecord, Store } from '../store/store.ts';
import type { KeyRing } from '../vault/key-ring.ts';
import { createVault, openVault } from '../vault/vault.ts';
import { checkType, checkUpload, fileQuota, ours, overQuota } from './file-rules.ts';
import { findReached, knownId } from './find-customer.ts';
import type { Submission } from './submission.ts';

/** What keeping files ahead of the data that refers to them needs. */
export interface UploadParts {
  readonly store: Store;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
}

/** How long a file waits to be referred to (ruling 24). */
const lifetimeMs = 24 * 60 * 60 * 1000;

/** The name under which an upload's reference is sealed. */
export const uploadField = 'reference';

/**
 * The files of the built-in integration. An upload belongs to the subject that sent it; once a customer's data refers to it, to that
 * customer, and whoever reaches the customer reaches it. (ruling 24)
 * @see SEP-12 § Customer Files
 */
export class Uploads implements CustomerFiles {
  readonly #parts: UploadParts;

  constructor(parts: UploadParts) {
    this.#parts = parts;
  }

  async add(uploaded: UploadedFile, { subject }: CustomerContext): Promise<CustomerFile> {
    const { store, keyRing, clock } = this.#parts;
    const file = ours(uploaded);
    checkUpload(file);
    const { id, contentType, sizeBytes } = file.reference;
    const vault = await createVault(keyRing, uploadOwner(id));
    const expiresAt = new Date(clock.now().getTime() + lifetimeMs);
    const sealed = vault.seal(uploadField, JSON.stringify(file.reference));
    const upload = {
      id,
      owner: ownerOf(subject),
      wrappedKey: vault.wrappedKey,
      sealed,
      contentType,
      sizeBytes,
      expiresAt,
    };
    const write = await store.files.addUpload(upload, fileQuota);
    if (write.outcome === 'over-quota') throw overQuota(write.exceeded);
    file.keep();
    return waiting(upload);
  }

  async find(query: FileQuery, context: CustomerContext): Promise<readonly CustomerFile[]> {
    const { store } = this.#parts;
    if ('customerId' in query) {
      const reached = await this.#reach(query.customerId, context);
      const files = reached === undefined ? [] : await store.files.listFiles(reached.id);
      return files.map((file) => referred(file, query.customerId));
    }
    const id = blobIdOf(query.fileId);
    if (id === undefined) return [];
    const upload = await store.files.findUpload(id, ownerOf(context.subject));
    if (upload !== undefined) return [waiting(upload)];
    const file = await store.files.findFile(id);
    const reached = file && (await this.#reach(file.customerId, context));
    return file === undefined || reached === undefined ? [] : [referred(file, knownId(reached))];
  }

  #reach(customerId: string, context: CustomerContext): Promise<CustomerRecord | undefined> {
    const { account } = context.subject;
    return findReached(this.#parts.store, { account, id: customerId }, context);
  }
}

/**
 * The uploads that a submission refers to and its customer does not have yet, opened, by the key of the field they fill.
 * @throws KycError when there is no such upload, or none of the subject's, or the field takes none of its type
 */
export async function openReferences(
  parts: Pick<UploadParts, 'store' | 'keyRing'>,
  { references }: Submission,
  stored: (key: string) => string | undefined,
  { subject }: CustomerContext,
): Promise<ReadonlyMap<string, FileReference>> {
  const opened = new Map<string, FileReference>();
  for (const [key, { wireName, field, value }] of references) {
    const id = blobIdOf(value);
    if (id === undefined) throw noSuchFile(wireName);
    if (isReferenceTo(id, stored(key))) continue;
    if ([...opened.values()].some((other) => other.id === id)) throw invalidField(wireName, { key: 'rule.one_field' });
    const reference = await openUpload(parts, id, ownerOf(subject));
    if (reference === undefined) throw noSuchFile(wireName);
    checkType(wireName, field, reference.contentType);
    opened.set(key, reference);
  }
  return opened;
}

async function openUpload(
  { store, keyRing }: Pick<UploadParts, 'store' | 'keyRing'>,
  id: string,
  owner: Identity,
): Promise<FileReference | undefined> {
  const upload = await store.files.findUpload(id, owner);
  if (upload === undefined) return undefined;
  const vault = await openVault(keyRing, uploadOwner(id), upload.wrappedKey);
  return JSON.parse(vault.open(uploadField, upload.sealed)) as FileReference;
}

/** Whether a stored value is the reference to that file. */
function isReferenceTo(id: string, stored: string | undefined): boolean {
  return stored !== undefined && (JSON.parse(stored) as FileReference).id === id;
}

function noSuchFile(wireName: string): KycError {
  return invalidField(wireName, { key: 'rule.no_such_file' });
}

function blobIdOf(fileId: string): string | undefined {
  return /^file_([0-9a-f]{32})$/.exec(fileId)?.[1];
}

function ownerOf({ account, memo }: Subject): Identity {
  return { account, ...(memo && { memo }) };
}

function waiting({
  id,
  contentType,
  sizeBytes,
  expiresAt,
}: Omit<FileRow, 'field'> & { readonly expiresAt: Date }): CustomerFile {
  return { fileId: uploadOwner(id), contentType, sizeBytes, expiresAt, customerId: null };
}

function referred({ id, contentType, sizeBytes }: FileRow, customerId: string): CustomerFile {
  return { fileId: uploadOwner(id), contentType, sizeBytes, customerId };
}
