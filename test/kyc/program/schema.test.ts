import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import business from '../../../examples/business-accounts.ts';
import wallet from '../../../examples/eu-wallet.ts';
import programInTypeScript from '../../../examples/program.ts';
import remittance from '../../../examples/remittance-mexico.ts';
import { defaultProgram } from '../../../src/kyc/default-program.ts';
import { realKinds } from '../../support/check-kinds.ts';
import { faultCases } from './fault-cases.ts';
import { faultsOf } from './faults-of.ts';

const published = new URL(import.meta.resolve('anchor-kyc/program.schema.json'));
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
const fitsSchema = ajv.compile(JSON.parse(await readFile(published, 'utf8')));

const programs = { defaultProgram, programInTypeScript, remittance, wallet, business };

test('[program.schema] the published schema takes every example, as the compiler does', async () => {
  const json: unknown = JSON.parse(await readFile(new URL('../../../examples/program.json', import.meta.url), 'utf8'));
  for (const [name, program] of Object.entries({ ...programs, json })) {
    assert.ok(fitsSchema(program), `${name}: ${ajv.errorsText(fitsSchema.errors)}`);
    assert.equal(faultsOf(program, realKinds), '', name);
  }
});

test('[program.schema] of programs with a fault it refuses those whose parts look wrong, and leaves the rest to the compiler', () => {
  for (const { what, program, bySchema } of faultCases) {
    assert.equal(fitsSchema(program), !bySchema, `${what}: ${JSON.stringify(program)}`);
  }
});

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    0.5,
    9,
    '',
    'x',
    'MEX',
    'a b',
    [],
    {},
    ['x'],
    ['x', 'x'],
    { en: 'x' },
    { en: 1 },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

test('[program.schema] it never refuses what the compiler takes, however an example is changed', () => {
  const change = fc.tuple(
    fc.constantFrom(...Object.values(programs)),
    fc.nat(),
    fc.constantFrom('set', 'add', 'remove'),
    junk,
  );
  let refused = 0;
  fc.assert(
    fc.property(change, ([program, place, act, value]) => {
      const changed: unknown = structuredClone(program);
      changeAt(changed, place, act, value);
      const fits = fitsSchema(changed);
      if (!fits) refused += 1;
      if (!fits) assert.notEqual(faultsOf(changed), '', `${ajv.errorsText(fitsSchema.errors)}`);
    }),
    { numRuns: 3000 },
  );
  assert.ok(refused > 500, `only ${refused} changes were refused`);
});

/** Changes one of the properties or items of all that is in it. */
function changeAt(root: unknown, place: number, act: string, value: unknown): void {
  const spots = [...spotsIn(root)];
  const [holder, key] = spots[place % spots.length] ?? [];
  if (holder === undefined || key === undefined) return;
  if (act === 'set') holder[key] = value;
  else if (act === 'add') holder[Array.isArray(holder) ? holder.length : 'zebra'] = value;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

type Holder = Record<string, unknown>;

function* spotsIn(value: unknown): Generator<readonly [Holder, string]> {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    yield [value as Holder, key];
    yield* spotsIn((value as Holder)[key]);
  }
}
