import { createHash, createHmac } from 'node:crypto';
import { json, type StandIn, serveStandIn } from './stand-in.ts';

/** An applicant, as the stand-in keeps one. */
export interface StandInApplicant {
  readonly id: string;
  readonly externalUserId: string;
  readonly levelName: string;
  readonly fixedInfo: unknown;
  readonly documents: { readonly metadata: Record<string, string>; readonly hash: string }[];
  review: Record<string, unknown>;
}

/** The stand-in, and a look at what it holds. */
export interface SumsubStandIn extends StandIn {
  readonly applicants: StandInApplicant[];
  /** Method and path of every request. */
  readonly requests: string[];
  /** The review as the API shows it from now on. */
  complete(review: Record<string, unknown>): void;
}

const levels: Readonly<Record<string, readonly string[]>> = {
  'basic-kyc-level': ['IDENTITY'],
  'id & selfie': ['IDENTITY', 'SELFIE'],
};
const docTypes = new Set([
  'PASSPORT',
  'ID_CARD',
  'DRIVERS',
  'RESIDENCE_PERMIT',
  'UTILITY_BILL',
  'SELFIE',
  'VIDEO_SELFIE',
  'INCOME_SOURCE',
]);
const infoNames = new Set([
  'firstName',
  'middleName',
  'lastName',
  'dob',
  'placeOfBirth',
  'countryOfBirth',
  'country',
  'addresses',
]);

/**
 * Stands in for Sumsub's API as docs.sumsub.com/reference has it: authentication, create-applicant, add-id-documents, request-applicant-check,
 * get-applicant-review-status, get-applicant-data-via-externaluserid and error-codes-description. The signature is worked out here by
 * the documentation, from the bytes that arrived.
 */
export async function serveSumsub(token: string, key: string): Promise<SumsubStandIn> {
  const applicants: StandInApplicant[] = [];
  const requests: string[] = [];
  const standIn = await serveStandIn(async (request) => {
    const body = Buffer.from(await request.arrayBuffer());
    const path = request.url.replace(/^https?:\/\/[^/]+/, '');
    requests.push(`${request.method} ${path}`);
    return authenticate(request, path, body, token, key) ?? route(applicants, request, path, body);
  });
  const complete = (review: Record<string, unknown>): void => {
    for (const applicant of applicants) applicant.review = { ...applicant.review, ...review };
  };
  return { ...standIn, applicants, requests, complete };
}

function refusal(code: number, description: string, errorCode?: number): Response {
  return json({ description, code, correlationId: 'req-5fd59b09', ...(errorCode ? { errorCode } : {}) }, code);
}

function authenticate(
  { method, headers }: Request,
  path: string,
  body: Buffer,
  token: string,
  key: string,
): Response | undefined {
  const at = headers.get('x-app-access-ts') ?? '';
  if (headers.get('x-app-token') !== token) return refusal(401, 'App token is unknown');
  if (!/^\d{10}$/.test(at) || Math.abs(Date.now() / 1000 - Number(at)) > 60) return refusal(401, 'Token expired');
  const text = Buffer.concat([Buffer.from(at + method + path), body]);
  const expected = createHmac('sha256', key).update(text).digest('hex');
  return headers.get('x-app-access-sig') === expected ? undefined : refusal(401, 'Request signature mismatch');
}

async function route(applicants: StandInApplicant[], request: Request, path: string, body: Buffer): Promise<Response> {
  const { pathname, searchParams } = new URL(path, 'http://stand-in');
  if (request.method === 'POST' && pathname === '/resources/applicants')
    return create(applicants, searchParams.get('levelName') ?? '', JSON.parse(body.toString()));
  const external = /^\/resources\/applicants\/-;externalUserId=([^/]+)\/one$/.exec(pathname)?.[1];
  const id = /^\/resources\/applicants\/([^/]+)\//.exec(pathname)?.[1];
  const found = applicants.find((applicant) =>
    external === undefined ? applicant.id === id : applicant.externalUserId === decodeURIComponent(external),
  );
  if (found === undefined) return refusal(404, 'Applicant not found');
  if (request.method === 'GET' && external !== undefined) return json(shown(found));
  if (request.method === 'GET' && pathname.endsWith('/status')) return json(found.review);
  if (request.method === 'POST' && pathname.endsWith('/status/pending')) return requestCheck(found);
  if (request.method === 'POST' && pathname.endsWith('/info/idDoc')) return addDocument(found, request, body);
  return refusal(404, 'HTTP 404 Not Found');
}

function create(
  applicants: StandInApplicant[],
  levelName: string,
  asked: { externalUserId?: string; type?: string; fixedInfo?: Record<string, unknown> },
): Response {
  if (levels[levelName] === undefined) return refusal(404, `Level '${levelName}' not found`);
  const { externalUserId = '', fixedInfo = {}, type } = asked;
  if (externalUserId === '' || externalUserId.length > 512) return refusal(400, 'externalUserId');
  if (type !== 'individual' || Object.keys(fixedInfo).some((name) => !infoNames.has(name)))
    return refusal(400, 'the stand-in is strict: unknown property');
  const known = applicants.find((applicant) => applicant.externalUserId === externalUserId);
  if (known !== undefined)
    return refusal(409, `Applicant with external user id '${externalUserId}' already exists: ${known.id}`);
  const id = createHash('sha256').update(externalUserId).digest('hex').slice(0, 24);
  const review = { reviewId: 'r1', attemptId: 'a1', attemptCnt: 0, levelName, reviewStatus: 'init' };
  applicants.push({ id, externalUserId, levelName, fixedInfo, documents: [], review });
  return json(shown(applicants.at(-1)), 201);
}

function shown(applicant: StandInApplicant | undefined): unknown {
  const { documents: _, levelName: __, ...rest } = applicant as StandInApplicant;
  return { ...rest, clientId: 'example', type: 'individual', createdAt: '2026-11-24 06:00:00' };
}

function requestCheck(applicant: StandInApplicant): Response {
  const { reviewStatus } = applicant.review;
  if (['pending', 'queued', 'prechecked'].includes(String(reviewStatus)))
    return refusal(409, 'Applicant is already being checked');
  const types = applicant.documents.map(({ metadata }) => metadata['idDocType'] ?? '');
  const missing = (levels[applicant.levelName] ?? []).filter((step) =>
    step === 'SELFIE' ? !types.includes('SELFIE') : !types.some((type) => /PASSPORT|CARD|DRIVERS|PERMIT/.test(type)),
  );
  if (missing.length > 0)
    return refusal(
      409,
      `Not all required documents or data are submitted. Make sure to complete [${missing}] beforehand.`,
    );
  applicant.review = { ...applicant.review, reviewStatus: 'pending' };
  return json({ ok: 1 });
}

async function addDocument(applicant: StandInApplicant, { headers }: Request, body: Buffer): Promise<Response> {
  const type = headers.get('content-type') ?? '';
  const form = await new Response(Uint8Array.from(body), { headers: { 'content-type': type } }).formData();
  const content = form.get('content');
  const metadataText = await textOf(form.get('metadata'));
  if (!(content instanceof Blob)) return refusal(400, 'content is missing');
  const metadata = JSON.parse(metadataText) as Record<string, string>;
  const { idDocType = '', country = '', idDocSubType, ...others } = metadata;
  if (!docTypes.has(idDocType) || !/^[A-Z]{3}$/.test(country) || Object.keys(others).length > 0)
    return refusal(400, 'Bad document metadata');
  if (idDocSubType !== undefined && !['FRONT_SIDE', 'BACK_SIDE'].includes(idDocSubType))
    return refusal(400, 'idDocSubType');
  if (applicant.review['reviewStatus'] !== 'init') return refusal(409, 'Applicant is being checked', 1006);
  if (!/^(image\/(jpeg|png)|application\/pdf|video\/(mp4|webm|quicktime))$/.test(content.type))
    return refusal(400, 'Error analyzing file, unsupported format or corrupted file', 1005);
  const hash = createHash('sha256')
    .update(Buffer.from(await content.arrayBuffer()))
    .digest('hex');
  if (applicant.documents.some((document) => document.hash === hash)) return refusal(409, 'Duplicate document', 1000);
  applicant.documents.push({ metadata, hash });
  return json({ idDocType, country });
}

async function textOf(part: Blob | string | null): Promise<string> {
  return part instanceof Blob ? part.text() : (part ?? '');
}
