import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeFacts } from '../../src/kyc/change-facts.ts';
import type { CheckResult } from '../../src/kyc/checks/check.ts';
import { compileProgram } from '../../src/kyc/compile-program.ts';
import type { TypeRuling } from '../../src/kyc/dossier.ts';
import { withFieldRuling, withTypeRuling } from '../../src/kyc/facts.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { type DecidingWorld, judgedKinds, openDecidingWorld } from '../support/deciding-world.ts';
import { randomAccount } from '../support/test-anchor.ts';

const dayMs = 86_400_000;
const name = { first_name: 'Ada' };
const hit: CheckResult = { outcome: 'review', reason: 'sanctions', finding: 'list-entry-7' };

function program(more: Partial<ProgramDefinition> = {}, use = 'test'): ProgramDefinition {
  const fields = { first_name: {}, city: { optional: true } };
  return {
    types: { t: { decision: 'automatic', fields, checks: ['c'] } },
    checks: { c: { use, fields: ['first_name'], again: 'daily' } },
    ...more,
  };
}

async function rule(world: DecidingWorld, id: string, outcome: TypeRuling['outcome'], reason?: string): Promise<void> {
  await changeFacts(world.builtIn.parts, id, {
    cause: () => ({ kind: 'operator', who: 'ann' }),
    learn: (dossier, at) => {
      const checks = ['c'];
      const ruling = { outcome, by: 'ann', at, ...(reason && { reason }) };
      return withTypeRuling(dossier, 't', ruling, { asked: checks, everAsked: checks });
    },
  });
}

async function status(world: DecidingWorld, account: string): Promise<string> {
  return (await world.get(account, 't')).status;
}

test('[kyc.deciding] whoever accepted a customer has not seen what another worker finds in the same round later', async () => {
  const worse: readonly CheckResult[] = [
    { outcome: 'review', reason: 'sanctions' },
    { outcome: 'fail', reason: 'wrong-format' },
    { outcome: 'fail', reason: 'sanctions', final: true },
  ];
  for (const result of worse) {
    await using world = await openDecidingWorld(program());
    const [account, { promise, resolve }] = [randomAccount(), Promise.withResolvers<CheckResult>()];
    const id = await world.put(account, 't', { fields: name });
    const asked = Promise.withResolvers<void>();
    world.judge = () => {
      asked.resolve();
      return promise;
    };
    const late = world.runChecks(1);
    await asked.promise;
    world.now += 120_000;
    world.judge = () => ({ outcome: 'pass' });
    await world.runChecks();
    await rule(world, id, 'accepted');
    assert.equal(await status(world, account), 'ACCEPTED');
    resolve(result);
    await late;
    assert.notEqual(await status(world, account), 'ACCEPTED', JSON.stringify(result));
  }
});

test('[kyc.deciding] neither another name nor the next day answers a hit that takes two people, and what they cleared is not asked again', async () => {
  await using world = await openDecidingWorld(program({}, 'two'));
  const account = randomAccount();
  world.judge = () => hit;
  const id = await world.put(account, 't', { fields: name });
  await world.runChecks();
  world.judge = () => ({ outcome: 'pass' });
  await world.put(account, 't', { fields: { first_name: 'Adele' } });
  await world.runChecks();
  assert.equal(await status(world, account), 'PROCESSING');
  world.now += dayMs;
  await world.catchUp();
  assert.ok((await world.runChecks()) > 0);
  assert.equal(await status(world, account), 'PROCESSING');
  await rule(world, id, 'accepted');
  assert.equal(await status(world, account), 'ACCEPTED');
  world.judge = () => hit;
  for (const expected of ['PROCESSING', 'ACCEPTED', 'ACCEPTED']) {
    world.now += dayMs;
    await world.catchUp();
    assert.ok((await world.runChecks()) > 0);
    assert.equal(await status(world, account), expected);
    if (expected === 'PROCESSING') await rule(world, id, 'accepted');
  }
});

test('[kyc.deciding] a final finding counts while the rule that asked for the check does not hold, in whatever order that came', async () => {
  const rules = { abroad: { when: { field: 'city', is: 'Paris' }, checks: ['extra'] } } as const;
  const extra = { use: 'early', fields: ['first_name'] };
  const definition = program({ rules, checks: { ...program().checks, extra } });
  for (const isQuick of [true, false]) {
    await using world = await openDecidingWorld(definition);
    const [account, { promise, resolve }] = [randomAccount(), Promise.withResolvers<CheckResult>()];
    await world.put(account, 't', { fields: { ...name, city: 'Paris' } });
    world.judge = (check) => (check === 'early' ? promise : { outcome: 'pass' });
    const running = world.runChecks(1);
    const leave = (): Promise<string> => world.put(account, 't', { fields: { city: 'Rome' } });
    if (isQuick) await leave();
    resolve({ outcome: 'fail', reason: 'suspected-fraud', final: true });
    await running;
    if (!isQuick) await leave();
    await world.runChecks();
    assert.equal(await status(world, account), 'REJECTED');
  }
});

test('[kyc.deciding] a check with other settings runs again before it counts; one whose service has moved does not', async () => {
  const limits = (min: number): ProgramDefinition =>
    program({ checks: { c: { use: 'early', fields: ['first_name'], settings: { name: 'c', min } } } });
  await using world = await openDecidingWorld(limits(18));
  const account = randomAccount();
  await world.put(account, 't', { fields: name });
  await world.runChecks();
  assert.equal(await status(world, account), 'ACCEPTED');
  await world.use(limits(21));
  assert.equal(await status(world, account), 'PROCESSING');
  world.judge = () => ({ outcome: 'fail', reason: 'under-age' });
  await world.catchUp();
  assert.equal(await world.runChecks(), 1);
  assert.equal(await status(world, account), 'NEEDS_INFO');

  const kinds = judgedKinds(() => ({ outcome: 'pass' }));
  const early = kinds.get('early') ?? assert.fail();
  const moving = new Map([...kinds, ['early', { ...early, whereabouts: ['min'] }]]);
  const terms = [18, 21].map((min) => compileProgram(limits(min), moving).checks.get('c')?.terms);
  assert.equal(terms[0], terms[1]);
});

test('[kyc.deciding] a person who lets in again whoever sent too much of the wrong is obeyed, and what failed must still be sent again', async () => {
  await using world = await openDecidingWorld(program({ review: { maxResubmissions: 0 } }));
  const account = randomAccount();
  world.judge = () => ({ outcome: 'fail', reason: 'wrong-format' });
  const id = await world.put(account, 't', { fields: name });
  await world.runChecks();
  assert.equal(await status(world, account), 'REJECTED');
  await rule(world, id, 'reopened');
  assert.equal(await status(world, account), 'NEEDS_INFO');
});

test('[kyc.deciding] a value that is withdrawn after a person decided is looked at again', async () => {
  await using world = await openDecidingWorld({
    types: { t: { decision: 'review', fields: { first_name: {}, city: { optional: true } } } },
  });
  const account = randomAccount();
  const id = await world.put(account, 't', { fields: { ...name, city: 'Rome' } });
  await rule(world, id, 'accepted');
  assert.equal(await status(world, account), 'ACCEPTED');
  await world.put(account, 't', { fields: { city: '' } });
  assert.equal(await status(world, account), 'PROCESSING');
});

test('[kyc.deciding] every move has its cause; what time changes is told at once and becomes a move by the job', async () => {
  const fields = { first_name: {}, email_address: { verify: true }, id_expiration_date: {} };
  await using world = await openDecidingWorld({
    types: { t: { decision: 'automatic', fields } },
    expiry: { documents: { id_expiration_date: [] } },
  });
  const account = randomAccount();
  const given = { ...name, email_address: 'ada@example.com', id_expiration_date: '2030-03-01' };
  const id = await world.put(account, 't', { fields: given });
  await world.sendCodes();
  await world.put(account, 't', { codes: { email_address: world.sent.at(-1)?.code ?? '' } });
  world.now += 90 * dayMs;
  assert.equal(await status(world, account), 'NEEDS_INFO');
  assert.equal((await world.store.standings.listMoves(id)).length, 2);
  await world.catchUp();
  const moves = (await world.store.standings.listMoves(id)).map(({ to, cause, who }) => ({ to, cause, who }));
  assert.deepEqual(moves, [
    { to: 'needs-verification', cause: 'wallet', who: undefined },
    { to: 'accepted', cause: 'code', who: 'email_address' },
    { to: 'expired', cause: 'clock', who: undefined },
  ]);
});

test('[checks.closed] a check that blames nothing of what the type asks for is no pass: a person must look', async () => {
  const types: ProgramDefinition['types'] = {
    t: { decision: 'automatic', fields: { first_name: {}, city: { optional: true } }, checks: ['c'] },
    other: { decision: 'automatic', fields: { tax_id: {} } },
  };
  for (const fields of [['tax_id'], ['city'], ['no-such-field'], []]) {
    await using world = await openDecidingWorld({
      types,
      checks: { c: { use: 'test', fields: ['first_name', 'tax_id'] } },
    });
    const account = randomAccount();
    await world.put(account, 'other', { fields: { tax_id: '7' } });
    const id = await world.put(account, 't', { fields: name });
    world.judge = () => ({ outcome: 'fail', reason: 'wrong-format', fields });
    await world.runChecks();
    assert.equal(await status(world, account), 'PROCESSING', JSON.stringify(fields));
    const last = (await world.store.standings.listMoves(id)).findLast(({ type }) => type === 't');
    assert.equal(last?.to, 'in-review');
  }
});

test('[review.field] whoever accepts a value passes over what was found wrong with it by then, found again too, and over nothing that is found later', async () => {
  await using world = await openDecidingWorld(program());
  const account = randomAccount();
  const id = await world.put(account, 't', { fields: name });
  const accept = async (): Promise<void> => {
    await changeFacts(world.builtIn.parts, id, {
      cause: () => ({ kind: 'operator', who: 'ann' }),
      learn: (dossier, at) => withFieldRuling(dossier, 'given_name', { accepted: true, by: 'ann', at }),
    });
  };
  const nextDay = async (result: CheckResult): Promise<string> => {
    world.now += dayMs;
    world.judge = () => result;
    await world.catchUp();
    await world.runChecks();
    return status(world, account);
  };
  const mismatch = { outcome: 'fail', reason: 'name-mismatch' } as const;
  await accept();
  world.judge = () => mismatch;
  await world.runChecks();
  assert.equal(await status(world, account), 'NEEDS_INFO', 'nobody had seen that');
  await accept();
  assert.equal(await status(world, account), 'ACCEPTED');
  assert.equal(await nextDay(mismatch), 'ACCEPTED');
  assert.equal(await nextDay({ outcome: 'fail', reason: 'wrong-format' }), 'NEEDS_INFO');
});

test('[kyc.expiry] a document expires also where the type asks for it and not for its date: the job moves the customer', async () => {
  await using world = await openDecidingWorld({
    types: {
      t: { decision: 'automatic', fields: { id_number: {} } },
      other: { decision: 'automatic', fields: { id_expiration_date: {} } },
    },
    expiry: { documents: { id_expiration_date: ['id_number'] } },
  });
  const account = randomAccount();
  const id = await world.put(account, 't', { fields: { id_number: '7', id_expiration_date: '2030-03-01' } });
  assert.equal(await status(world, account), 'ACCEPTED');
  world.now += 90 * dayMs;
  await world.catchUp();
  assert.equal((await world.store.standings.listMoves(id)).at(-1)?.to, 'expired');
  assert.equal(await status(world, account), 'NEEDS_INFO');
});

test('[kyc.deciding] what one type takes and another does not is accepted for the one alone, whatever a person says of the value', async () => {
  const large = { extends: 'small', fields: { id_type: { choices: ['passport'] } } } as const;
  const small = { decision: 'automatic', fields: { id_type: { choices: ['drivers_license', 'passport'] } } } as const;
  const ask = { id_type: { choices: ['passport', 'id_card'] } };
  const byRule = { decision: 'automatic', fields: { city: {} } } as const;
  const rules = { abroad: { types: ['byRule'], when: { field: 'city', is: 'Paris' }, ask } };
  await using world = await openDecidingWorld({ types: { small, large, byRule }, rules });
  const account = randomAccount();
  const statuses = async (): Promise<string[]> => {
    const answers = await Promise.all(['small', 'large', 'byRule'].map((type) => world.get(account, type)));
    return answers.map((answer) => answer.status);
  };
  const id = await world.put(account, 'small', { fields: { id_type: 'drivers_license', city: 'London' } });
  assert.deepEqual(await statuses(), ['ACCEPTED', 'NEEDS_INFO', 'ACCEPTED']);
  const { fields, provided_fields } = await world.get(account, 'large');
  assert.deepEqual(fields?.['id_type']?.choices, ['passport']);
  assert.equal(provided_fields?.['id_type']?.status, 'REJECTED');
  await world.put(account, 'byRule', { fields: { city: 'Paris' } });
  assert.deepEqual(await statuses(), ['ACCEPTED', 'NEEDS_INFO', 'NEEDS_INFO']);
  await changeFacts(world.builtIn.parts, id, {
    cause: () => ({ kind: 'operator', who: 'ann' }),
    learn: (dossier, at) => withFieldRuling(dossier, 'id_type', { accepted: true, by: 'ann', at }),
  });
  assert.deepEqual(await statuses(), ['ACCEPTED', 'NEEDS_INFO', 'NEEDS_INFO']);
  await world.put(account, 'large', { fields: { id_type: 'passport' } });
  assert.deepEqual(await statuses(), ['ACCEPTED', 'ACCEPTED', 'ACCEPTED']);
});
