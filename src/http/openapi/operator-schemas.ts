import { operatorPaymentSchemas } from './operator-payment-schemas.ts';
import type { operatorBodies } from './request-bodies.ts';
import { closed, type Json, type OperatorReply, refTo } from './schemas.ts';

const text: Json = { type: 'string' };
const flag: Json = { type: 'boolean' };
const count: Json = { type: 'integer' };
const time: Json = { type: 'string', format: 'date-time' };
const names: Json = { type: 'array', items: text };

const list = (items: Json): Json => ({ type: 'array', items });
/** Open, as the engine's own words for these grow with it. */
const object = (properties: Json, ...required: readonly string[]): Json => ({ type: 'object', properties, required });

const claim: Json = object({ type: text, operator: text, until: time }, 'operator', 'until');
const proposal: Json = object(
  { id: text, customerId: text, version: count, act: { type: 'object' }, operator: text, at: time },
  ...['id', 'customerId', 'version', 'act', 'operator', 'at'],
);
const standing: Json = object(
  {
    type: text,
    transactionId: text,
    state: text,
    answer: { ...refTo('Customer'), description: 'What the wallet is answered.' },
  },
  ...['type', 'transactionId', 'state', 'answer'],
);

const waitingPayment: Json = object(
  {
    ...{ id: text, protocol: text, kind: text, status: text, roles: names, clearance: text, isHeld: flag },
    ...{ amount: text, asset: text, since: time, startedAt: time },
  },
  ...['id', 'protocol', 'kind', 'status', 'roles', 'clearance', 'isHeld', 'since', 'startedAt'],
);

const delivery: Json = closed(
  {
    ...{
      id: count,
      kind: text,
      target: text,
      customerId: text,
      callbackId: text,
      type: text,
      state: text,
      attempts: count,
    },
    ...{ outcome: text, createdAt: time, nextAt: time, endedAt: time },
  },
  ['id', 'kind', 'target', 'type', 'state', 'attempts', 'createdAt'],
);

/** What operators send and are answered. They are part of the document only where operators are served. */
export const operatorSchemas: Readonly<
  Record<OperatorReply | (typeof operatorBodies)[keyof typeof operatorBodies], Json>
> = {
  ...operatorPaymentSchemas,
  OperatorQueue: object(
    {
      items: list(
        object(
          {
            ...{ customerId: text, type: text, transactionId: text, state: text, since: time, risk: text },
            ...{ reason: text, isLate: flag, isEscalated: flag, claim },
          },
          ...['customerId', 'type', 'transactionId', 'state', 'since', 'risk', 'isLate', 'isEscalated'],
        ),
      ),
      next: { type: 'string', description: 'Where the next page begins, for `after`; absent at the end.' },
    },
    'items',
  ),
  OperatorCustomer: object(
    {
      customerId: text,
      version: { type: 'integer', description: 'To be named by whatever is decided on what is seen here.' },
      identities: list(object({ account: text, memo: { type: 'object' }, knownAs: text }, 'account')),
      standings: list(standing),
      fields: { type: 'object', description: 'By key. A viewer gets values masked.' },
      consent: object({ version: text, lang: text, at: count }, 'version', 'lang', 'at'),
      ...{ checks: { type: 'object' }, evidence: list({ type: 'object' }), notes: list({ type: 'object' }) },
      ...{ history: list({ type: 'object' }), claims: list(claim), escalation: { type: 'object' } },
      ...{ proposals: list(proposal), acts: list({ type: 'object' }) },
      payments: { ...list(waitingPayment), description: 'Those that are not over, the first asked for first.' },
      hasMorePayments: flag,
    },
    ...['customerId', 'version', 'identities', 'standings', 'fields', 'checks', 'evidence', 'notes', 'history'],
    'payments',
  ),
  OperatorActed: closed(
    {
      outcome: { type: 'string', enum: ['done', 'proposed', 'preview'] },
      customerId: text,
      version: { type: 'integer', description: 'To be named next.' },
      proposal: { type: 'string', description: 'What another operator must approve before anything is done.' },
      approver: { type: 'string', description: 'The role that must approve.' },
      standings: list(standing),
      claim,
    },
    [],
  ),
  OperatorSearch: closed(
    {
      field: {
        type: 'string',
        description: 'A field that can be looked for, or `name_and_birth_date`; a wrong one is answered with the list.',
      },
      value: { type: 'string', description: 'The whole value; of a person, the name.' },
      birthDate: { type: 'string', description: 'YYYY-MM-DD, with `name_and_birth_date` alone.' },
    },
    ['field', 'value'],
  ),
  OperatorFound: closed(
    {
      customers: list(
        closed(
          {
            customerId: text,
            standings: list(
              closed({ type: text, transactionId: text, state: text }, ['type', 'transactionId', 'state']),
            ),
          },
          ['customerId', 'standings'],
        ),
      ),
      isCut: { type: 'boolean', description: 'Whether there are more than are answered.' },
    },
    ['customers', 'isCut'],
  ),
  OperatorUnmask: closed(
    {
      field: { type: 'string', description: 'The name of a field that is held.' },
      reason: { type: 'string', enum: ['customer-request', 'payment-query', 'data-quality', 'complaint', 'audit'] },
    },
    ['field', 'reason'],
  ),
  OperatorValue: closed({ customerId: text, field: text, value: text }, ['customerId', 'field', 'value']),
  OperatorProposals: closed({ proposals: list(proposal) }, ['proposals']),
  OperatorAudit: closed(
    {
      lines: list(
        object(
          {
            seq: { type: 'integer', description: 'The place in the chain, once the line has one.' },
            ...{ id: count, at: time, action: text, customerId: text },
            actor: object({ kind: text, id: text }, 'kind'),
            about: { type: 'object', description: 'Names of fields and codes.' },
          },
          ...['id', 'at', 'action', 'actor'],
        ),
      ),
      next: { type: 'integer', description: 'Where the next page begins, for `after`; absent at the end.' },
    },
    ['lines'],
  ),
  OperatorReasons: closed(
    {
      reasons: list(
        object(
          {
            code: text,
            about: { type: 'string', enum: ['field', 'customer'] },
            text: { description: 'What the customer reads: a text, or texts by language.', type: ['string', 'object'] },
          },
          ...['code', 'about', 'text'],
        ),
      ),
    },
    ['reasons'],
  ),
  OperatorRetained: object(
    {
      items: list(
        object(
          {
            customerId: text,
            version: count,
            erasedAt: time,
            deleteAfter: time,
            ground: text,
            isLost: { type: 'boolean', description: 'Whether the data key did not open when they were erased.' },
            hold: { type: 'object' },
          },
          ...['customerId', 'version', 'erasedAt', 'deleteAfter', 'ground', 'isLost'],
        ),
      ),
      next: { type: 'string', description: 'Where the next page begins, for `after`; absent at the end.' },
    },
    'items',
  ),
  OperatorExport: object(
    {
      customerId: text,
      exportedAt: time,
      leftOut: names,
      held: { type: 'object', description: 'By table: rows with what was under seal opened.' },
    },
    ...['customerId', 'exportedAt', 'leftOut', 'held'],
  ),
  OperatorExportOrder: object(
    {
      reason: { type: 'string', enum: ['subject-request', 'authority', 'litigation', 'transfer', 'audit'] },
      reference: { type: 'string', description: 'Where it is filed: letters, digits, dots and dashes.' },
      forSubject: { type: 'boolean', description: 'Leaves out what the person may not be told.' },
    },
    'reason',
  ),
  OperatorAct: object(
    {
      act: {
        type: 'string',
        description:
          'accept, reject, accept-field, reject-field, ask-again, reopen, escalate, return, set-risk, erase; claim, release, note, link, unlink, merge, hold, lift-hold.',
      },
      version: { type: 'integer', description: 'The version that was looked at.' },
      type: text,
      transactionId: text,
      fields: names,
      reason: { type: 'string', description: 'A code of the catalogue; of a hold, a text.' },
      risk: text,
      note: { type: 'string', description: 'For operators alone.' },
      preview: { type: 'boolean', description: 'Only to see what it would lead to.' },
      lang: text,
      ...{ account: text, memo: text, memoType: text, into: text, intoVersion: count },
    },
    'act',
  ),
  OperatorWord: object({ approve: flag, lang: text }, 'approve'),
  OperatorDeliveries: closed(
    {
      deliveries: list(delivery),
      next: { type: 'string', description: 'Where the next page begins, for `after`; absent at the end.' },
    },
    ['deliveries'],
  ),
  OperatorDelivery: closed(
    {
      delivery,
      attempts: list(
        closed({ at: time, outcome: text, httpStatus: count, latencyMs: { type: 'number' } }, [
          'at',
          'outcome',
          'latencyMs',
        ]),
      ),
    },
    ['delivery', 'attempts'],
  ),
  OperatorRedelivered: closed({ made: { type: 'integer', description: 'How many deliveries were made of it.' } }, [
    'made',
  ]),
  OperatorTargets: closed(
    {
      targets: list(
        closed(
          {
            ...{ target: text, failures: count, failingSince: time, openUntil: time, offSince: time },
            ...{ offReason: text, pending: count },
          },
          ['target', 'failures', 'failingSince', 'openUntil', 'pending'],
        ),
      ),
    },
    ['targets'],
  ),
  OperatorEnabled: closed({ enabled: flag }, ['enabled']),
  OperatorRedeliver: closed(
    {
      id: { type: 'integer', description: 'One delivery; without filters.' },
      ...{ from: { ...time, description: 'Those made then or later, as far as other filters go.' }, to: time },
      ...{ state: text, kind: text, customer: text, target: text },
    },
    [],
  ),
  OperatorLink: closed({ url: text, expiresAt: time }, ['url', 'expiresAt']),
  OperatorLinkFor: closed({ customer: text, type: text, transactionId: text, lang: text }, ['customer']),
  OperatorEnable: closed({ enable: { ...text, description: 'A target.' } }, ['enable']),
};
