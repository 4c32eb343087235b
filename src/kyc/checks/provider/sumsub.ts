import { InvalidRequest } from '../../../errors.ts';
import { isJsonObject, ServiceFault, textOf } from '../call-service.ts';
import type { CheckContext, CheckInput, CheckKind, WebhookCall } from '../check.ts';
import { getSecrets, providerUrl, serviceFaults } from '../service-settings.ts';
import { setting, text, wholeNumber } from '../settings.ts';
import type { Provider, ProviderVerdict } from './provider.ts';
import { providerCheck } from './provider-check.ts';
import { SumsubApi } from './sumsub-api.ts';
import { sumsubApplicant } from './sumsub-applicant.ts';
import { sumsubDocuments } from './sumsub-documents.ts';
import { readStatus, readVerdict } from './sumsub-verdict.ts';
import { type HmacAlgorithm, isSigned } from './webhook-signature.ts';

const rules = {
  levelName: text('the name of a level of your Sumsub account'),
  url: providerUrl,
  pollMinutes: wholeNumber(1, 1440),
};

/** Token and key of the API, and the key of the webhook. */
const secretNames = ['SUMSUB_APP_TOKEN', 'SUMSUB_SECRET_KEY', 'SUMSUB_WEBHOOK_SECRET'] as const;

/**
 * Has a person and the person's documents checked by Sumsub, at one of the levels of your account. For individuals, not companies.
 * @see https://docs.sumsub.com/reference/get-started-with-api
 */
export const sumsub: CheckKind = {
  name: 'sumsub',
  inputs: [
    'given_name',
    'additional_name',
    'family_name',
    'birth_date',
    'birth_place',
    'birth_country_code',
    'email_address',
    'mobile_number',
    'address',
    'city',
    'state_or_province',
    'postal_code',
    'address_country_code',
    'id_type',
    'id_country_code',
    'photo_id_front',
    'photo_id_back',
    'photo_proof_residence',
    'proof_of_income',
    'proof_of_liveness',
  ],
  early: false,
  fourEyes: true,
  faultsOf: (settings) => serviceFaults(settings, rules, ['levelName']),
  open: (settings, services) => {
    const [token = '', key = '', webhookSecret = ''] = getSecrets(services, 'sumsub', secretNames);
    const levelName = setting(settings, 'levelName', '');
    const url = setting(settings, 'url', 'https://api.sumsub.com');
    const api = new SumsubApi({ url, token, key, fetch: services.fetch, clock: services.clock });
    const pollAfterMs = setting(settings, 'pollMinutes', 15) * 60 * 1000;
    return providerCheck(new Sumsub(api, levelName, webhookSecret), { scope: levelName, pollAfterMs });
  },
};

const algorithms: ReadonlyMap<string, HmacAlgorithm> = new Map([
  ['HMAC_SHA1_HEX', 'sha1'],
  ['HMAC_SHA256_HEX', 'sha256'],
  ['HMAC_SHA512_HEX', 'sha512'],
]);

/** Calls after which there may be a result, or another one than before. */
const calls: readonly unknown[] = ['applicantReviewed', 'applicantWorkflowCompleted'];

/** How Sumsub names applicants: 24 digits and lower-case letters. */
const applicantId = /^[0-9a-z]{24}$/;

class Sumsub implements Provider {
  readonly #api: SumsubApi;
  readonly #levelName: string;
  readonly #webhookSecret: string;

  constructor(api: SumsubApi, levelName: string, webhookSecret: string) {
    this.#api = api;
    this.#levelName = levelName;
    this.#webhookSecret = webhookSecret;
  }

  async start(input: CheckInput, key: string, { signal }: CheckContext): Promise<string | ProviderVerdict> {
    const documents = sumsubDocuments(input);
    const { id, isNew } = await this.#api.createApplicant(this.#levelName, sumsubApplicant(input, key), signal);
    getApplicantId(id);
    if (!isNew && (await this.#status(id, signal)) !== 'init') return id;
    for (const document of documents) {
      const isTaken = await this.#api.addDocument(id, document, signal);
      if (!isTaken) return { outcome: 'fail', reason: 'document-unreadable', fields: [document.field] };
    }
    const isBegun = await this.#api.requestCheck(id, signal);
    // Refused, because somebody was faster or because the level wants more than the program asks for.
    if (!isBegun && (await this.#status(id, signal)) === 'init')
      throw new ServiceFault('sumsub', 'the level asks for documents or data that this check was not given');
    return id;
  }

  async fetchResult(reference: string, { signal }: CheckContext): Promise<ProviderVerdict | undefined> {
    return readVerdict(await this.#api.getStatus(getApplicantId(reference), signal), this.#levelName);
  }

  /**
   * Choice: no tolerance of time. Sumsub signs none with the call: `createdAtMs` is when something happened, and a call may be repeated
   * for a day. An old call played again makes us ask for a result, no more.
   */
  async readWebhook({ headers, body }: WebhookCall): Promise<string | undefined> {
    const algorithm = algorithms.get(headers.get('x-payload-digest-alg') ?? '');
    const digest = headers.get('x-payload-digest') ?? '';
    if (algorithm === undefined || !isSigned(body, digest, this.#webhookSecret, algorithm))
      throw new InvalidRequest('the call is not signed as it must be');
    const event = parse(body);
    if (!isJsonObject(event)) throw new InvalidRequest('the call holds no JSON object');
    const id = textOf(event['applicantId']);
    return calls.includes(event['type']) && id !== undefined && applicantId.test(id) ? id : undefined;
  }

  async #status(id: string, signal: AbortSignal): Promise<string> {
    return readStatus(await this.#api.getStatus(id, signal), this.#levelName);
  }
}

function getApplicantId(id: string): string {
  if (!applicantId.test(id)) throw new ServiceFault('sumsub', 'an id that is none of an applicant');
  return id;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
