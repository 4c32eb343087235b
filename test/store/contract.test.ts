import { test } from 'node:test';
import { engines } from '../support/engines.ts';
import { auditCases } from './audit-cases.ts';
import { callbackCases } from './callback-cases.ts';
import { codeCases } from './code-cases.ts';
import { erasureCases } from './erasure-cases.ts';
import { fileCases } from './file-cases.ts';
import { jobCases } from './job-cases.ts';
import { keyCases } from './key-cases.ts';
import { observerCases } from './observer-cases.ts';
import { operatorCases } from './operator-cases.ts';
import { paymentCases } from './payment-cases.ts';
import { searchCases } from './search-cases.ts';
import { standingCases } from './standing-cases.ts';
import { storeCases } from './store-cases.ts';

/** What every store keeps, by what it is about. */
const contract = {
  'customers, sign-ins and keys': storeCases,
  files: fileCases,
  'standings and runs': standingCases,
  callbacks: callbackCases,
  'the audit trail': auditCases,
  codes: codeCases,
  'wrapped keys': keyCases,
  erasures: erasureCases,
  payments: paymentCases,
  search: searchCases,
  'operators of the console': operatorCases,
  'observers of payments': observerCases,
  'jobs that one process does': jobCases,
} as const;

for (const { name, open } of engines) {
  for (const [about, cases] of Object.entries(contract)) {
    test(`[store.contract] ${name} keeps the contract of the port about ${about}`, async (t) => {
      await using ground = await open();
      const store = await ground.openStore();
      for (const { name: title, run } of cases) await t.test(title, () => run(store));
    });
  }
}
