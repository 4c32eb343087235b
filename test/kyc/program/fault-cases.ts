/** A program with one thing wrong. */
export interface FaultCase {
  readonly what: string;
  readonly program: unknown;
  /** Where each fault is told, and nothing else is. */
  readonly paths: readonly string[];
  /** Whether the schema can tell, too: it cannot where one part says something of another. */
  readonly bySchema: boolean;
}

const own = { type: 'string', description: 'x' };
const age = { age: { use: 'minimum-age' } };
const ageFields = { id_country_code: {}, birth_date: {} };

function ofType(type: object, more: object = {}): unknown {
  return { types: { t: { decision: 'automatic', fields: {}, ...type } }, ...more };
}

const ofFields = (fields: object, more: object = {}): unknown => ofType({ fields }, more);
const ofRule = (rule: object, fields: object = { id_country_code: {} }): unknown =>
  ofFields(fields, { rules: { r: { review: true, ...rule } } });
const ofCondition = (when: unknown, fields?: object): unknown => ofRule({ when }, fields);

function deep(depth: number): unknown {
  return depth === 0 ? { subject: 'person' } : { not: deep(depth - 1) };
}

/** What the schema sees as well: each part by itself. */
const shapes: readonly FaultCase[] = [
  ['no program', 7, ['program']],
  ['no types', {}, ['types']],
  ['a list of types', { types: [] }, ['types']],
  ['a property there is none of', ofFields({}, { colour: 'red' }), ['colour']],
  ['a decision there is none of', ofType({ decision: 'guess' }), ['types.t.decision']],
  ['a risk there is none of', ofType({ risk: 'some' }), ['types.t.risk']],
  ['a release there is none of', ofType({ release: 'now' }), ['types.t.release']],
  ['a subject there is none of', ofType({ subject: 'robot' }), ['types.t.subject']],
  ['a name with a space', { types: { 'a b': { decision: 'review', fields: {} } } }, ['types.a b']],
  ['a field that is no object', ofFields({ city: true }), ['types.t.fields.city']],
  ['an own name that cannot be', ofFields({ 'x y': own }), ['types.t.fields.x y']],
  ['a name that is taken', ofFields({ x_file_id: own }), ['types.t.fields.x_file_id']],
  ['a card verification code', ofFields({ 'card.cvc': {} }), ['types.t.fields.card.cvc']],
  ['a type for a SEP-9 field', ofFields({ city: { type: 'string' } }), ['types.t.fields.city.type']],
  ['optional that is no switch', ofFields({ city: { optional: 1 } }), ['types.t.fields.city.optional']],
  ['an empty description', ofFields({ city: { description: '' } }), ['types.t.fields.city.description']],
  ['no language', ofFields({ city: { description: {} } }), ['types.t.fields.city.description']],
  [
    'a tag of no language',
    ofFields({ city: { description: { 'e n': 'x' } } }),
    ['types.t.fields.city.description.e n'],
  ],
  ['a text that is none', ofFields({ city: { description: { en: 3 } } }), ['types.t.fields.city.description.en']],
  ['no choice', ofFields({ city: { choices: [] } }), ['types.t.fields.city.choices']],
  [
    'a choice without a label',
    ofFields({ city: { choices: [{ value: 'a' }] } }),
    ['types.t.fields.city.choices[0].label'],
  ],
  ['a choice twice', ofFields({ city: { choices: ['a', 'a'] } }), ['types.t.fields.city.choices[1]']],
  ['a code to a city', ofFields({ city: { verify: true } }), ['types.t.fields.city.verify']],
  [
    'how an e-mail address is verified',
    ofFields({ email_address: { verify: 'email' } }),
    ['types.t.fields.email_address.verify'],
  ],
  ['where the code of an own field goes', ofFields({ x: { ...own, verify: true } }), ['types.t.fields.x.verify']],
  ['a rule without a condition', ofRule({}), ['rules.r.when']],
  ['a rule for no type', ofRule({ when: { subject: 'person' }, types: [] }), ['rules.r.types']],
  ['an empty condition', ofCondition({}), ['rules.r.when']],
  ['two conditions in one', ofCondition({ field: 'id_country_code', is: 'MEX', given: true }), ['rules.r.when.given']],
  ['no value', ofCondition({ field: 'id_country_code', is: [] }), ['rules.r.when.is']],
  ['none of all', ofCondition({ all: [] }), ['rules.r.when.all']],
  ['one of all that is none', ofCondition({ any: [{ subject: 'person' }, 7] }), ['rules.r.when.any[1]']],
  ['a number for an amount', ofCondition({ amount: { above: 1000 } }), ['rules.r.when.amount.above']],
  ['an amount with separators', ofCondition({ amount: { above: '1,000' } }), ['rules.r.when.amount.above']],
  ['an amount below zero', ofCondition({ amount: { above: '-1' } }), ['rules.r.when.amount.above']],
  ['an asset that is none', ofCondition({ amount: { above: '1', asset: 'US-D' } }), ['rules.r.when.amount.asset']],
  ['a check without a kind', ofType({ checks: ['c'] }, { checks: { c: {} } }), ['checks.c.use']],
  [
    'a rhythm there is none of',
    ofType({ fields: ageFields, checks: ['age'] }, { checks: { age: { use: 'minimum-age', again: 'hourly' } } }),
    ['checks.age.again'],
  ],
  [
    'no field to check',
    ofType({ fields: ageFields, checks: ['age'] }, { checks: { age: { use: 'minimum-age', fields: [] } } }),
    ['checks.age.fields'],
  ],
  [
    'settings that are none',
    ofType({ fields: ageFields, checks: ['age'] }, { checks: { age: { use: 'minimum-age', settings: [] } } }),
    ['checks.age.settings'],
  ],
  ['resubmissions below zero', ofFields({}, { review: { maxResubmissions: -1 } }), ['review.maxResubmissions']],
  ['search for nothing', ofFields({}, { review: { search: [] } }), ['review.search']],
  ['no time to review', ofFields({}, { review: { slaHours: 0 } }), ['review.slaHours']],
  [
    'a code of a reason with a space',
    ofFields({}, { review: { reasons: { 'Too Old': { kind: 'retry', text: 'x' } } } }),
    ['review.reasons.Too Old'],
  ],
  [
    'a reason without a text',
    ofFields({}, { review: { reasons: { old: { kind: 'retry' } } } }),
    ['review.reasons.old.text'],
  ],
  [
    'a reason of no kind',
    ofFields({}, { review: { reasons: { old: { kind: 'maybe', text: 'x' } } } }),
    ['review.reasons.old.kind'],
  ],
  [
    'months that are not positive',
    ofFields({}, { expiry: { reviewMonths: { high: 0 } } }),
    ['expiry.reviewMonths.high'],
  ],
  ['half a month', ofFields({}, { expiry: { reviewMonths: { low: 0.5 } } }), ['expiry.reviewMonths.low']],
  [
    'a risk that is never reviewed',
    ofFields({}, { expiry: { reviewMonths: { some: 1 } } }),
    ['expiry.reviewMonths.some'],
  ],
].map(([what, program, paths]) => ({ what, program, paths, bySchema: true }) as FaultCase);

/** What one part says of another, which only the compiler sees. */
const meanings: readonly FaultCase[] = [
  [
    'search for what nobody is asked for, for a file, and for one of a few choices',
    ofFields({ photo_id_front: {}, sex: {} }, { review: { search: ['city', 'photo_id_front', 'sex'] } }),
    ['review.search[0]', 'review.search[1]', 'review.search[2]'],
  ],
  ['a default type there is none of', ofFields({}, { defaultType: 'u' }), ['defaultType']],
  ['a type without decision and fields', { types: { t: {} } }, ['types.t.decision', 'types.t.fields']],
  ['a base there is none of', ofType({ extends: 'u' }), ['types.t.extends']],
  ['a base that is oneself', ofType({ extends: 't' }), ['types.t.extends']],
  [
    'a circle of bases',
    { types: { a: { extends: 'b', decision: 'review' }, b: { extends: 'a' } } },
    ['types.a.extends', 'types.b.extends'],
  ],
  ['two spellings of a field', ofFields({ first_name: {}, given_name: {} }), ['types.t.fields']],
  ['an own field without more', ofFields({ x: {} }), ['types.t.fields.x.type', 'types.t.fields.x.description']],
  ['a code to a date', ofFields({ x: { ...own, type: 'date', verify: 'phone' } }), ['types.t.fields.x.verify']],
  ['choices of a photo', ofFields({ photo_id_front: { choices: ['a'] } }), ['types.t.fields.photo_id_front.choices']],
  [
    'a country that is none',
    ofFields({ id_country_code: { choices: ['MEX', 'MX'] } }),
    ['types.t.fields.id_country_code.choices[1]'],
  ],
  [
    'a country in small letters',
    ofFields({ id_country_code: { choices: ['mex'] } }),
    ['types.t.fields.id_country_code.choices[0]'],
  ],
  [
    'one value under two labels',
    ofFields({
      x: {
        ...own,
        choices: [
          { value: 'a', label: 'A' },
          { value: 'a', label: 'B' },
        ],
      },
    }),
    ['types.t.fields.x.choices[1]'],
  ],
  [
    'one field as two things',
    {
      types: {
        a: { decision: 'review', fields: { x: own } },
        b: { decision: 'review', fields: { x: { ...own, type: 'date' } } },
      },
    },
    ['types.b.fields.x'],
  ],
  ['a rule for a type there is none of', ofRule({ when: { subject: 'person' }, types: ['u'] }), ['rules.r.types[0]']],
  ['a rule that does nothing', ofRule({ when: { subject: 'person' }, review: false }), ['rules.r']],
  [
    'an own field that a rule alone asks for',
    ofRule({ when: { subject: 'person' }, ask: { x: {} } }),
    ['rules.r.ask.x.type', 'rules.r.ask.x.description'],
  ],
  [
    'choices that the type has otherwise',
    ofRule({ when: { subject: 'person' }, ask: { sex: { choices: ['male'] } } }, { sex: {} }),
    ['rules.r.ask.sex.choices'],
  ],
  ['a field nobody asks for', ofCondition({ field: 'city', given: true }), ['rules.r.when.field']],
  [
    'a field that the rule alone asks for',
    ofRule({ when: { not: { field: 'city', is: 'x' } }, ask: { city: {} } }),
    ['rules.r.when.not.field'],
  ],
  ['a country that is never held', ofCondition({ field: 'id_country_code', is: 'MX' }), ['rules.r.when.is']],
  [
    'a country as it is never held',
    ofCondition({ field: 'id_country_code', is: ['USA', 'mex'] }),
    ['rules.r.when.is[1]'],
  ],
  [
    'a value that is no choice',
    ofCondition(
      { all: [{ field: 'id_country_code', isNot: ['USA', 'MEX'] }] },
      { id_country_code: { choices: ['MEX'] } },
    ),
    ['rules.r.when.all[0].isNot[0]'],
  ],
  [
    'a photo that is a text',
    ofCondition({ field: 'photo_id_front', is: 'x' }, { photo_id_front: {} }),
    ['rules.r.when.is'],
  ],
  ['an organization nobody can be', ofCondition({ subject: 'organization' }), ['rules.r.when.subject']],
  [
    'an issuer that is none',
    ofCondition({ amount: { above: '1', asset: `USD:G${'A'.repeat(55)}` } }),
    ['rules.r.when.amount.asset'],
  ],
  ['conditions too deep to read', ofCondition(deep(8)), [`rules.r.when${'.not'.repeat(8)}`]],
  ['a check there is none of', ofType({ checks: ['age'] }), ['types.t.checks[0]']],
  ['a check nobody asks for', ofFields(ageFields, { checks: age }), ['checks.age']],
  [
    'a check by itself of what nobody asks for',
    ofType({ fields: { city: {} }, checks: ['age'] }, { checks: age }),
    ['checks.age.fields'],
  ],
  [
    'a check of a field nobody asks for',
    ofType(
      { fields: { city: {} }, checks: ['age'] },
      { checks: { age: { use: 'minimum-age', fields: ['city', 'birth_date'] } } },
    ),
    ['checks.age.fields[1]'],
  ],
  [
    'a check of what another type asks for',
    {
      types: {
        t: { decision: 'review', fields: { city: {} }, checks: ['age'] },
        u: { decision: 'review', fields: ageFields },
      },
      checks: age,
    },
    ['types.t.checks[0]'],
  ],
  [
    'a check by a rule of what one of its types does not ask for',
    {
      types: { t: { decision: 'review', fields: { city: {} } }, u: { decision: 'review', fields: ageFields } },
      rules: { r: { when: { subject: 'person' }, checks: ['age'] } },
      checks: age,
    },
    ['rules.r.checks[0]'],
  ],
  ['a kind there is none of', ofType({ checks: ['c'] }, { checks: { c: { use: 'magic' } } }), ['checks.c.use']],
  [
    'a setting the kind does not have',
    ofType(
      { fields: ageFields, checks: ['age'] },
      { checks: { age: { use: 'minimum-age', settings: { months: 1 } } } },
    ),
    ['checks.age.settings.months'],
  ],
  [
    'documents dated by no date',
    ofFields({ id_number: {} }, { expiry: { documents: { id_number: [] } } }),
    ['expiry.documents.id_number'],
  ],
  [
    'documents nobody asks for',
    ofFields({}, { expiry: { documents: { id_expiration_date: ['id_number'] } } }),
    ['expiry.documents.id_expiration_date', 'expiry.documents.id_expiration_date[0]'],
  ],
].map(([what, program, paths]) => ({ what, program, paths, bySchema: false }) as FaultCase);

/** Every kind of fault that a program can have. */
export const faultCases: readonly FaultCase[] = [...shapes, ...meanings];
