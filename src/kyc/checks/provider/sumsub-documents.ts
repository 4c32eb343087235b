import type { CheckFile, CheckInput } from '../check.ts';
import { documentKind } from '../screening-subject.ts';

/** A file to be handed over, and what it is. */
export interface SumsubDocument {
  /** The key of the field that it comes from. */
  readonly field: string;
  readonly file: CheckFile;
  readonly metadata: {
    readonly idDocType: string;
    /** ISO 3166-1 alpha-3. */
    readonly country: string;
    readonly idDocSubType?: 'FRONT_SIDE' | 'BACK_SIDE';
  };
}

/**
 * The documents of a customer, in a fixed order.
 * @throws Error when there are none, or when nothing says which country they are of: Sumsub asks for one
 */
export function sumsubDocuments({ values, files }: CheckInput): readonly SumsubDocument[] {
  const idCountry = values.get('id_country_code') ?? values.get('address_country_code');
  const homeCountry = values.get('address_country_code') ?? values.get('id_country_code');
  const idDocType = identityType(values.get('id_type'));
  const hasBack = files.has('photo_id_back');
  const front = hasBack ? ({ idDocType, idDocSubType: 'FRONT_SIDE' } as const) : { idDocType };
  const kinds = [
    { field: 'photo_id_front', ...front, country: idCountry },
    { field: 'photo_id_back', idDocType, idDocSubType: 'BACK_SIDE', country: idCountry },
    { field: 'photo_proof_residence', idDocType: 'UTILITY_BILL', country: homeCountry },
    { field: 'proof_of_income', idDocType: 'INCOME_SOURCE', country: homeCountry },
    { field: 'proof_of_liveness', idDocType: selfieType(files.get('proof_of_liveness')), country: idCountry },
  ] as const;
  const documents = kinds.flatMap(({ field, country, ...type }) => {
    const file = files.get(field);
    if (file === undefined) return [];
    if (country === undefined) throw new Error('this check needs id_country_code or address_country_code');
    return [{ field, file, metadata: { ...type, country } }];
  });
  if (documents.length === 0) throw new Error('the input of this check holds no document');
  return documents;
}

function identityType(idType: string | undefined): string {
  if (/resid/i.test(idType ?? '')) return 'RESIDENCE_PERMIT';
  return { passport: 'PASSPORT', 'drivers-license': 'DRIVERS', 'national-id': 'ID_CARD' }[documentKind(idType)];
}

function selfieType(file: CheckFile | undefined): string {
  return file?.contentType.startsWith('video/') === true ? 'VIDEO_SELFIE' : 'SELFIE';
}

/**
 * The form for one document: `metadata` and `content`. Made by hand and whole, as the signature covers every byte of it and goes first. The boundary
 * is made of the file's hash, which no file holds.
 * @see https://docs.sumsub.com/reference/add-id-documents
 */
export async function sumsubForm({
  field,
  file,
  metadata,
}: SumsubDocument): Promise<{ readonly contentType: string; readonly body: Buffer<ArrayBuffer> }> {
  const boundary = `form-${file.sha256.slice(0, 48)}`;
  const name = `${field}.${file.contentType.split('/')[1] ?? 'bin'}`;
  const part = (disposition: string, type: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: ${type}\r\n\r\n`;
  const head = `${part('name="metadata"', 'application/json')}${JSON.stringify(metadata)}\r\n${part(`name="content"; filename="${name}"`, file.contentType)}`;
  const chunks: Uint8Array[] = [Buffer.from(head)];
  for await (const chunk of file.open()) chunks.push(chunk);
  chunks.push(Buffer.from(`\r\n--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(chunks) };
}
