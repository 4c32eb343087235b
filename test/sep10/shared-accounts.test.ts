import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Keypair } from '@stellar/stellar-sdk';
import { type AccountUses, strictAccounts } from '../../src/sep10/shared-accounts.ts';
import { muxedAddress } from '../../src/stellar/address.ts';
import { parseSub, type Subject } from '../../src/stellar/subject.ts';
import { type JsonReply, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { refusal, signed } from './fixture.ts';

const isShared = /^this account is shared: sign in with a memo or a muxed account$/;
const isNotShared = /^this account is not shared: sign in without a memo$/;

/** Remembers uses for as long as the test runs. */
function memoryUses(): AccountUses {
  const uses = new Map<string, 'shared' | 'own'>();
  return {
    fixAccountUse: async (account, use) => {
      const fixed = uses.get(account) ?? use;
      uses.set(account, fixed);
      return fixed;
    },
  };
}

function subjectOf(sub: string): Subject {
  const subject = parseSub(sub);
  assert.ok(subject);
  return subject;
}

suite('the strict policy', () => {
  test('[ruling.7] an account that signed in for one of its users never signs in for itself', async () => {
    const admit = strictAccounts(memoryUses());
    const account = randomAccount();
    for (const sub of [`${account}:7`, `${account}:8`, muxedAddress(account, '9'), `${account}:0`]) {
      await admit(subjectOf(sub));
    }
    await assert.rejects(admit(subjectOf(account)), refusal('invalid_request', isShared));
    await admit(subjectOf(`${account}:7`));
  });

  test('[ruling.7] an account that signed in for itself never signs in for a user', async () => {
    const admit = strictAccounts(memoryUses());
    const account = randomAccount();
    await admit(subjectOf(account));
    for (const sub of [`${account}:7`, `${account}:0`, muxedAddress(account, '7')]) {
      await assert.rejects(admit(subjectOf(sub)), refusal('invalid_request', isNotShared));
    }
    await admit(subjectOf(account));
  });

  test('[ruling.7] one account’s use says nothing of another’s', async () => {
    const admit = strictAccounts(memoryUses());
    await admit(subjectOf(randomAccount()));
    await admit(subjectOf(`${randomAccount()}:7`));
  });
});

/** Signs in over HTTP as a wallet does: fetches the challenge, signs it, sends it back. */
async function signIn(
  anchor: TestAnchor,
  wallet: Keypair,
  as: { account?: string; memo?: string },
): Promise<JsonReply> {
  const query = new URLSearchParams({ account: wallet.publicKey(), ...as });
  const challenge = await anchor.json(undefined, 'GET', `/auth?${query}`);
  assert.equal(challenge.status, 200);
  return anchor.json(undefined, 'POST', '/auth', { transaction: signed(challenge.body.transaction, wallet) });
}

function assertRefused({ status, body }: JsonReply, message: RegExp): void {
  assert.equal(status, 400);
  assert.match(body.error, message);
  assert.equal(body.token, undefined);
}

function assertSignedIn({ status, body }: JsonReply): void {
  assert.equal(status, 200);
  assert.equal(typeof body.token, 'string');
}

suite('signing in', () => {
  test('[sep12.auth.shared-or-not] [ruling.7] strict: with a memo first, without one is 400 from then on', async () => {
    await using anchor = await openTestAnchor({ sharedAccounts: 'strict' });
    const wallet = Keypair.random();
    assertSignedIn(await signIn(anchor, wallet, { memo: '7' }));
    assertRefused(await signIn(anchor, wallet, {}), isShared);
    assertSignedIn(await signIn(anchor, wallet, { memo: '8' }));
    assertSignedIn(await signIn(anchor, wallet, { account: muxedAddress(wallet.publicKey(), '9') }));
    assertRefused(await signIn(anchor, wallet, {}), isShared);
  });

  test('[ruling.7] strict: without a memo first, with one is 400 from then on', async () => {
    await using anchor = await openTestAnchor({ sharedAccounts: 'strict' });
    const wallet = Keypair.random();
    assertSignedIn(await signIn(anchor, wallet, {}));
    assertRefused(await signIn(anchor, wallet, { memo: '7' }), isNotShared);
    assertRefused(await signIn(anchor, wallet, { account: muxedAddress(wallet.publicKey(), '7') }), isNotShared);
    assertSignedIn(await signIn(anchor, wallet, {}));
    assertSignedIn(await signIn(anchor, Keypair.random(), { memo: '7' }));
  });

  test('[ruling.7] strict: a challenge that nobody signed fixes nothing', async () => {
    await using anchor = await openTestAnchor({ sharedAccounts: 'strict' });
    const wallet = Keypair.random();
    const { body } = await anchor.json(undefined, 'GET', `/auth?account=${wallet.publicKey()}`);
    const forged = { transaction: signed(body.transaction, Keypair.random()) };
    assert.equal((await anchor.json(undefined, 'POST', '/auth', forged)).status, 400);
    assertSignedIn(await signIn(anchor, wallet, { memo: '7' }));
  });

  test('[ruling.7] strict: of both ways at once one is let in', async () => {
    await using anchor = await openTestAnchor({ sharedAccounts: 'strict' });
    const wallet = Keypair.random();
    const replies = await Promise.all([signIn(anchor, wallet, {}), signIn(anchor, wallet, { memo: '7' })]);
    assert.deepEqual(replies.map(({ status }) => status).toSorted(), [200, 400]);
  });

  test('[ruling.7] mixed lets both in, and is the default', async () => {
    for (const options of [{ sharedAccounts: 'mixed' as const }, {}]) {
      await using anchor = await openTestAnchor(options);
      const wallet = Keypair.random();
      for (const as of [{ memo: '7' }, {}, { account: muxedAddress(wallet.publicKey(), '7') }, { memo: '8' }]) {
        assertSignedIn(await signIn(anchor, wallet, as));
      }
    }
  });
});
