/** How strongly the SEP asks for something. */
export type Level = 'must' | 'should' | 'may';

/** One thing SEP-12 says, in our words. */
export interface Clause {
  readonly id: string;
  readonly section: string;
  readonly level: Level;
  readonly text: string;
  /** What it waits for, while it is not built. */
  readonly planned?: string;
}

type Row = readonly [id: string, level: Level, text: string, planned?: string];

/** Every clause of SEP-12 1.15.0 that asks something of a server, by section. */
export const clauses: readonly Clause[] = [
  ...section('Prerequisites', [
    ['sep12.pre.kyc-server', 'must', 'stellar.toml says where the KYC server is'],
    ['sep12.pre.web-auth', 'must', 'at least one web authentication is supported and used for every endpoint'],
  ]),
  ...section('Authentication', [
    [
      'sep12.auth.bearer',
      'must',
      'every endpoint takes the token from the Authorization header and refuses requests without a good one',
    ],
    ['sep12.auth.sub', 'must', 'the account and memo of the token identify the customer when the request names nobody'],
    ['sep12.auth.memo-match', 'should', 'a memo parameter must equal the memo of the token'],
    ['sep12.auth.muxed-match', 'should', "a memo parameter must equal the muxed account's id"],
    ['sep12.auth.any-memo', 'must', 'a token without a memo may name any memo, as sending anchors do for their users'],
    ['sep12.auth.account-match', 'should', 'an account parameter must be the account of the token'],
    ['sep12.auth.contract-memo', 'must', 'a contract account has no memo'],
    [
      'sep12.auth.shared-or-not',
      'should',
      'an account that signed in as shared does not sign in as its own, and the other way round',
    ],
  ]),
  ...section('Content Type', [
    ['sep12.content.multipart', 'must', 'multipart/form-data is accepted, for binary values too'],
    ['sep12.content.form', 'must', 'application/x-www-form-urlencoded is accepted'],
    ['sep12.content.json', 'must', 'application/json is accepted'],
    ['sep12.content.reply', 'must', 'every answer is application/json'],
  ]),
  ...section('Customer GET', [
    ['sep12.get.unregistered', 'should', 'an unknown customer is told the fields that are required, without an id'],
    ['sep12.get.no-parameters', 'should', 'the same answer comes when no parameters are sent'],
    ['sep12.get.status', 'must', "a registered customer's status is answered, and the fields still needed"],
    ['sep12.get.id', 'must', 'the customer can be named by the id of an earlier PUT'],
    ['sep12.get.account-memo', 'must', 'the customer can be named by account and memo'],
    ['sep12.get.memo-type', 'should', 'memo_type text, id and hash stay supported; id is the default, hash is base64'],
    [
      'sep12.get.type',
      'must',
      'the type says which fields are required; the same customer may have different statuses for different types',
    ],
    ['sep12.get.type-optional', 'may', 'the type may be left out'],
    ['sep12.get.transaction-type', 'must', 'a transaction_id comes with a type'],
    ['sep12.get.transaction', 'may', 'what is required may depend on the transaction'],
    [
      'sep12.get.lang',
      'should',
      'descriptions, choices and messages are in the language asked for, English by default',
    ],
    ['sep12.get.404', 'must', "an id that does not exist, or is another anchor's customer, is 404"],
    ['sep12.get.400', 'must', 'an invalid request is 400 and says what is wrong'],
  ]),
  ...section('Customer Statuses', [
    ['sep12.status.accepted', 'must', 'ACCEPTED: all required fields are accepted for the type'],
    ['sep12.status.processing', 'must', 'PROCESSING: the client can check again later'],
    ['sep12.status.needs-info', 'must', 'NEEDS_INFO comes with fields'],
    ['sep12.status.rejected', 'must', 'REJECTED comes with a message'],
    ['sep12.status.reopen', 'may', 'an accepted customer may move back to another status'],
  ]),
  ...section('Fields and Provided Fields', [
    ['sep12.fields.sep9', 'should', 'fields are keyed by SEP-9 names'],
    ['sep12.fields.type', 'must', 'type is one of string, binary, number, date'],
    ['sep12.fields.description', 'must', 'every field has a description'],
    ['sep12.fields.choices', 'may', 'choices are an array of valid values'],
    ['sep12.fields.optional', 'may', 'optional says whether the field is required, false by default'],
    ['sep12.fields.accepted', 'should', 'an ACCEPTED customer is not asked for a required field'],
    ['sep12.provided.received', 'may', 'provided_fields are the fields received, with type and description'],
    ['sep12.provided.status', 'may', 'a provided field has one of the four statuses'],
    ['sep12.provided.all-accepted', 'should', 'when all required fields are accepted, so is the customer'],
    [
      'sep12.provided.rejected',
      'should',
      'a rejected field that can be sent again makes the customer NEEDS_INFO, else REJECTED',
    ],
    ['sep12.provided.error', 'may', 'a rejected field says why'],
    ['sep12.provided.verification', 'must', 'a field that needs verification is VERIFICATION_REQUIRED'],
  ]),
  ...section('Customer PUT', [
    ['sep12.put.success', 'should', 'success is 202 (or 200) with the id of the customer'],
    ['sep12.put.idempotent', 'must', 'the same upload again changes nothing'],
    ['sep12.put.id-alone', 'must', 'with an id no other parameter is needed'],
    ['sep12.put.same-id', 'must', 'the id names the customer in later requests, and stays the same'],
    ['sep12.put.404', 'should', 'an id that does not exist, or was made by another account, is 404'],
    ['sep12.put.binary-order', 'should', 'binary fields may come after all others, and in any other order'],
    ['sep12.put.error', 'must', 'errors say what is wrong under the key error'],
    ['sep12.put.verification', 'must', 'confirmation codes come as fields with the suffix _verification'],
  ]),
  ...section('Customer PUT Verification (deprecated)', [
    ['sep12.verification.200', 'should', 'success is 200 with the body of GET'],
    ['sep12.verification.statuses', 'must', 'verified fields become PROCESSING or ACCEPTED'],
    ['sep12.verification.404', 'must', 'an unknown id is 404'],
  ]),
  ...section('Customer DELETE', [
    ['sep12.delete.200', 'must', 'all personal data of the customer is deleted; success is 200'],
    ['sep12.delete.owner', 'must', 'only the owner of the account may delete'],
    ['sep12.delete.memo', 'should', 'a memo and memo_type in the body name the user of a shared account'],
    ['sep12.delete.401', 'must', 'a client that is not authenticated gets 401'],
    ['sep12.delete.404', 'must', 'nothing known of the customer is 404'],
  ]),
  ...section('Customer callback PUT', [
    ['sep12.callback.401', 'must', 'a client that is not authenticated gets 401'],
    ['sep12.callback.200', 'must', 'the URL is kept in place of any earlier one; success is 200'],
    ['sep12.callback.404', 'must', 'nothing known of the customer is 404'],
    [
      'sep12.callback.post',
      'must',
      'whenever the status changes, the GET body is posted to the URL, until ACCEPTED or REJECTED',
    ],
    [
      'sep12.callback.signature',
      'must',
      'the post carries a Signature over timestamp, host and body, made with SIGNING_KEY',
    ],
  ]),
  ...section('Customer Files', [
    ['sep12.files.reference', 'may', 'a file_id fills a field when sent with the suffix _file_id'],
    ['sep12.files.post', 'may', 'POST takes a file and answers its id, content type, size, expiry and customer'],
    ['sep12.files.413', 'should', "a file over the server's limit is 413, every other error 400 with details"],
    ['sep12.files.get', 'may', "GET lists one file by id, or a customer's files; an empty list if there are none"],
  ]),
];

function section(name: string, rows: readonly Row[]): Clause[] {
  return rows.map(([id, level, text, planned]) => ({
    id,
    section: name,
    level,
    text,
    ...(planned !== undefined && { planned }),
  }));
}

/** What this project does where the specs are silent or at odds, as far as it is built. */
export const rulings: readonly { readonly id: string; readonly text: string }[] = [
  {
    id: 'ruling.1',
    text: "the subject is the token's sub; M… is its G… with the id as memo; memos are canonical decimal strings",
  },
  {
    id: 'ruling.2',
    text: "beside a token with a memo, the request's memo must be equal and memo_type is ignored; else 403",
  },
  {
    id: 'ruling.3',
    text: 'a plain token may name any memo; a memo that does not fit its type is 400; memos of different types never collide',
  },
  { id: 'ruling.4', text: 'a contract account with a memo is 400' },
  { id: 'ruling.5', text: 'another account is 403 on GET, PUT and callback, and 404 on DELETE' },
  {
    id: 'ruling.6',
    text: 'an id is found only within the reach of the subject; a foreign one is answered like one that never existed; a contradiction is 400',
  },
  { id: 'ruling.7', text: 'whether one account may be both shared and not is a policy: mixed or strict' },
  { id: 'ruling.8', text: 'no, bad or expired token is 401 with WWW-Authenticate, judged before the body is read' },
  { id: 'ruling.9', text: 'nobody registered is 200 NEEDS_INFO with fields and no id' },
  {
    id: 'ruling.10',
    text: 'an unknown type is 400 and lists the known; transaction_id needs a type; an unknown transaction is 404',
  },
  { id: 'ruling.11', text: "an answer has only the SEP's words and never lacks what its status requires" },
  { id: 'ruling.12', text: 'lang falls back to its base language, then to English, and never translates values' },
  { id: 'ruling.14', text: 'a rejection for sanctions is told in neutral words' },
  { id: 'ruling.15', text: 'PUT is 202 and idempotent; every other success is 200' },
  { id: 'ruling.16', text: 'a PUT without fields registers; concurrent first PUTs end in one customer' },
  {
    id: 'ruling.17',
    text: "numbers and booleans count as text, nested objects are flattened, '' withdraws an optional value, unknown fields are dropped or refused",
  },
  { id: 'ruling.18', text: 'dates, card dates, phones, countries, languages and occupations have their formats' },
  { id: 'ruling.19', text: 'a binary field sent as text is 400; files are told by name and judged by bytes' },
  {
    id: 'ruling.22',
    text: 'a wrong, expired or exhausted code is 400 and leaves the field to be verified; a new value voids its code',
  },
  {
    id: 'ruling.23',
    text: 'DELETE takes its memo from any kind of body or the query; a second DELETE is 404; afterwards the customer is a stranger',
  },
  {
    id: 'ruling.24',
    text: "a file sent ahead is its sender's alone, waits 24 hours, and fills one field of one customer; foreign files are as none",
  },
  {
    id: 'ruling.25',
    text: 'a callback URL replaces the earlier one and leads to a public https server on port 443, judged again at every delivery',
  },
  {
    id: 'ruling.26',
    text: 'a change for (customer, type) is posted with the GET body of that moment, and nothing after ACCEPTED or REJECTED until a callback is set again',
  },
  {
    id: 'ruling.27',
    text: 'both signature headers carry t=…, s=… over <t>.<host>.<body>, anew at every attempt; the port belongs to the host only where it is not 443',
  },
  { id: 'ruling.28', text: 'errors are { "error": "<string>" } in JSON with charset, and name the field' },
  { id: 'ruling.29', text: 'CORS on everything a wallet calls, errors and preflight included' },
  { id: 'ruling.30', text: 'doubled and trailing slashes, empty query parameters and empty JSON bodies work' },
  { id: 'ruling.31', text: 'stellar.toml is small, complete and has no URL that ends in a slash' },
  {
    id: 'ruling.32',
    text: 'the details of SEP-10: web_auth_domain without port, 400 for every bad challenge, accounts that do not exist, claims',
  },
];

/** Prefixes of tags that are topics of our own rather than clauses of SEP-12. */
export const topics: readonly string[] = [
  'audit',
  'backup',
  'blind-index',
  'checks',
  'client',
  'codes',
  'docs',
  'e2e',
  'embed',
  'erase',
  'export',
  'hostile',
  'house',
  'keys',
  'kyc',
  'messages',
  'model',
  'openapi',
  'operator',
  'outbox',
  'portal',
  'program',
  'readme',
  'reasons',
  'review',
  'ruling.20',
  'seed',
  'sep1',
  'sep9',
  'sep10',
  'settings',
  'stellar',
  'store',
  'tampering',
  'tombstone',
  'vault',
  'worker',
];
