import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { Account, Keypair, Memo, MuxedAccount, Operation, TransactionBuilder } from '@stellar/stellar-sdk';
import fc from 'fast-check';
import { KycError } from '../../src/errors.ts';
import { type AccountSigners, noAccounts } from '../../src/sep10/account-signers.ts';
import { buildChallenge } from '../../src/sep10/challenge.ts';
import { type VerifiedChallenge, verifyChallenge } from '../../src/sep10/verify-challenge.ts';
import {
  accountsOf,
  type Craft,
  client,
  craftChallenge,
  craftTransaction,
  domainOperation,
  firstOperation,
  homeDomain,
  network,
  nonce,
  now,
  refusal,
  server,
  signed,
  toBase64,
  untouchable,
  wallet,
  webAuth,
} from './fixture.ts';

const auth = webAuth();
const stranger = Keypair.random();
const second = Keypair.random();
const muxed = new MuxedAccount(new Account(client.publicKey(), '0'), '7').accountId();

function verify(text: string, accounts: AccountSigners = noAccounts): Promise<VerifiedChallenge> {
  return verifyChallenge(auth, accounts, text);
}

async function refused(craft: Craft, message: RegExp): Promise<void> {
  await assert.rejects(verify(craftChallenge(craft), untouchable), refusal('invalid_field', message));
}

suite('the content of a challenge', () => {
  test('[sep10.token.valid] a challenge as it should be is verified', async () => {
    const { sub, homeDomain: domain, clientDomain, hash, expiresAt } = await verify(craftChallenge());
    assert.deepEqual(
      { sub, domain, clientDomain },
      { sub: client.publicKey(), domain: homeDomain, clientDomain: undefined },
    );
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.ok(expiresAt.getTime() > Date.now());
  });

  test('[sep10.token.decode] what is not base64 of an envelope is refused', async () => {
    const good = craftChallenge();
    const bytes = Buffer.from(good, 'base64');
    const texts = ['?', 'AAAA', '====', good.slice(0, -8), 'A'.repeat(20_000), `${good.replace(/=+$/, '')}\n`];
    texts.push(Buffer.concat([bytes, Buffer.alloc(4)]).toString('base64'));
    for (const text of texts)
      await assert.rejects(verify(text, untouchable), refusal('invalid_field', /'transaction'/));
  });

  test('[sep10.token.decode] base64url and the spaces of an unescaped form are understood', async () => {
    const text = craftChallenge();
    await verify(text.replaceAll('+', '-').replaceAll('/', '_'));
    await verify(text.replaceAll('+', ' '));
  });

  test('[sep10.token.decode] a fee bump and a v0 envelope are refused', async () => {
    const bump = TransactionBuilder.buildFeeBumpTransaction(server, '200', craftTransaction(), network);
    bump.sign(server);
    await assert.rejects(verify(toBase64(bump), untouchable), refusal('invalid_field', /v1 transaction envelope/));
    const v0 = Buffer.from(craftChallenge(), 'base64');
    v0.writeUInt32BE(0);
    await assert.rejects(
      verify(v0.toString('base64'), untouchable),
      refusal('invalid_field', /v1 transaction envelope/),
    );
  });

  test('[sep10.token.source] another source account is refused', async () => {
    await refused({ source: stranger.publicKey() }, /server account as source/);
  });

  test('[sep10.token.sequence] another sequence number is refused', async () => {
    await refused({ sequence: '1' }, /sequence number 0/);
  });

  test('[sep10.token.time-bounds] missing, endless, early and late time bounds are refused', async () => {
    const builder = new TransactionBuilder(new Account(server.publicKey(), '-1'), {
      fee: '100',
      networkPassphrase: network,
    });
    const unbound = builder.setTimeout(0).addOperation(firstOperation()).addOperation(domainOperation()).build();
    unbound.sign(server, client);
    await assert.rejects(verify(toBase64(unbound), untouchable), refusal('invalid_field', /time bounds/));
    await refused({ minTime: 0, maxTime: 0 }, /time bounds that end/);
    await refused({ minTime: now() + 100 }, /valid already/);
    await refused({ minTime: now() - 1000, maxTime: now() - 1 }, /not expired/);
  });

  test('[ruling.32] [sep10.token.time-bounds] the first and the last second are inside, without grace', async () => {
    const text = craftChallenge({ minTime: 1_800_000_000, maxTime: 1_800_000_900 });
    const at = (seconds: number): Promise<VerifiedChallenge> =>
      verifyChallenge({ ...auth, clock: { now: () => new Date(seconds * 1000) } }, noAccounts, text);
    await at(1_800_000_000);
    await at(1_800_000_900);
    await assert.rejects(at(1_799_999_999), refusal('invalid_field', /valid already/));
    await assert.rejects(at(1_800_000_901), refusal('invalid_field', /not expired/));
  });

  test('[sep10.token.operations] no operation at all is refused', async () => {
    await refused({ operations: [] }, /at least one operation/);
  });

  test('[sep10.token.first-operation] a first operation of another kind is refused', async () => {
    const bump = Operation.bumpSequence({ bumpTo: '1', source: client.publicKey() });
    await refused({ operations: [bump, domainOperation()] }, /Manage Data operations only/);
  });

  test('[sep10.token.first-operation] a first operation without source account is refused', async () => {
    const sourceless = Operation.manageData({ name: `${homeDomain} auth`, value: nonce() });
    await refused({ operations: [sourceless, domainOperation()] }, /source account on the first/);
  });

  test('[sep10.token.nonce] a value that is not base64 of 48 bytes is refused', async () => {
    for (const value of [null, 'short', randomBytes(45).toString('base64'), '-'.repeat(64), `${'A'.repeat(63)}=`]) {
      await refused({ operations: [firstOperation({ value }), domainOperation()] }, /base64 of 48 bytes/);
    }
  });

  test('[sep10.token.home-domain] only our home domains are accepted', async () => {
    for (const name of ['other.example auth', 'example.com', ' auth', 'example.com auth ']) {
      await refused({ operations: [firstOperation({ name }), domainOperation()] }, /name our home domain/);
    }
    const operations = [firstOperation({ name: 'second.example auth' }), domainOperation()];
    assert.equal((await verify(craftChallenge({ operations }))).homeDomain, 'second.example');
  });

  test('[sep10.token.web-auth-domain] it must be there once, ours, and from the server account', async () => {
    const first = firstOperation();
    await refused({ operations: [first] }, /web_auth_domain/);
    await refused({ operations: [first, domainOperation('other.example')] }, /web_auth_domain/);
    await refused({ operations: [first, domainOperation(null)] }, /web_auth_domain/);
    await refused({ operations: [first, domainOperation(), domainOperation()] }, /web_auth_domain/);
    await refused({ operations: [first, domainOperation(undefined, client.publicKey())] }, /server account as source/);
  });

  test('[sep10.token.other-operations] further operations must be Manage Data of the server account', async () => {
    const good = [firstOperation(), domainOperation()];
    const foreign = Operation.manageData({ name: 'x', value: 'y', source: client.publicKey() });
    const sourceless = Operation.manageData({ name: 'x', value: 'y' });
    const bump = Operation.bumpSequence({ bumpTo: '1', source: server.publicKey() });
    await refused({ operations: [...good, foreign] }, /server account as source/);
    await refused({ operations: [...good, sourceless] }, /server account as source/);
    await refused({ operations: [...good, bump] }, /Manage Data operations only/);
    const reserved = Operation.manageData({ name: 'x', value: 'y', source: server.publicKey() });
    await verify(craftChallenge({ operations: [...good, reserved] }));
  });

  test('[sep10.token.memo] a memo is of type id, and only with a G account', async () => {
    for (const memo of [
      Memo.text('7'),
      Memo.hash(randomBytes(32).toString('hex')),
      Memo.return(randomBytes(32).toString('hex')),
    ]) {
      await refused({ memo }, /memo of type id/);
    }
    const operations = [firstOperation({ source: muxed }), domainOperation()];
    await refused({ operations, memo: Memo.id('7') }, /no memo with a muxed account/);
  });

  test('[sep10.token.sub] the subject is G, G with its memo, or M', async () => {
    const operations = [firstOperation({ source: muxed }), domainOperation()];
    assert.equal((await verify(craftChallenge({ memo: Memo.id('0') }))).sub, `${client.publicKey()}:0`);
    assert.equal((await verify(craftChallenge({ operations }))).sub, muxed);
  });

  test('[sep10.token.jti] a challenge keeps its hash however it is signed', async () => {
    const transaction = craftTransaction({ signers: [server] });
    const challenge = toBase64(transaction);
    const accounts = accountsOf(
      [
        [client, 1],
        [second, 1],
      ],
      1,
    );
    const one = await verify(signed(challenge, client), accounts);
    const other = await verify(signed(challenge, second), accounts);
    assert.equal(one.hash, other.hash);
    assert.equal(one.hash, Buffer.from(transaction.hash()).toString('hex'));
  });
});

suite('any challenge', () => {
  test('[sep10.token.mutations] a mutated challenge never verifies and never fails with anything but a refusal', async () => {
    const clientDomain = { domain: 'wallet.example', signingKey: wallet.publicKey() };
    const request = { address: client.publicKey(), memo: '7', homeDomain, clientDomain };
    const text = signed(buildChallenge(auth, request, randomBytes), wallet, client);
    const good = Buffer.from(text, 'base64');
    const accounts = accountsOf([[client, 1]], 1);
    await verify(text, accounts);
    const position = fc.nat({ max: good.length - 1 });
    const flip = fc.tuple(position, fc.integer({ min: 1, max: 255 })).map(([at, mask]) => {
      const bytes = Buffer.from(good);
      bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at);
      return bytes;
    });
    const cut = position.map((at) => good.subarray(0, at));
    const splice = fc
      .tuple(position, fc.uint8Array({ minLength: 1, maxLength: 80 }))
      .map(([at, extra]) => Buffer.concat([good.subarray(0, at), extra, good.subarray(at)]));
    const any = fc.oneof(
      flip,
      cut,
      splice,
      fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array)),
    );
    await fc.assert(
      fc.asyncProperty(any, async (bytes) => {
        fc.pre(!bytes.equals(good));
        await assert.rejects(verify(bytes.toString('base64'), accounts), KycError);
      }),
      { numRuns: 3000 },
    );
  });
});
