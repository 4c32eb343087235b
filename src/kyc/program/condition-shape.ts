import { type Condition, subjectKinds } from '../program.ts';
import { isAssetName } from './asset.ts';
import { isDecimal } from './decimal.ts';
import { boolean, either, isObject, listOf, named, object, oneOf, type Shape, text, value } from './shape.ts';

/** How deep conditions may stand in one another: more than anybody can read. */
const maxDepth = 8;

type Form<Key extends string> = Extract<Condition, { readonly [K in Key]: unknown }>;

const expected =
  'a condition: { field, is }, { field, isNot }, { field, given }, { amount }, { subject }, { all }, { any } or { not }';
const noCondition: Shape<Condition> = value(expected, {}, () => false);
const tooDeep: Shape<Condition> = value(`conditions at most ${maxDepth} deep`, {}, () => false);

const manyTexts = listOf(text);
const oneOrMore: Shape<string | readonly string[]> = either<string | readonly string[]>([text, manyTexts], (given) =>
  Array.isArray(given) ? manyTexts : text,
);

const amountText: Shape<string> = value(
  'an amount as a text of digits, such as "1000" or "0.5"',
  { type: 'string', pattern: '^\\d{1,40}(\\.\\d{1,40})?$' },
  (given) => typeof given === 'string' && isDecimal(given),
);

const assetName: Shape<string> = value(
  'an asset, CODE or CODE:ISSUER',
  { type: 'string', pattern: '^[a-zA-Z0-9]{1,12}(:G[A-Z2-7]{55})?$' },
  (given) => typeof given === 'string' && isAssetName(given),
);

const amount: Shape<Form<'amount'>['amount']> = object<Form<'amount'>['amount']>(
  { above: amountText, asset: assetName },
  { required: ['above'] },
);

/** The forms that hold no other condition, by the property that tells them apart. */
const plainForms: Readonly<Record<string, Shape<Condition>>> = {
  is: object<Form<'is'>>({ field: text, is: oneOrMore }, { required: ['field', 'is'] }),
  isNot: object<Form<'isNot'>>({ field: text, isNot: oneOrMore }, { required: ['field', 'isNot'] }),
  given: object<Form<'given'>>({ field: text, given: boolean }, { required: ['field', 'given'] }),
  amount: object<Form<'amount'>>({ amount }, { required: ['amount'] }),
  subject: object<Form<'subject'>>({ subject: oneOf(subjectKinds) }, { required: ['subject'] }),
};

function formsAbove(deeper: Shape<Condition>): Readonly<Record<string, Shape<Condition>>> {
  return {
    ...plainForms,
    all: object<Form<'all'>>({ all: listOf(deeper) }, { required: ['all'] }),
    any: object<Form<'any'>>({ any: listOf(deeper) }, { required: ['any'] }),
    not: object<Form<'not'>>({ not: deeper }, { required: ['not'] }),
  };
}

function upTo(depth: number): Shape<Condition> {
  if (depth === 0) return tooDeep;
  return named('Condition', () => {
    const forms = formsAbove(upTo(depth - 1));
    return either<Condition>(Object.values(forms), (given) => {
      const form = isObject(given) ? Object.keys(forms).find((key) => given[key] !== undefined) : undefined;
      return (form !== undefined && forms[form]) || noCondition;
    });
  });
}

/** When a rule applies. */
export const condition: Shape<Condition> = upTo(maxDepth);
