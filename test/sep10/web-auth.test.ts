import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { WebAuth as SdkWebAuth } from '@stellar/stellar-sdk';
import { KycError } from '../../src/errors.ts';
import { getChallenge } from '../../src/sep10/get-challenge.ts';
import { postToken } from '../../src/sep10/post-token.ts';
import { verifyToken } from '../../src/sep10/token.ts';
import type { WebAuth } from '../../src/sep10/web-auth.ts';
import { muxedAddress } from '../../src/stellar/address.ts';
import type { Subject } from '../../src/stellar/subject.ts';
import {
  client,
  homeDomain,
  localServer,
  loopbackFetch,
  network,
  refusal,
  server,
  signed,
  wallet,
  webAuth,
  webAuthDomain,
} from './fixture.ts';

const account = client.publicKey();
const muxed = muxedAddress(account, '7');

async function challengeFor(auth: WebAuth, params: object): Promise<string> {
  return (await getChallenge(auth, new Map(Object.entries(params)), undefined)).transaction;
}

function exchange(auth: WebAuth, transaction: string): Promise<{ readonly token: string }> {
  return postToken(auth, new Map([['transaction', transaction]]));
}

suite('GET', () => {
  const auth = webAuth();
  const wrong = (params: object, field: RegExp): Promise<void> =>
    assert.rejects(challengeFor(auth, params), refusal('invalid_field', field));

  test('[sep10.challenge.success] the reply is the challenge and the network', async () => {
    const reply = await getChallenge(auth, new Map([['account', account]]), undefined);
    assert.deepEqual(Object.keys(reply), ['transaction', 'network_passphrase']);
    assert.equal(reply.network_passphrase, network);
    SdkWebAuth.readChallengeTx(reply.transaction, server.publicKey(), network, homeDomain, webAuthDomain);
  });

  test('[sep10.challenge.account] an account that is missing or none is named', async () => {
    await wrong({}, /^'account'/);
    for (const bad of ['GABC', account.toLowerCase(), ` ${account}`, client.secret(), `${account}:7`]) {
      await wrong({ account: bad }, /^'account'/);
    }
    await wrong({ account: 'CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE' }, /^'account'/);
  });

  test('[sep10.challenge.memo] a memo is an unsigned 64-bit number and needs a G account', async () => {
    for (const memo of ['x', '-1', '1.5', '007', '18446744073709551616', ' 7', '0x7']) {
      await wrong({ account, memo }, /^'memo'/);
    }
    await wrong({ account: muxed, memo: '7' }, /^'memo'/);
    await challengeFor(auth, { account, memo: '18446744073709551615' });
  });

  test('[sep10.challenge.home-domain] it is one of ours, the first unless told', async () => {
    const challenge = await challengeFor(auth, { account, home_domain: 'second.example' });
    SdkWebAuth.readChallengeTx(challenge, server.publicKey(), network, 'second.example', webAuthDomain);
    await wrong({ account, home_domain: 'other.example' }, /^'home_domain'/);
  });

  test('[sep10.challenge.attribution] a domain that is ignored is not fetched and leaves no operation', async () => {
    const { clientDomains } = auth;
    const choosy = webAuth({
      clientDomains: { ...clientDomains, policy: { required: false, allowlist: [], denylist: [] } },
    });
    const challenge = await challengeFor(choosy, { account, client_domain: 'wallet.example' });
    const { tx } = SdkWebAuth.readChallengeTx(challenge, server.publicKey(), network, homeDomain, webAuthDomain);
    assert.equal(tx.operations.length, 2);
  });

  test('[sep10.challenge.signing-key] a domain whose key cannot be fetched is 400', async () => {
    await wrong({ account, client_domain: 'wallet.example' }, /^'client_domain'/);
  });
});

suite('POST', () => {
  test('[sep10.token.flow] G, G with memo and M sign in as themselves', async () => {
    const auth = webAuth();
    for (const [params, sub] of [
      [{ account }, account],
      [{ account, memo: '7' }, `${account}:7`],
      [{ account: muxed }, muxed],
    ] as const) {
      const { token } = await exchange(auth, signed(await challengeFor(auth, params), client));
      const subject = await verifyToken(auth.tokens, token);
      assert.equal(subject.sub, sub);
      assert.equal(subject.homeDomain, homeDomain);
    }
  });

  test('[sep10.token.flow] a wallet that proves its domain is named in the token', async () => {
    await using site = await localServer((_request, response) => response.end(`SIGNING_KEY="${wallet.publicKey()}"`));
    const { clientDomains } = webAuth();
    const auth = webAuth({ clientDomains: { ...clientDomains, fetch: loopbackFetch } });
    const challenge = await challengeFor(auth, { account, client_domain: site.host });
    await assert.rejects(exchange(auth, signed(challenge, client)), refusal('invalid_field', /client domain/));
    const { token } = await exchange(auth, signed(challenge, wallet, client));
    assert.equal((await verifyToken(auth.tokens, token)).clientDomain, site.host);
  });

  test('[sep10.token.parameter] a missing transaction is named', async () => {
    await assert.rejects(postToken(webAuth(), new Map()), refusal('invalid_field', /^'transaction'/));
  });

  test('[sep10.token.once] a challenge gives one token, also when it is sent twice at once', async () => {
    const auth = webAuth();
    const transaction = signed(await challengeFor(auth, { account }), client);
    const results = await Promise.allSettled([exchange(auth, transaction), exchange(auth, transaction)]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    await assert.rejects(exchange(auth, transaction), refusal('invalid_field', /not used before/));
  });

  test('[sep10.token.once] a refused challenge is not used up', async () => {
    const auth = webAuth();
    const challenge = await challengeFor(auth, { account });
    await assert.rejects(exchange(auth, signed(challenge, wallet)), KycError);
    await exchange(auth, signed(challenge, client));
  });

  test('[sep10.token.unavailable] without Horizon there is no token, and the challenge stays good', async () => {
    const find = async (): Promise<never> => {
      throw new KycError('unavailable', 'away', { retryAfterSeconds: 5 });
    };
    const auth = webAuth();
    const transaction = signed(await challengeFor(auth, { account }), client);
    await assert.rejects(exchange({ ...auth, accounts: { find } }, transaction), refusal('unavailable', /away/));
    await exchange(auth, transaction);
  });

  test('[ruling.7] a policy may refuse a subject that has proved itself, before its token', async () => {
    const asked: Subject[] = [];
    const admit = async (subject: Subject): Promise<void> => {
      asked.push(subject);
      if (subject.memo === undefined) throw new KycError('invalid_request', 'this account is shared');
    };
    const auth = webAuth({ admit });
    const plain = signed(await challengeFor(auth, { account }), client);
    await assert.rejects(exchange(auth, plain), refusal('invalid_request', /shared/));
    await exchange(auth, signed(await challengeFor(auth, { account, memo: '7' }), client));
    assert.deepEqual(
      asked.map(({ sub }) => sub),
      [account, `${account}:7`],
    );
    await exchange(webAuth(), plain);
  });

  test('[sep10.token.errors] no message repeats what was sent', async () => {
    const transaction = signed(await challengeFor(webAuth(), { account }), wallet);
    await assert.rejects(exchange(webAuth(), transaction), (error: unknown) => {
      return error instanceof KycError && !error.message.includes(transaction) && !error.message.includes(account);
    });
  });
});
