import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Keypair, Operation, Transaction } from '@stellar/stellar-sdk';
import { type AccountSigners, noAccounts } from '../../src/sep10/account-signers.ts';
import { type VerifiedChallenge, verifyChallenge } from '../../src/sep10/verify-challenge.ts';
import {
  accountsOf,
  type Craft,
  client,
  clientDomainOperation,
  craftChallenge,
  domainOperation,
  firstOperation,
  refusal,
  server,
  toBase64,
  untouchable,
  wallet,
  webAuth,
} from './fixture.ts';

const auth = webAuth();
const stranger = Keypair.random();
const second = Keypair.random();

function verify(text: string, accounts: AccountSigners = noAccounts): Promise<VerifiedChallenge> {
  return verifyChallenge(auth, accounts, text);
}

/** Refused before the network is asked. */
async function refused(craft: Craft, message: RegExp): Promise<void> {
  await assert.rejects(verify(craftChallenge(craft), untouchable), refusal('invalid_field', message));
}

suite('the signatures of a challenge', () => {
  test('[sep10.token.server-signature] missing, wrong, for another network or doubled, it is refused', async () => {
    await refused({ signers: [client] }, /one signature of the server account/);
    await refused({ signers: [stranger, client] }, /one signature of the server account/);
    await refused({ signers: [server, server, client] }, /one signature of the server account/);
    const other = new Transaction(craftChallenge({ signers: [] }), 'Public Global Stellar Network ; September 2015');
    other.sign(server, client);
    await assert.rejects(verify(toBase64(other), untouchable), refusal('invalid_field', /one signature of the server/));
  });

  test('[sep10.token.client-signature] an unsigned challenge is refused without asking the network', async () => {
    await refused({ signers: [server] }, /signature of the client account/);
  });

  test('[ruling.32] [sep10.token.no-account] an account that does not exist signs with exactly its master key', async () => {
    await verify(craftChallenge());
    const cases = [[stranger], [client, stranger], [client, client]];
    for (const signers of cases) {
      const text = craftChallenge({ signers: [server, ...signers] });
      await assert.rejects(verify(text), refusal('invalid_field', /master key/));
    }
  });

  test('[sep10.token.no-account] the server does not vouch for itself', async () => {
    const operations = [firstOperation({ source: server.publicKey() }), domainOperation()];
    await refused({ operations, signers: [server] }, /signature of the client account/);
  });

  test('[ruling.32] [sep10.token.threshold] weights must add up to the medium threshold', async () => {
    const accounts = accountsOf(
      [
        [client, 1],
        [second, 2],
      ],
      3,
    );
    await verify(craftChallenge({ signers: [server, client, second] }), accounts);
    for (const signers of [[client], [second]]) {
      const text = craftChallenge({ signers: [server, ...signers] });
      await assert.rejects(verify(text, accounts), refusal('invalid_field', /medium threshold/));
    }
  });

  test('[sep10.token.signers] every signature must be by a signer of its own', async () => {
    const accounts = accountsOf(
      [
        [client, 5],
        [second, 5],
      ],
      5,
    );
    await verify(craftChallenge({ signers: [server, second] }), accounts);
    for (const signers of [[stranger], [client, stranger], [client, client]]) {
      const text = craftChallenge({ signers: [server, ...signers] });
      await assert.rejects(verify(text, accounts), refusal('invalid_field', /no signatures but those of signers/));
    }
  });

  test('[sep10.token.signers] a master key that lost its weight does not sign in, whatever the threshold', async () => {
    const accounts = accountsOf(
      [
        [client, 0],
        [second, 1],
      ],
      0,
    );
    await assert.rejects(verify(craftChallenge(), accounts), refusal('invalid_field', /no signatures but those/));
    await verify(craftChallenge({ signers: [server, second] }), accounts);
  });

  test('[sep10.token.server-signer] a server that is a signer of the account does not count', async () => {
    const accounts = accountsOf(
      [
        [server, 10],
        [client, 1],
      ],
      5,
    );
    const text = craftChallenge({ signers: [server, client] });
    await assert.rejects(verify(text, accounts), refusal('invalid_field', /medium threshold/));
    await refused({ signers: [server] }, /signature of the client account/);
  });

  test('[sep10.token.signatures] a broken signature is refused', async () => {
    const bytes = Buffer.from(craftChallenge(), 'base64');
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    await assert.rejects(
      verify(bytes.toString('base64'), accountsOf([[client, 1]], 1)),
      refusal('invalid_field', /signers/),
    );
  });

  test('[sep10.token.work] twenty signatures against twenty signers end at the first stranger', async () => {
    const keys = Array.from({ length: 20 }, () => Keypair.random());
    const accounts = accountsOf(
      keys.map((key) => [key, 1] as const),
      19,
    );
    await verify(craftChallenge({ signers: [server, ...keys.slice(1)] }), accounts);
    const text = craftChallenge({ signers: [server, stranger, ...keys.slice(2)] });
    await assert.rejects(verify(text, accounts), refusal('invalid_field', /no signatures but those/));
  });
});

suite('the client domain of a challenge', () => {
  const operations = [firstOperation(), domainOperation(), clientDomainOperation()];

  test('[sep10.token.client-domain] signed by its key it becomes a claim', async () => {
    const text = craftChallenge({ operations, signers: [server, wallet, client] });
    assert.equal((await verify(text)).clientDomain, 'wallet.example');
    assert.equal((await verify(text, accountsOf([[client, 1]], 1))).clientDomain, 'wallet.example');
  });

  test('[sep10.token.client-domain] unsigned by its key it is refused without asking the network', async () => {
    await refused({ operations }, /signature of the client domain/);
    await refused({ operations, signers: [server, stranger, client] }, /signature of the client domain/);
  });

  test('[sep10.token.client-domain] its signature is not the client’s, even where its key is a signer', async () => {
    await refused({ operations, signers: [server, wallet] }, /signature of the client account/);
    const accounts = accountsOf(
      [
        [client, 1],
        [wallet, 1],
      ],
      2,
    );
    const text = craftChallenge({ operations, signers: [server, wallet, client] });
    await assert.rejects(verify(text, accounts), refusal('invalid_field', /medium threshold/));
  });

  test('[sep10.token.client-domain] twice, or without source or value, it is refused', async () => {
    const base = [firstOperation(), domainOperation()];
    const signers = [server, wallet, client];
    const sourceless = Operation.manageData({ name: 'client_domain', value: 'wallet.example' });
    const valueless = Operation.manageData({ name: 'client_domain', value: null, source: wallet.publicKey() });
    for (const wrong of [[clientDomainOperation(), clientDomainOperation()], [sourceless], [valueless]]) {
      await refused({ operations: [...base, ...wrong], signers }, /one client_domain operation/);
    }
  });
});
