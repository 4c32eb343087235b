import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import { HorizonSigners, noAccounts } from '../../src/sep10/account-signers.ts';
import { client, localServer, refusal, wallet } from './fixture.ts';

const account = client.publicKey();
const notFound = { type: 'https://stellar.org/horizon-errors/not_found', title: 'Resource Missing', status: 404 };
const away = refusal('unavailable', /cannot be looked up right now/);

function accountBody(changes: object = {}): object {
  return {
    account_id: account,
    thresholds: { low_threshold: 1, med_threshold: 2, high_threshold: 3 },
    signers: [
      { key: wallet.publicKey(), weight: 1, type: 'ed25519_public_key' },
      { key: 'XDGEXGT6SJ3E6WX2BFYA6X4O4ZDLVLSAWVQBA7N4IXKPDVNWMWV5AKSM', weight: 1, type: 'sha256_hash' },
      { key: account, weight: 2, type: 'ed25519_public_key' },
    ],
    ...changes,
  };
}

/** Asks a Horizon stand-in that answers as `listener` does. */
async function findAt(listener: RequestListener, limitMs?: number): ReturnType<HorizonSigners['find']> {
  await using standIn = await localServer(listener);
  return await new HorizonSigners(`http://${standIn.host}/`, fetch, limitMs).find(account);
}

function answers(status: number, body: unknown): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

test('[sep10.token.signers] the Ed25519 signers and the medium threshold are read from Horizon', async () => {
  let path: string | undefined;
  const found = await findAt((request, response) => {
    path = request.url;
    answers(200, accountBody())(request, response);
  });
  assert.equal(path, `/accounts/${account}`);
  assert.deepEqual(found, {
    signers: [
      { key: wallet.publicKey(), weight: 1 },
      { key: account, weight: 2 },
    ],
    mediumThreshold: 2,
  });
});

test('[ruling.32] [sep10.token.no-account] an account that Horizon does not know does not exist', async () => {
  assert.equal(await findAt(answers(404, notFound)), undefined);
  assert.equal(await noAccounts.find(account), undefined);
});

test('[sep10.token.unavailable] an answer that is no Horizon’s is never "no such account"', async () => {
  const { thresholds, ...withoutThresholds } = accountBody() as { thresholds: object };
  assert.ok(thresholds);
  const wrong: readonly (readonly [number, unknown])[] = [
    [404, '<html>not found</html>'],
    [404, {}],
    [429, { type: 'https://stellar.org/horizon-errors/rate_limit_exceeded' }],
    [500, accountBody()],
    [503, ''],
    [200, ''],
    [200, 'null'],
    [200, '{"account_id":'],
    [200, withoutThresholds],
    [200, accountBody({ account_id: wallet.publicKey() })],
    [200, accountBody({ signers: undefined })],
    [200, accountBody({ signers: [null] })],
    [200, accountBody({ signers: [{ key: account }] })],
    [200, accountBody({ signers: [{ key: 'GABC', weight: 1 }] })],
    [200, accountBody({ signers: [{ key: account, weight: 256 }] })],
    [200, accountBody({ thresholds: { med_threshold: '2' } })],
    [200, `${' '.repeat(4_100_000)}${JSON.stringify(accountBody())}`],
  ];
  for (const [status, body] of wrong) await assert.rejects(findAt(answers(status, body)), away);
});

test('[sep10.token.unavailable] Horizon away answers 503 with a time to try again', async () => {
  const host = await (async () => {
    await using standIn = await localServer(answers(200, accountBody()));
    return standIn.host;
  })();
  await assert.rejects(new HorizonSigners(`http://${host}`, fetch).find(account), (error: unknown) => {
    return away(error) && error instanceof Error && 'retryAfterSeconds' in error && error.retryAfterSeconds === 5;
  });
});

test('[sep10.token.unavailable] a Horizon that is slow, at first or in the middle, is away', async () => {
  await assert.rejects(
    findAt(() => {}, 100),
    away,
  );
  await assert.rejects(
    findAt((_request, response) => {
      response.write('{');
    }, 100),
    away,
  );
});

test('[sep10.token.unavailable] a redirect of Horizon is not followed', async () => {
  await using elsewhere = await localServer(answers(200, accountBody()));
  const redirect: RequestListener = (request, response) => {
    response.writeHead(302, { location: `http://${elsewhere.host}${request.url}` });
    response.end();
  };
  await assert.rejects(findAt(redirect), away);
});
