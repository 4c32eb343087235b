import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Keypair } from '@stellar/stellar-sdk';
import { requestToken, verifySignedRequest } from '../../src/sep10/authorization-header.ts';
import type { ClientDomainPolicy } from '../../src/sep10/client-domain.ts';
import { type ChallengeReply, getChallenge } from '../../src/sep10/get-challenge.ts';
import type { WebAuth } from '../../src/sep10/web-auth.ts';
import { muxedAddress } from '../../src/stellar/address.ts';
import { client, endpoint, localServer, loopbackFetch, now, refusal, wallet, webAuth } from './fixture.ts';

const account = client.publicKey();

/** A JWT signed as a wallet signs it, with what a Stellar key pair offers. */
function jwt(keypair: Keypair, claims: object, header: object = { alg: 'EdDSA' }): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${Buffer.from(keypair.sign(Buffer.from(input))).toString('base64url')}`;
}

function claimsFor(params: object, changes: object = {}): object {
  return { iat: now(), exp: now() + 900, web_auth_endpoint: endpoint, ...params, ...changes };
}

function ask(params: object, token: string, auth: WebAuth = webAuth()): Promise<ChallengeReply> {
  return getChallenge(auth, new Map(Object.entries(params)), `Bearer ${token}`);
}

/** The settings for a wallet whose stellar.toml is served at a local stand-in. */
function attributing(policy: Partial<ClientDomainPolicy> = {}): WebAuth {
  return webAuth({
    clientDomains: {
      policy: { required: false, denylist: [], ...policy },
      fetch: loopbackFetch,
      timeoutMs: 1000,
      allowLoopback: true,
    },
  });
}

suite('the header', () => {
  test('[sep10.header.example] the examples of the spec verify, at their time', async () => {
    const clock = { now: () => new Date(1711648500 * 1000) };
    const examples = [
      {
        token:
          'eyJhbGciOiJFZERTQSJ9.eyJpYXQiOjE3MTE2NDg0ODYsImV4cCI6MTcxMTY0OTM4NiwiYWNjb3VudCI6IkdDNlVDWFZUQU1ORzVKTE9NWkJTQ05ZWFZTTk5GSEwyM1NKUFlPT0ZKRTJBVllERFMyRkZUNDVDIiwiY2xpZW50X2RvbWFpbiI6ImV4YW1wbGUtd2FsbGV0LnN0ZWxsYXIub3JnIiwid2ViX2F1dGhfZW5kcG9pbnQiOiJodHRwczovL2V4YW1wbGUuY29tL3NlcDEwL2F1dGgifQ.UQt8FpUK-BlnFw35o8Ke4GDOoCrMe9ztEx4_TGQ06XhMgUbn_b7EMPMVLWJ8RRNgSk2dNhyGUgIbhKzKtWtBBw',
        signingKey: 'GCADAIACE6CRWGOB3HJRXIOHMQEUKPNLAUIYFIE26F3OK72RSHGAMARK',
        params: new Map([
          ['account', 'GC6UCXVTAMNG5JLOMZBSCNYXVSNNFHL23SJPYOOFJE2AVYDDS2FFT45C'],
          ['client_domain', 'example-wallet.stellar.org'],
        ]),
      },
      {
        token:
          'eyJhbGciOiJFZERTQSJ9.eyJpYXQiOjE3MTE2NDg0MjIsImV4cCI6MTcxMTY0OTMyMiwiYWNjb3VudCI6IkdDWFhINkFZSlVWVERHSUhUNDJPWk5NRjNMSENWNERPS0NYNkhIREtXRUNVWllYRFpTV1pONkhTIiwibWVtbyI6IjEyMzQ1NjciLCJ3ZWJfYXV0aF9lbmRwb2ludCI6Imh0dHBzOi8vZXhhbXBsZS5jb20vc2VwMTAvYXV0aCJ9.23TJFUWtadeNWW0N1mjk4gWUZJRTOnrxfs3gahNRuhrKHRbHonrksri6lzJdIvO71a_Ad851necSO6TTXB_IBw',
        signingKey: 'GCXXH6AYJUVTDGIHT42OZNMF3LHCV4DOKCX6HHDKWECUZYXDZSWZN6HS',
        params: new Map([
          ['account', 'GCXXH6AYJUVTDGIHT42OZNMF3LHCV4DOKCX6HHDKWECUZYXDZSWZN6HS'],
          ['memo', '1234567'],
        ]),
      },
    ];
    for (const example of examples) {
      await verifySignedRequest(clock, { ...example, endpoint: 'https://example.com/sep10/auth' });
    }
  });

  test('[sep10.header.missing] required and missing it is 401 in the words of the spec', async () => {
    const required = webAuth({ authorizationHeader: 'required' });
    const missing = refusal('unauthenticated', /^Missing authorization header$/);
    await assert.rejects(getChallenge(required, new Map([['account', account]]), undefined), missing);
  });

  test('[sep10.header.modes] optional lets the unsigned pass, off looks at nothing', () => {
    assert.equal(requestToken('optional', undefined), undefined);
    assert.equal(requestToken('off', 'Bearer nonsense'), undefined);
    assert.throws(() => requestToken('optional', 'Basic abc'), refusal('invalid_request', /authorization header/));
  });

  test('[sep10.header.account] without a client domain the account signs, also for its M address and memo', async () => {
    const muxed = muxedAddress(account, '7');
    for (const params of [
      { account },
      { account, memo: '7' },
      { account: muxed },
      { account, home_domain: 'example.com' },
    ]) {
      await ask(params, jwt(client, claimsFor(params)));
    }
  });

  test('[sep10.header.signature] another key, algorithm or no JWT is refused', async () => {
    const claims = claimsFor({ account });
    const good = jwt(client, claims);
    const tokens = [
      jwt(wallet, claims),
      jwt(client, claims, { alg: 'none' }),
      jwt(client, claims, { alg: 'HS256' }),
      good.slice(0, good.lastIndexOf('.') + 1),
      'nonsense',
    ];
    for (const token of tokens) await assert.rejects(ask({ account }, token), refusal('invalid_request', /header/));
  });

  test('[sep10.header.claims] every parameter must be claimed, and no other', async () => {
    const claims = claimsFor({ account });
    const mismatch = refusal('invalid_request', /claims equal to the parameters/);
    await assert.rejects(ask({ account, memo: '7' }, jwt(client, claims)), mismatch);
    await assert.rejects(ask({ account }, jwt(client, { ...claims, memo: '7' })), mismatch);
    await assert.rejects(ask({ account, memo: '7' }, jwt(client, { ...claims, memo: 7 })), mismatch);
    await assert.rejects(ask({ account }, jwt(client, { ...claims, account: wallet.publicKey() })), mismatch);
    await assert.rejects(ask({ account, lang: 'en' }, jwt(client, claims)), mismatch);
    await ask({ account, lang: 'en' }, jwt(client, { ...claims, lang: 'en' }));
  });

  test('[sep10.header.endpoint] it must be for this endpoint', async () => {
    for (const web_auth_endpoint of ['https://other.example/auth', undefined]) {
      const token = jwt(client, claimsFor({ account }, { web_auth_endpoint }));
      await assert.rejects(ask({ account }, token), refusal('invalid_request', /header/));
    }
  });

  test('[sep10.header.time] expired, from the future, too long-lived or without times it is refused', async () => {
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ exp: now() - 1 }, /expired/],
      [{ iat: now() + 600, exp: now() + 900 }, /future/],
      [{ exp: now() + 3700 }, /longer than an hour/],
      [{ iat: undefined }, /expected a JWT/],
      [{ exp: undefined }, /expected a JWT/],
    ];
    for (const [changes, message] of cases) {
      await assert.rejects(
        ask({ account }, jwt(client, claimsFor({ account }, changes))),
        refusal('invalid_request', message),
      );
    }
    await ask({ account }, jwt(client, claimsFor({ account }, { iat: now() + 60 })));
  });
});

suite('the header with a client domain', () => {
  test('[sep10.header.client-domain] the key of the client domain signs, not the account', async () => {
    await using site = await localServer((_request, response) => response.end(`SIGNING_KEY="${wallet.publicKey()}"`));
    const params = { account, client_domain: site.host };
    await ask(params, jwt(wallet, claimsFor(params)), attributing());
    await assert.rejects(
      ask(params, jwt(client, claimsFor(params)), attributing()),
      refusal('invalid_request', /signed by the client domain/),
    );
  });

  test('[sep10.header.forbidden] a client domain that is not served is an error, not ignored', async () => {
    const params = { account, client_domain: 'wallet.example' };
    const token = jwt(wallet, claimsFor(params));
    const forbidden = refusal('forbidden', /not allowed to authenticate/);
    await assert.rejects(ask(params, token, attributing({ allowlist: ['other.example'] })), forbidden);
    await assert.rejects(ask(params, token, attributing({ denylist: ['wallet.example'] })), forbidden);
  });
});
