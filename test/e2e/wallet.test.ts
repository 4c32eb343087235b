import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Account, Keypair, MuxedAccount } from '@stellar/stellar-sdk';
import walletSdk from '@stellar/typescript-wallet-sdk';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { photo, send } from './requests.ts';
import { type StartedProcess, startProcess } from './started-process.ts';

// The package is CommonJS: its default import is the whole of it.
const { SigningKeypair, Wallet, Exceptions } = walletSdk;
type SdkAnchor = ReturnType<InstanceType<typeof Wallet>['anchor']>;
type SdkToken = Awaited<ReturnType<Awaited<ReturnType<SdkAnchor['sep10']>>['authenticate']>>;
type SdkCustomer = Awaited<ReturnType<SdkAnchor['sep12']>>;

const person = { first_name: 'Ada', last_name: 'Lovelace', email_address: 'ada@example.com' };
const withdrawal = {
  ...person,
  bank_account_number: '000123456789',
  bank_number: '021000021',
  id_type: 'passport',
  id_number: 'L898902C3',
};
const megabyte = 1024 * 1024;

/** What a wallet does with an anchor: only `allowHttp` is not as in production, and the SDK has it for the test network alone. */
class WalletUser {
  readonly keypair: Keypair = Keypair.random();

  anchor({ port }: StartedProcess): SdkAnchor {
    return Wallet.TestNet().anchor({ homeDomain: `localhost:${port}`, allowHttp: true });
  }

  async signIn(server: StartedProcess, memoId?: string): Promise<SdkToken> {
    const auth = await this.anchor(server).sep10();
    const accountKp = SigningKeypair.fromSecret(this.keypair.secret());
    return auth.authenticate({ accountKp, ...(memoId !== undefined && { memoId }) });
  }

  /** The SDK has no call for muxed accounts, but takes any account that a key pair says is its own. */
  async signInMuxed(server: StartedProcess, id: string): Promise<SdkToken> {
    const accountKp = SigningKeypair.fromSecret(this.keypair.secret());
    accountKp.keypair.publicKey = () => this.muxed(id);
    return (await this.anchor(server).sep10()).authenticate({ accountKp });
  }

  muxed(id: string): string {
    return new MuxedAccount(new Account(this.keypair.publicKey(), '0'), id).accountId();
  }

  async customer(server: StartedProcess, memoId?: string): Promise<SdkCustomer> {
    return this.anchor(server).sep12(await this.signIn(server, memoId));
  }
}

/**
 * The SDK takes an answer without `id` for an error, though SEP-12 has none for a stranger: what the anchor really said is
 * asked for without it.
 */
async function assertStranger(server: StartedProcess, customer: SdkCustomer, token: string): Promise<void> {
  await assert.rejects(customer.getCustomer({ type: 'sep6-withdraw' }), Exceptions.CustomerNotFoundError);
  const { status, text } = await send('GET', `${server.url}/customer?type=sep6-withdraw`, { token });
  const body = JSON.parse(text) as Record<string, unknown>;
  assert.equal(status, 200);
  assert.equal(body['status'], 'NEEDS_INFO');
  assert.ok(!('id' in body) && !('provided_fields' in body));
  assert.deepEqual(Object.keys(body['fields'] as object).sort(), [
    ...['bank_account_number', 'bank_account_type', 'bank_number', 'birth_date', 'email_address', 'first_name'],
    ...['id_number', 'id_type', 'last_name', 'photo_id_back', 'photo_id_front'],
  ]);
}

suite('the real wallet SDK against the started program', () => {
  test('[e2e.wallet] a wallet discovers, signs in, submits a person and a 3 MB photo, outlives kill -9 and erases itself', async () => {
    await using directory = await temporaryDirectory();
    const user = new WalletUser();
    const before = await submitAndKill(directory.path, user);

    await using server = await startProcess({ dataDir: directory.path, port: before.port });
    const old = await user.anchor(server).sep12(before.token);
    assert.deepEqual(
      await old.getCustomer({ type: 'sep6-withdraw' }),
      before.withdraw,
      'the same answer after kill -9',
    );
    assert.deepEqual(await old.getCustomer({ type: 'sep31-sender' }), before.send);
    assert.deepEqual(await old.getCustomer({ id: before.id }), before.send, 'sep31-sender is the default type');

    const token = await user.signIn(server);
    const customer = await user.anchor(server).sep12(token);
    const updated = await customer.update({ id: before.id, sep9Info: { birth_date: '1815-12-10' } });
    assert.equal(updated.id, before.id);
    const withBirthDate = await customer.getCustomer({ type: 'sep31-sender' });
    assert.ok(withBirthDate.provided_fields?.['birth_date']);
    assert.equal(withBirthDate.status, 'ACCEPTED');

    await customer.delete();
    await assertStranger(server, customer, token.token);
    await assert.rejects(
      customer.delete(),
      (error: { response?: { status?: number } }) => error.response?.status === 404,
    );
    const gone = await send('GET', `${server.url}/customer?id=${before.id}`, { token: token.token });
    assert.equal(gone.status, 404);
    const again = await customer.add({ sep9Info: person, type: 'sep31-sender' });
    assert.notEqual(again.id, before.id);
  });

  test('[e2e.wallet] two memos of one account, and the account itself, are three customers', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const user = new WalletUser();
    const [own, first, second] = await Promise.all([
      user.customer(server),
      user.customer(server, '1'),
      user.customer(server, '18446744073709551615'),
    ]);
    const { id } = await first.add({ sep9Info: person, type: 'sep31-sender' });
    assert.equal((await first.getCustomer({ type: 'sep31-sender' })).status, 'ACCEPTED');
    for (const stranger of [own, second]) {
      await assert.rejects(stranger.getCustomer({ type: 'sep31-sender' }), Exceptions.CustomerNotFoundError);
    }
    const other = await second.add({ sep9Info: { first_name: 'Mary' }, type: 'sep31-sender' });
    assert.notEqual(other.id, id);
    const seen = await second.getCustomer({ type: 'sep31-sender' });
    assert.equal(seen.status, 'NEEDS_INFO');
    assert.deepEqual(Object.keys(seen.provided_fields ?? {}), ['first_name']);
    await assert.rejects(
      second.getCustomer({ id }),
      (error: { response?: { status?: number } }) => error.response?.status === 404,
      "a memo's token does not reach another memo's customer by its id",
    );
    // The account that holds both memos may name one of them: a wallet that registers its users.
    assert.equal((await own.getCustomer({ id, type: 'sep31-sender' })).id, id);
    assert.equal((await own.getCustomer({ memo: '1', type: 'sep31-sender' })).id, id);

    await first.delete(undefined, '1');
    await assert.rejects(first.getCustomer({ type: 'sep31-sender' }), Exceptions.CustomerNotFoundError);
    assert.equal((await second.getCustomer({ type: 'sep31-sender' })).id, other.id, 'the other memo stays');
  });

  test('[e2e.wallet] a muxed account signs in and is the customer of its account and memo', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const user = new WalletUser();
    const token = await user.signInMuxed(server, '7');
    assert.equal(token.account, user.muxed('7'));
    const muxed = await user.anchor(server).sep12(token);
    const { id } = await muxed.add({ sep9Info: person, type: 'sep31-sender' });
    const byMemo = await user.customer(server, '7');
    assert.equal((await byMemo.getCustomer({ type: 'sep31-sender' })).id, id);
    await muxed.delete();
    await assert.rejects(byMemo.getCustomer({ type: 'sep31-sender' }), Exceptions.CustomerNotFoundError);
  });

  test('[e2e.wallet] the SDK is told of a wrong value by field, and nothing of that request is kept', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const user = new WalletUser();
    const token = await user.signIn(server);
    const customer = await user.anchor(server).sep12(token);
    await assert.rejects(
      customer.add({ sep9Info: { ...person, birth_date: '10/12/1815' }, type: 'sep31-sender' }),
      (error: { response?: { status?: number; data?: unknown } }) => {
        assert.equal(error.response?.status, 400);
        assert.deepEqual(error.response?.data, { error: "'birth_date' is invalid: expected YYYY-MM-DD" });
        return true;
      },
    );
    await assertStranger(server, customer, token.token);
  });
});

/** Everything up to the power cut; what was seen before it. */
async function submitAndKill(dataDir: string, user: WalletUser) {
  await using server = await startProcess({ dataDir });
  const info = await user.anchor(server).getInfo();
  assert.equal(info.kycServer, server.url);
  assert.equal(info.webAuthEndpoint, `${server.url}/auth`);
  assert.equal(info.networkPassphrase, 'Test SDF Network ; September 2015');

  const token = await user.signIn(server);
  assert.equal(token.account, user.keypair.publicKey());
  const customer = await user.anchor(server).sep12(token);
  await assertStranger(server, customer, token.token);

  const { id } = await customer.add({ sep9Info: withdrawal, type: 'sep6-withdraw' });
  const partly = await customer.getCustomer({ type: 'sep6-withdraw' });
  assert.equal(partly.status, 'NEEDS_INFO');
  const missing = Object.entries(partly.fields ?? {}).filter(([, field]) => field.optional !== true);
  assert.deepEqual(
    missing.map(([name, { type }]) => [name, type]),
    [['photo_id_front', 'binary']],
  );

  const sep9BinaryInfo = { photo_id_front: photo(3 * megabyte) };
  assert.equal((await customer.add({ sep9Info: withdrawal, sep9BinaryInfo, type: 'sep6-withdraw' })).id, id);
  const withdraw = await customer.getCustomer({ type: 'sep6-withdraw' });
  assert.equal(withdraw.id, id);
  assert.equal(withdraw.status, 'PROCESSING', 'sep6-withdraw is reviewed');
  const send = await customer.getCustomer({ type: 'sep31-sender' });
  assert.equal(send.id, id);
  assert.equal(send.status, 'ACCEPTED', 'sep31-sender is automatic');
  await server.kill9();
  return { id, token, withdraw, send, port: server.port };
}
