import assert from 'node:assert/strict';
import { getDefaultAutoSelectFamily, setDefaultAutoSelectFamily } from 'node:net';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import {
  type GuardedFetch,
  GuardedFetchError,
  type GuardedFetchReason,
  guardedFetch,
  isAllowedAddress,
  type LookupAll,
} from '../../src/lib/guarded-fetch.ts';
import { localServer } from '../sep10/fixture.ts';

const limits = { timeoutMs: 2000, maxResponseBytes: 1000 };
const local = guardedFetch({ allowLoopback: true });

/** A resolver stand-in that gives these addresses for every name. */
function resolvesTo(...addresses: string[]): LookupAll {
  return (_host, _options, callback) => {
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}

function failure(reason: GuardedFetchReason): (error: unknown) => boolean {
  return (error) => {
    if (error instanceof GuardedFetchError && error.reason === reason) return true;
    throw error;
  };
}

const publicAddresses = ['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '::ffff:8.8.8.8'];

const loopbackAddresses = ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1', '::127.0.0.1'];

const innerAddresses = [
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::ffff:10.0.0.1',
  '::ffff:169.254.169.254',
  '::7f00:1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::a00:1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::a00:1',
  '100::1',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:a00:1::',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd12:3456:789a::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'not an address',
  '',
];

/** Spellings of inner addresses that a URL may hold. */
const innerUrls = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.0.0.1/',
  'https://017700000001/',
  'https://0177.0.0.1/',
  'https://127.0.0.1./',
  'https://0/',
  'https://%31%32%37.0.0.1/',
  'https://①②⑦.0.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[0:0:0:0:0:ffff:a00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
];

const badUrls = [
  '',
  'example.com',
  'http://example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'https://user@example.com/',
  'https://user:password@example.com/',
  'https://example.com:8443/',
  'https://example.com:80/',
  'https://[fe80::1%25eth0]/',
  'https://exa mple.com/',
  'https://1.2.3.4.5/',
];

suite('which addresses are allowed', () => {
  test('[ruling.25] public unicast addresses are', () => {
    for (const address of publicAddresses) assert.ok(isAllowedAddress(address, false), address);
  });

  test('[ruling.25] addresses inside a network are not, local mode or not', () => {
    for (const address of innerAddresses) {
      assert.ok(!isAllowedAddress(address, false), address);
      assert.ok(!isAllowedAddress(address, true), address);
    }
  });

  test('[ruling.25] loopback is in local mode only', () => {
    for (const address of loopbackAddresses) {
      assert.ok(!isAllowedAddress(address, false), address);
      assert.ok(isAllowedAddress(address, true), address);
    }
  });
});

suite('which URLs are requested', () => {
  const never: LookupAll = () => assert.fail('a refused URL was looked up');

  test('[ruling.25] only https on port 443 without credentials', async () => {
    for (const url of badUrls)
      await assert.rejects(guardedFetch({ lookup: never })(url, limits), failure('bad_url'), url);
  });

  test('[ruling.25] no literal address inside a network, in any spelling', async () => {
    for (const url of innerUrls) {
      await assert.rejects(guardedFetch({ lookup: never })(url, limits), failure('forbidden_address'), url);
    }
  });

  test('[ruling.25] no name that leads inside, judged at the moment of connecting', async () => {
    const mixed = [['10.0.0.1'], ['127.0.0.1'], ['::1'], ['8.8.8.8', '10.0.0.1'], ['fe80::1', '2606:4700:4700::1111']];
    for (const addresses of mixed) {
      const request = guardedFetch({ lookup: resolvesTo(...addresses) })('https://rebind.example/', limits);
      await assert.rejects(request, failure('forbidden_address'), addresses.join());
    }
  });

  test('[ruling.25] localhost by name is refused by its address', async () => {
    for (const host of ['localhost', 'localhost.', 'LOCALHOST']) {
      await assert.rejects(guardedFetch()(`https://${host}/`, limits), GuardedFetchError);
    }
  });

  test('[ruling.25] local mode does not open the rest of the network', async () => {
    for (const url of ['http://10.0.0.1/', 'http://169.254.169.254/', 'http://[fd00::1]:8080/']) {
      await assert.rejects(local(url, limits), failure('forbidden_address'), url);
    }
    const rebound = guardedFetch({ allowLoopback: true, lookup: resolvesTo('192.168.0.1') });
    await assert.rejects(rebound('http://rebind.example/', limits), failure('forbidden_address'));
    await assert.rejects(local('ftp://localhost/', limits), failure('bad_url'));
  });

  test('a name without address, or that cannot be looked up, is unreachable', async () => {
    await assert.rejects(
      guardedFetch({ lookup: resolvesTo() })('https://none.example/', limits),
      failure('unreachable'),
    );
    const broken: LookupAll = (_host, _options, callback) => callback(new Error('ENOTFOUND'), []);
    await assert.rejects(guardedFetch({ lookup: broken })('https://none.example/', limits), failure('unreachable'));
  });
});

suite('what is sent and taken', () => {
  test('a GET and a POST arrive as they are', async () => {
    const seen: string[] = [];
    await using target = await localServer(async (request, response) => {
      const body = await text(request);
      seen.push(`${request.method} ${request.url} ${request.headers['x-test']} ${request.headers.connection} ${body}`);
      response.writeHead(202).end('done');
    });
    const url = `http://${target.host}/path?q=1`;
    const answer = await local(url, { ...limits, headers: { 'x-test': 'yes' } });
    assert.equal(answer.status, 202);
    assert.equal(answer.body.toString(), 'done');
    await local(url, { ...limits, method: 'POST', headers: { 'x-test': 'no' }, body: Buffer.from('{"a":1}') });
    assert.deepEqual(seen, ['GET /path?q=1 yes close ', 'POST /path?q=1 no close {"a":1}']);
  });

  test('a name that resolves to loopback works in local mode', async () => {
    await using target = await localServer((_request, response) => response.end('here'));
    const fetchNamed = guardedFetch({ allowLoopback: true, lookup: resolvesTo('127.0.0.1') });
    const answer = await fetchNamed(`http://anchor.example:${target.host.split(':')[1]}/`, limits);
    assert.equal(answer.body.toString(), 'here');
  });

  test('a name works as well where Node wants one address instead of all', async () => {
    await using target = await localServer((_request, response) => response.end('here'));
    const before = getDefaultAutoSelectFamily();
    setDefaultAutoSelectFamily(false);
    try {
      const fetchNamed = guardedFetch({ allowLoopback: true, lookup: resolvesTo('127.0.0.1') });
      const answer = await fetchNamed(`http://anchor.example:${target.host.split(':')[1]}/`, limits);
      assert.equal(answer.body.toString(), 'here');
    } finally {
      setDefaultAutoSelectFamily(before);
    }
  });

  test('[ruling.25] a redirect is an answer and is not followed', async () => {
    let requests = 0;
    await using target = await localServer((_request, response) => {
      requests += 1;
      response.writeHead(302, { location: '/again' }).end();
    });
    assert.equal((await local(`http://${target.host}/`, limits)).status, 302);
    assert.equal(requests, 1);
  });

  test('an answer is as large as allowed, but no larger', async () => {
    await using target = await localServer((request, response) =>
      response.end(Buffer.alloc(Number(request.url?.slice(1)))),
    );
    assert.equal((await local(`http://${target.host}/1000`, limits)).body.length, 1000);
    await assert.rejects(local(`http://${target.host}/1001`, limits), failure('too_large'));
    await assert.rejects(local(`http://${target.host}/9000000`, limits), failure('too_large'));
    const cut = await local(`http://${target.host}/9000000`, { ...limits, onLargeResponse: 'cut' });
    assert.deepEqual([cut.status, cut.body.length], [200, 1000], 'where the status is all that is asked, it counts');
  });

  test('silence, a dripping answer and a slow lookup all end at the time limit', async () => {
    await using target = await localServer((request, response) => {
      if (request.url !== '/drip') return;
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    });
    const slowLookup: LookupAll = () => {};
    const cases: readonly (readonly [GuardedFetch, string])[] = [
      [local, `http://${target.host}/silent`],
      [local, `http://${target.host}/drip`],
      [guardedFetch({ lookup: slowLookup }), 'https://slow.example/'],
    ];
    for (const [fetchIt, url] of cases) {
      const start = performance.now();
      await assert.rejects(fetchIt(url, { ...limits, timeoutMs: 150 }), failure('timeout'), url);
      assert.ok(performance.now() - start < 1500);
    }
  });

  test('a server that is not there, hangs up or breaks off is unreachable', async () => {
    await using target = await localServer((request, response) => {
      if (request.url === '/half') response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => request.socket.destroy(), 20);
    });
    await assert.rejects(local(`http://${target.host}/`, limits), failure('unreachable'));
    await assert.rejects(local(`http://${target.host}/half`, limits), failure('unreachable'));
    await assert.rejects(local('http://127.0.0.1:1/', limits), failure('unreachable'));
  });

  test('the message of a failure never holds the URL', async () => {
    await assert.rejects(local('http://127.0.0.1:1/secret-path', limits), (error: unknown) => {
      return error instanceof GuardedFetchError && !error.message.includes('secret');
    });
  });
});
