import { createHash, randomBytes } from 'node:crypto';
import type {
  CustomerAnswer,
  CustomerIntegration,
  GetCustomer,
  PutCustomer,
  UploadedFile,
} from '../../src/sep12/integration.ts';
import { openWire, type Wire } from './wire.ts';

/** What a PUT brought to the integration, its files read to their end. */
export interface Received {
  readonly request: PutCustomer;
  readonly fields: Readonly<Record<string, string>>;
  /** SHA-256 of the bytes that `open` gave, by field. */
  readonly files: Readonly<Record<string, string>>;
}

/** An anchor with customers of its own, that remembers what reached it. */
export interface Recorder extends Wire {
  readonly puts: readonly Received[];
  /** SHA-256 of the files that came apart from their fields. */
  readonly uploads: readonly string[];
  readonly callbacks: readonly (GetCustomer & { readonly url: string })[];
  readonly codes: readonly { readonly id: string; readonly verifications: ReadonlyMap<string, string> }[];
}

const verified: CustomerAnswer = {
  id: 'customer-1',
  status: 'ACCEPTED',
  providedFields: { mobile_number: { type: 'string', description: 'Mobile number', status: 'ACCEPTED' } },
};

/** Opens one; `parts` replace what the test is about. */
export async function openRecorder(parts: Partial<CustomerIntegration> = {}): Promise<Recorder> {
  const puts: Received[] = [];
  const uploads: string[] = [];
  const callbacks: (GetCustomer & { readonly url: string })[] = [];
  const codes: { readonly id: string; readonly verifications: ReadonlyMap<string, string> }[] = [];
  const integration: CustomerIntegration = {
    get: async () => ({ status: 'NEEDS_INFO', fields: {} }),
    put: async (request) => {
      puts.push(await receive(request));
      return 'customer-1';
    },
    delete: async () => {},
    callback: async (request) => void callbacks.push(request),
    putVerification: async (request) => {
      codes.push(request);
      return verified;
    },
    files: {
      add: async (file) => {
        uploads.push(await hashOf(file));
        return { fileId: 'file-1', contentType: file.contentType, sizeBytes: file.sizeBytes, customerId: null };
      },
      find: async () => [],
    },
    ...parts,
  };
  return { ...(await openWire({ integration })), puts, uploads, callbacks, codes };
}

async function receive(request: PutCustomer): Promise<Received> {
  const files: Record<string, string> = {};
  for (const [name, file] of request.files) files[name] = await hashOf(file);
  return { request, fields: Object.fromEntries(request.fields), files };
}

async function hashOf(file: UploadedFile): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of file.open()) hash.update(chunk);
  return hash.digest('hex');
}

/** The hash of bytes that were sent, to be compared with what was received. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A JPEG of 800 × 600 as far as its headers say, followed by bytes that no text decoding leaves intact. */
export function photo(bytes: number = 3 * 1024 * 1024): Buffer {
  const jfif = 'ffd8ffe000104a46494600010100000100010000';
  const frame = 'ffc00011080258032003012200021101031101';
  const scan = 'ffda000c03010002110311003f00';
  return Buffer.concat([Buffer.from(jfif + frame + scan, 'hex'), randomBytes(bytes), Buffer.from('ffd9', 'hex')]);
}
