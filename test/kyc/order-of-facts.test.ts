import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileProgram } from '../../src/kyc/compile-program.ts';
import { conclude } from '../../src/kyc/conclude.ts';
import { type Dossier, emptyDossier, inputsOf } from '../../src/kyc/dossier.ts';
import { type Finding, withConfirmed, withFieldRuling, withResult, withValues } from '../../src/kyc/facts.ts';
import type { CheckPlan } from '../../src/kyc/program.ts';
import { judgedKinds } from '../support/deciding-world.ts';

const kinds = judgedKinds(() => ({ outcome: 'pass' }));
const program = compileProgram(
  {
    types: {
      t: {
        decision: 'automatic',
        fields: { given_name: {}, city: { optional: true }, email_address: { verify: true } },
        checks: ['name', 'list', 'early'],
      },
      other: { extends: 't', decision: 'review', fields: { id_number: {} } },
    },
    rules: { paris: { when: { field: 'city', is: 'Paris' }, ask: { tax_id: { optional: true } }, checks: ['extra'] } },
    checks: {
      name: { use: 'test', fields: ['given_name'], again: 'daily' },
      list: { use: 'two', fields: ['given_name', 'city'] },
      early: { use: 'early', fields: ['email_address'] },
      extra: { use: 'test', fields: ['given_name', 'tax_id'] },
    },
    review: { maxResubmissions: 2 },
  },
  kinds,
);
const plans = [...program.checks.values()];
const now = Date.UTC(2030, 0, 1);

/** A fact, and the dossier with it. Facts of values come in the order in which they were given; everything else whenever it likes. */
interface Fact {
  /** After how many PUTs it can be known at the earliest. */
  readonly from: number;
  /** Before which PUT it must be known, if it can come too late. */
  readonly until?: number;
  readonly said: string;
  learn(dossier: Dossier): Dossier;
}

type Put = Readonly<Partial<Record<string, string>>>;

const puts = fc.array(
  fc.record(
    {
      given_name: fc.constantFrom('Ada', 'Eve'),
      city: fc.constantFrom('Rome', 'Paris'),
      email_address: fc.constantFrom('a@example.com', 'b@example.com'),
      id_number: fc.constant('1'),
      tax_id: fc.constantFrom('7', '8'),
    },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 4 },
);

const findings = fc.constantFrom<Finding>(
  { outcome: 'pass' },
  { outcome: 'pass' },
  { outcome: 'review', reason: 'duplicate' },
  { outcome: 'review', reason: 'sanctions', finding: 'entry-7' },
  { outcome: 'review', reason: 'sanctions', finding: 'entry-8' },
  { outcome: 'fail', reason: 'wrong-format' },
  { outcome: 'fail', reason: 'name-mismatch', fields: ['given_name'] },
  { outcome: 'fail', reason: 'not-eligible', final: true },
  { outcome: 'fail', reason: 'suspected-fraud', final: true },
);

/** How the customer looks after each PUT, before anything else is known. */
function historyOf(given: readonly Put[]): Dossier[] {
  const history: Dossier[] = [emptyDossier];
  for (const [index, put] of given.entries())
    history.push(withValues(history[index] ?? emptyDossier, index + 1, { set: Object.keys(put), withdraw: [] }));
  return history;
}

/** Results of any check about any input there ever was, of two rounds and of two workers; codes; a person's word on a value. */
function factsOf(given: readonly Put[]): fc.Arbitrary<readonly Fact[]> {
  const history = historyOf(given).slice(1);
  const moments = fc.integer({ min: 0, max: history.length - 1 });
  const results = fc
    .tuple(fc.constantFrom(...plans), moments, fc.constantFrom(1, 1, 1, 2), findings)
    .map(([plan, moment, round, finding]) => result(plan, history[moment] ?? emptyDossier, moment + 1, round, finding));
  const values = moments.chain((moment) => {
    const entries = Object.entries(history[moment]?.fields ?? {});
    const about = entries.length === 0 ? [['none', { rev: 0 }] as const] : entries;
    return fc.constantFrom(...about).chain(([key, { rev }]) =>
      fc.constantFrom<Fact>(
        {
          ...window(given, key, rev),
          said: `${key}:${rev} confirmed`,
          learn: (known: Dossier) => withConfirmed(known, [key], now),
        },
        {
          ...window(given, key, rev),
          said: `${key}:${rev} refused`,
          learn: (known: Dossier) => withFieldRuling(known, key, refusal),
        },
      ),
    );
  });
  return fc.array(fc.oneof({ arbitrary: results, weight: 4 }, { arbitrary: values, weight: 1 }), { maxLength: 14 });
}

const refusal = { accepted: false, reason: 'document-mismatch', by: 'ann', at: now } as const;

function result(plan: CheckPlan, at: Dossier, from: number, round: number, finding: Finding): Fact {
  const inputs = inputsOf(at, plan.inputs);
  const said = `${plan.name} of ${inputs} (${round}): ${JSON.stringify(finding)}`;
  if (inputs === '') return { from, said, learn: (dossier) => dossier };
  return { from, said, learn: (dossier) => withResult(dossier, plan, { inputs, round }, finding, now) };
}

/** A code or a decision is of the value that is held; later it is refused, and no fact. */
function window(given: readonly Put[], key: string, rev: number): Pick<Fact, 'from' | 'until'> {
  const next = given.findIndex((put, index) => index >= rev && put[key] !== undefined);
  return { from: rev, until: next < 0 ? given.length : next };
}

/** The facts in the order of their keys, each after the PUT that made it possible. */
function arrange(given: readonly Put[], facts: readonly Fact[], order: readonly number[]): Fact[] {
  const values = given.map((put, index): [number, Fact] => [
    index + 1,
    {
      from: index,
      said: `put ${JSON.stringify(put)}`,
      learn: (dossier) => withValues(dossier, index + 1, { set: Object.keys(put), withdraw: [] }),
    },
  ]);
  const others = facts.map((fact, index): [number, Fact] => {
    const share = order[index % order.length] ?? 0;
    return [fact.from + share * ((fact.until ?? given.length) - fact.from + 1), fact];
  });
  return [...values, ...others].sort(([one], [other]) => one - other).map(([, fact]) => fact);
}

/** Where all of it ends, each fact concluded from as it comes. */
function endOf(given: readonly Put[], facts: readonly Fact[]): unknown {
  let dossier = emptyDossier;
  let version = 0;
  const texts = (key: string): string | undefined =>
    given.slice(0, version).findLast((put) => put[key] !== undefined)?.[key];
  for (const fact of facts) {
    dossier = fact.learn(dossier);
    version = Math.max(version, ...Object.values(dossier.fields).map(({ rev }) => rev));
    for (const type of program.types.keys()) {
      const change = { program, dossier, cause: { kind: 'check' }, now, read: texts, opened: [{ type }] } as const;
      dossier = conclude(change).dossier;
    }
  }
  const { standings } = dossier;
  return Object.entries(standings).map(([key, { state, reason, rules }]) => ({ key, state, reason, rules }));
}

test('[kyc.deciding] the same facts in any order, late or twice, end in the same states for the same reasons', () => {
  const shares = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 30, maxLength: 30 });
  const cases = puts.chain((given) => fc.tuple(fc.constant(given), factsOf(given), shares, shares, fc.nat(20)));
  const property = fc.property(cases, ([given, facts, one, other, twice]) => {
    const repeated = facts.length === 0 ? [] : [...facts, facts[twice % facts.length] as Fact];
    const [first, second] = [arrange(given, facts, one), arrange(given, repeated, other)];
    const said = [first, second].map((order) => order.map((fact) => fact.said).join('\n  ')).join('\nand\n  ');
    assert.deepEqual(endOf(given, first), endOf(given, second), said);
  });
  fc.assert(property, { numRuns: 3000 });
});
