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

/** What operators send and are answered. They are part of the document only where operators are served. */
export const operatorSchemas: Readonly<Record<OperatorReply | 'OperatorAct' | 'OperatorWord', Json>> = {
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
      ...{ checks: { type: 'object' }, evidence: list({ type: 'object' }), notes: list({ type: 'object' }) },
      ...{ history: list({ type: 'object' }), claims: list(claim), escalation: { type: 'object' } },
      ...{ proposals: list(proposal), acts: list({ type: 'object' }) },
    },
    ...['customerId', 'version', 'identities', 'standings', 'fields', 'checks', 'evidence', 'notes', 'history'],
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
  OperatorProposals: closed({ proposals: list(proposal) }, ['proposals']),
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
  OperatorAct: object(
    {
      act: {
        type: 'string',
        description:
          'accept, reject, accept-field, reject-field, ask-again, reopen, escalate, return, set-risk, erase; claim, release, note, link, unlink, merge.',
      },
      version: { type: 'integer', description: 'The version that was looked at.' },
      type: text,
      transactionId: text,
      fields: names,
      reason: { type: 'string', description: 'A code of the catalogue.' },
      risk: text,
      note: { type: 'string', description: 'For operators alone.' },
      preview: { type: 'boolean', description: 'Only to see what it would lead to.' },
      lang: text,
      ...{ account: text, memo: text, memoType: text, into: text, intoVersion: count },
    },
    'act',
  ),
  OperatorWord: object({ approve: flag, lang: text }, 'approve'),
};
