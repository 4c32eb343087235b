// #region contract
import { test } from 'node:test';
import { runIntegrationCases } from 'anchor-kyc/testing';
import { OwnCustomers } from './own-customers.ts';

runIntegrationCases(test, () => ({
  integration: new OwnCustomers(),
  complete: {
    fields: { first_name: 'Ada', email_address: 'ada@example.com' },
    files: { photo_id_front: { contentType: 'image/jpeg', bytes: new Uint8Array([0xff, 0xd8, 0xff]) } },
  },
  refused: { email_address: 'nobody' },
}));
// #endregion
