import { createHmac } from 'node:crypto';
import { type Clock, unixSeconds } from '../../../lib/clock.ts';
import { callService, type JsonObject, jsonOf, type ServiceAnswer, ServiceFault, textOf } from '../call-service.ts';
import type { CheckServices } from '../check.ts';
import type { SumsubApplicant } from './sumsub-applicant.ts';
import { type SumsubDocument, sumsubForm } from './sumsub-documents.ts';

/** Where and as whom Sumsub is called. */
export interface SumsubAccess {
  readonly url: string;
  readonly token: string;
  readonly key: string;
  readonly fetch: CheckServices['fetch'];
  readonly clock: Clock;
}

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly signal: AbortSignal;
  readonly contentType?: string;
  readonly body?: Buffer<ArrayBuffer>;
}

/** Error codes for files that another file is the only remedy for. @see https://docs.sumsub.com/reference/error-codes-description */
const badFileCodes: readonly unknown[] = [1002, 1003, 1004, 1005, 1007, 1011];
/** The very same file is there already. */
const duplicateFileCode = 1000;

/** The part of Sumsub's API that this check uses, each request signed. @see https://docs.sumsub.com/reference/authentication */
export class SumsubApi {
  readonly #access: SumsubAccess;

  constructor(access: SumsubAccess) {
    this.#access = access;
  }

  /**
   * Creates the applicant, or finds the one that was created under the same `externalUserId` before.
   * @see https://docs.sumsub.com/reference/create-applicant
   */
  async createApplicant(
    levelName: string,
    applicant: SumsubApplicant,
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly isNew: boolean }> {
    const path = `/resources/applicants?levelName=${encodeURIComponent(levelName)}`;
    const body = Buffer.from(JSON.stringify(applicant));
    const answer = await this.#send({ method: 'POST', path, signal, contentType: 'application/json', body });
    const isNew = answer.status !== 409;
    const { externalUserId } = applicant;
    const found = jsonOf('sumsub', isNew ? answer : await this.#find(externalUserId, signal));
    if (found['externalUserId'] !== externalUserId) throw new ServiceFault('sumsub', 'answered another applicant');
    return { id: textOf(found['id']) ?? '', isNew };
  }

  /**
   * Adds a document. False when Sumsub cannot do anything with the file; one that it has already is none too many.
   * @see https://docs.sumsub.com/reference/add-id-documents
   */
  async addDocument(id: string, document: SumsubDocument, signal: AbortSignal): Promise<boolean> {
    const path = `/resources/applicants/${id}/info/idDoc`;
    const answer = await this.#send({ method: 'POST', path, signal, ...(await sumsubForm(document)) });
    const code = errorCodeOf(answer);
    if (code === duplicateFileCode) return true;
    if (badFileCodes.includes(code)) return false;
    jsonOf('sumsub', answer);
    return true;
  }

  /**
   * Has the check begun. False when the applicant is not in a state for it.
   * @see https://docs.sumsub.com/reference/request-applicant-check
   */
  async requestCheck(id: string, signal: AbortSignal): Promise<boolean> {
    const path = `/resources/applicants/${id}/status/pending`;
    const answer = await this.#send({ method: 'POST', path, signal });
    if (answer.status === 409) return false;
    jsonOf('sumsub', answer);
    return true;
  }

  /** The state of the check; less of the person comes with it than with the applicant. @see https://docs.sumsub.com/reference/get-applicant-review-status */
  async getStatus(id: string, signal: AbortSignal): Promise<JsonObject> {
    return jsonOf('sumsub', await this.#send({ method: 'GET', path: `/resources/applicants/${id}/status`, signal }));
  }

  /** @see https://docs.sumsub.com/reference/get-applicant-data-via-externaluserid */
  #find(externalUserId: string, signal: AbortSignal): Promise<ServiceAnswer> {
    const path = `/resources/applicants/-;externalUserId=${encodeURIComponent(externalUserId)}/one`;
    return this.#send({ method: 'GET', path, signal });
  }

  #send({ method, path, signal, contentType, body }: Request): Promise<ServiceAnswer> {
    const { fetch, token, key, clock } = this.#access;
    const url = new URL(path, this.#access.url);
    const at = String(unixSeconds(clock));
    // Signed is the path as it is sent, which the URL parser has the last word on.
    const signature = createHmac('sha256', key).update(`${at}${method}${url.pathname}${url.search}`);
    if (body !== undefined) signature.update(body);
    const headers: Record<string, string> = {
      accept: 'application/json',
      'x-app-token': token,
      'x-app-access-ts': at,
      'x-app-access-sig': signature.digest('hex'),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    };
    const call = { service: 'sumsub', url: url.href, method, headers, signal };
    return callService(fetch, body === undefined ? call : { ...call, body });
  }
}

/** The code in an answer that is a refusal; undefined in any other. */
function errorCodeOf(answer: ServiceAnswer): unknown {
  if (answer.status !== 400 && answer.status !== 409) return undefined;
  return jsonOf('sumsub', { ...answer, status: 200 })['errorCode'];
}
