import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import '../../examples/own-customers-contract.ts';
import { InvalidRequest, KycError } from '../../src/errors.ts';
import { BuiltInIntegration } from '../../src/kyc/built-in-integration.ts';
import { compileProgram } from '../../src/kyc/compile-program.ts';
import { defaultProgram } from '../../src/kyc/default-program.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { type CustomerIntegration, customerStatuses, type GetCustomer } from '../../src/sep12/integration.ts';
import { DiskFiles } from '../../src/store/files/disk-files.ts';
import { SealedFiles } from '../../src/store/files/sealed-files.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import {
  type IntegrationHarness,
  integrationCases,
  runIntegrationCases,
} from '../../src/testing/integration-contract.ts';
import { LocalKeyRing } from '../../src/vault/key-ring.ts';
import { person } from '../sep12/support.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';

/** The built-in integration over a real store in a directory of its own. */
async function openBuiltIn(wrap = (integration: CustomerIntegration) => integration): Promise<IntegrationHarness> {
  const directory = await temporaryDirectory();
  const store = await openSqliteStore(join(directory.path, 'kyc.db'), systemClock);
  const integration = new BuiltInIntegration({
    store,
    files: new SealedFiles(new DiskFiles(join(directory.path, 'files'))),
    keyRing: new LocalKeyRing(new Map([['k1', Buffer.alloc(32, 7)]])),
    program: compileProgram(defaultProgram),
    log: silentLogger,
    indexKey: Buffer.alloc(32, 8),
    clock: systemClock,
  });
  return {
    integration: wrap(integration),
    type: 'sep31-sender',
    complete: { fields: person },
    refused: { email_address: 'nobody' },
    close: async () => {
      await store.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

test('[embed.contract] [seed.s5] [seed.s7] [seed.s10] the built-in integration keeps the contract of the port', async (t) => {
  for (const { name, run } of integrationCases) {
    await t.test(name, async () => {
      const harness = await openBuiltIn();
      await run(harness).finally(() => harness.close?.());
    });
  }
});

test('[embed.contract] the cases have names of their own and are registered once each, with a fresh harness', async () => {
  const runs = new Map<string, () => Promise<void>>();
  let made = 0;
  let closed = 0;
  runIntegrationCases(
    (name, run) => runs.set(name, run),
    async () => {
      made++;
      const broken = { get: fail, put: fail, delete: fail };
      return { integration: broken, close: async () => void closed++ };
    },
  );
  assert.deepEqual([...runs.keys()], [...new Set(integrationCases.map(({ name }) => name))]);
  assert.equal(made, 0, 'nothing is made before its case runs');
  const first = [...runs.values()][0];
  await assert.rejects(async () => first?.(), /on purpose/);
  assert.deepEqual([made, closed], [1, 1], 'a harness is closed when its case fails, too');
});

function fail(): Promise<never> {
  return Promise.reject(new Error('on purpose'));
}

/** An integration made wrong in one respect, and a case that must notice. */
const mistakes: readonly (readonly [mistake: string, notices: RegExp, wrap: (right: CustomerIntegration) => object])[] =
  [
    ['a new id for every put', /keeps its id/, () => ({ put: async () => randomUUID() })],
    ['an id that is a number', /registers/, () => ({ put: async () => 7 })],
    [
      'an id for a stranger',
      /stranger/,
      () => ({ get: async () => ({ id: 'x', status: customerStatuses[2], fields: {} }) }),
    ],
    ['a status of its own', /stranger/, () => ({ get: async () => ({ status: 'VERIFIED' }) })],
    [
      'the memo ignored',
      /memos of different types/,
      (right) => ({
        get: (request: GetCustomer, context: never) => right.get(withoutMemo(request), context),
        put: (request: never, context: never) => right.put(withoutMemo(request), context),
      }),
    ],
    [
      'an id that reaches everybody of the account',
      /another subject's id/,
      (right) => ({
        get: (request: GetCustomer, context: { subject: { memo?: object } }) => {
          const { memo: _, ...subject } = context.subject;
          const asked = request.id === undefined ? request : withoutMemo(request);
          return right.get(asked, { ...context, subject } as never);
        },
      }),
    ],
    [
      'a value that is passed over',
      /refused is InvalidRequest/,
      (right) => ({
        put: (request: { fields: Map<string, string> }, context: never) => {
          const fields = new Map([...request.fields].filter(([, value]) => value !== 'nobody'));
          return right.put({ ...request, fields } as never, context);
        },
      }),
    ],
    [
      'a delete that forgives',
      /deleted is a stranger/,
      (right) => ({
        delete: (request: never, context: never) => right.delete(request, context).catch(() => {}),
      }),
    ],
    ['a delete that does nothing', /deleted is a stranger/, () => ({ delete: async () => {} })],
    [
      'a refusal of another kind',
      /contradicts the memo/,
      (right) => ({
        get: (request: GetCustomer, context: never) =>
          right.get(request, context).catch((error: unknown) => {
            throw error instanceof InvalidRequest ? new Error('no') : error;
          }),
      }),
    ],
    ['a callback for anybody', /^callback/, () => ({ callback: async () => {} })],
    [
      'codes for anybody',
      /^putVerification/,
      (right) => ({
        putVerification: async () => ({ status: 'NEEDS_INFO', fields: {} }),
        get: right.get.bind(right),
      }),
    ],
    ['a path in place of a URL', /^moreInfoUrl/, () => ({ moreInfoUrl: async () => '/status' })],
  ];

function withoutMemo<R extends GetCustomer>({ memo: _memo, memoType: _type, ...rest }: R): R {
  return rest as R;
}

test('[embed.contract] every mistake is noticed by the case that is about it', async (t) => {
  for (const [mistake, notices, wrap] of mistakes) {
    await t.test(mistake, async () => {
      const { run } = integrationCases.find(({ name }) => notices.test(name)) ?? assert.fail('no such case');
      const harness = await openBuiltIn((right) => {
        const methods: (keyof CustomerIntegration)[] = ['get', 'put', 'delete', 'callback', 'putVerification'];
        const bound = methods.map((name) => [name, (right[name] as () => unknown).bind(right)]);
        return { ...Object.fromEntries(bound), ...wrap(right) };
      });
      const outcome = run(harness).finally(() => harness.close?.());
      await assert.rejects(outcome, (error) => error instanceof assert.AssertionError || error instanceof KycError);
    });
  }
});

test('[embed.contract] optional methods that are left out are no fault', async () => {
  for (const { run } of integrationCases.filter(({ name }) => name.includes('if there is one'))) {
    const harness = await openBuiltIn(({ get, put, delete: remove }) => ({ get, put, delete: remove }));
    await run(harness).finally(() => harness.close?.());
  }
});
