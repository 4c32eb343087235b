import assert from 'node:assert/strict';
import dns from 'node:dns';
import type { RequestListener } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { suite, test } from 'node:test';
import {
  type ClientDomainPolicy,
  type ClientDomainSettings,
  fetchSigningKey,
  judgeClientDomain,
} from '../../src/sep10/client-domain.ts';
import { openTestAnchor } from '../support/test-anchor.ts';
import { localServer, loopbackFetch, noFetch, refusal, wallet } from './fixture.ts';

const key = wallet.publicKey();

function settings(
  policy: Partial<ClientDomainPolicy> = {},
  changes: Partial<ClientDomainSettings> = {},
): ClientDomainSettings {
  const full = { required: false, denylist: [], ...policy };
  return { policy: full, fetch: loopbackFetch, timeoutMs: 200, allowLoopback: true, ...changes };
}

async function keyAt(listener: RequestListener): Promise<string> {
  await using site = await localServer(listener);
  return await fetchSigningKey(settings(), site.host);
}

function serving(body: string, status = 200): RequestListener {
  return (_request, response) => response.writeHead(status).end(body);
}

suite('the policy for client domains', () => {
  const verify = { kind: 'verify', domain: 'wallet.example' };
  const forbidden = refusal('forbidden', /not allowed to authenticate/);

  test('[sep10.challenge.attribution] without lists every domain is verified, in one spelling', () => {
    assert.deepEqual(judgeClientDomain(settings(), 'Wallet.Example'), verify);
    assert.deepEqual(judgeClientDomain(settings(), 'wallet.example:443'), verify);
    assert.deepEqual(judgeClientDomain(settings(), undefined), { kind: 'none' });
  });

  test('[sep10.challenge.attribution] a required domain that is missing is named', () => {
    assert.throws(
      () => judgeClientDomain(settings({ required: true }), undefined),
      refusal('invalid_field', /'client_domain'/),
    );
  });

  test('[sep10.challenge.attribution] off the allowlist it is ignored, or refused where one is required', () => {
    const allowlist = ['other.example', 'WALLET.example'];
    assert.deepEqual(judgeClientDomain(settings({ allowlist }), 'wallet.example'), verify);
    assert.deepEqual(judgeClientDomain(settings({ allowlist }), 'third.example'), { kind: 'ignored' });
    assert.throws(() => judgeClientDomain(settings({ allowlist, required: true }), 'third.example'), forbidden);
    assert.deepEqual(judgeClientDomain(settings({ allowlist: [] }), 'wallet.example'), { kind: 'ignored' });
  });

  test('[sep10.challenge.attribution] on the denylist it is refused', () => {
    const denylist = ['wallet.example'];
    assert.throws(() => judgeClientDomain(settings({ denylist }), 'WALLET.example'), forbidden);
    assert.throws(() => judgeClientDomain(settings({ denylist, allowlist: denylist }), 'wallet.example'), forbidden);
    assert.throws(() => judgeClientDomain(settings({ denylist }), 'wallet.example:443'), forbidden);
    assert.throws(() => judgeClientDomain(settings({ denylist: ['wallet.example:443'] }), 'wallet.example'), forbidden);
  });

  test('[sep10.challenge.attribution] only a domain name is one', () => {
    const wrong = [
      'wallet',
      'https://wallet.example',
      'wallet.example/path',
      'wallet.example?x',
      'wallet.example#x',
      'user@wallet.example',
      'wallet.example:8443',
      'wallet.example.',
      '.example',
      'wallet..example',
      '-wallet.example',
      'wallet_.example',
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '10.0.0.1',
      '[::1]',
      'localhost',
      'wallet.example\n',
      `${'a'.repeat(60)}.example`,
    ];
    const strict = settings({}, { allowLoopback: false });
    for (const domain of wrong) {
      assert.throws(() => judgeClientDomain(strict, domain), refusal('invalid_field', /'client_domain'/), domain);
    }
    assert.equal(judgeClientDomain(strict, 'xn--bcher-kva.example').kind, 'verify');
    for (const domain of ['localhost:8000', '127.0.0.1:80', '[::1]:3000']) {
      assert.equal(judgeClientDomain(settings(), domain).kind, 'verify');
    }
  });
});

suite('the key of a client domain', () => {
  const unknown = refusal('invalid_field', /'client_domain' .* stellar\.toml/);

  test('[sep10.challenge.signing-key] it is the SIGNING_KEY of its stellar.toml', async () => {
    const seen: string[] = [];
    const found = await keyAt((request, response) => {
      seen.push(request.url ?? '');
      response.end(`VERSION = "2.7.0"\nSIGNING_KEY = "${key}"\n[DOCUMENTATION]\nORG_NAME = "Wallet"\n`);
    });
    assert.equal(found, key);
    assert.deepEqual(seen, ['/.well-known/stellar.toml']);
  });

  test('[sep10.challenge.signing-key] a file without one, or none at all, is the client’s fault', async () => {
    const answers: readonly RequestListener[] = [
      serving('VERSION = "2.7.0"'),
      serving('SIGNING_KEY = "GABC"'),
      serving('SIGNING_KEY = 7'),
      serving(`[DOCUMENTATION]\nSIGNING_KEY = "${key}"`),
      serving('not toml at all ['),
      serving(`SIGNING_KEY = "${key}"`, 404),
      serving(`SIGNING_KEY = "${key}"`, 500),
      serving(`SIGNING_KEY = "${key}"\n#${' '.repeat(100_000)}`),
      (_request, response) => response.writeHead(301, { location: 'https://elsewhere.example/' }).end(),
      () => {},
    ];
    for (const answer of answers) await assert.rejects(keyAt(answer), unknown);
    await assert.rejects(fetchSigningKey(settings({}, { fetch: noFetch }), 'wallet.example'), unknown);
  });

  test('[sep10.challenge.signing-key] it is fetched by https, but for this machine itself', async () => {
    const urls: string[] = [];
    const record: ClientDomainSettings = settings(
      {},
      {
        fetch: async (url) => {
          urls.push(url);
          return { status: 200, headers: {}, body: Buffer.from(`SIGNING_KEY = "${key}"`) };
        },
      },
    );
    await fetchSigningKey(record, 'wallet.example');
    await fetchSigningKey(record, 'localhost:8000');
    assert.deepEqual(urls, [
      'https://wallet.example/.well-known/stellar.toml',
      'http://localhost:8000/.well-known/stellar.toml',
    ]);
  });

  test('[sep10.challenge.signing-key] an error of our own is not passed off as the client’s', async () => {
    const broken = settings({}, { fetch: () => Promise.reject(new RangeError('a bug')) });
    await assert.rejects(fetchSigningKey(broken, 'wallet.example'), RangeError);
  });

  test('[sep10.challenge.signing-key] names are looked up without holding one of the threads that files are read on', async (t) => {
    const held = t.mock.method(dns, 'lookup');
    syncBuiltinESMExports();
    try {
      await using anchor = await openTestAnchor({ localMode: false, hostUrl: 'https://kyc.example' });
      const path = `/auth?account=${key}&client_domain=nobody.invalid`;
      assert.equal((await anchor.json(undefined, 'GET', path)).status, 400);
    } finally {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    }
    assert.equal(held.mock.callCount(), 0);
  });
});
