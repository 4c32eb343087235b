import assert from 'node:assert/strict';
import { test } from 'node:test';
import { muxedAddress } from '../../src/stellar/address.ts';
import { openTestAnchor, randomAccount, randomContract, type TestAnchor } from '../support/test-anchor.ts';
import { openPort } from './port.ts';
import { barePart, multipart, openDatabase, person } from './support.ts';

const path = '/customer/callback';
const url = 'https://wallet.example/callback?user=1';
const badUrl = { error: "'url' must be a valid URL" };
const production = { localMode: false, hostUrl: 'https://kyc.example' };

interface CallbackRow {
  readonly customer_id: string;
  readonly sealed_url: Uint8Array;
  readonly set_at: number;
}

function rows(anchor: TestAnchor): CallbackRow[] {
  using database = openDatabase(anchor);
  return database.prepare('select * from callbacks').all() as unknown as CallbackRow[];
}

test('[seed.s11] [sep12.callback.200] a URL is kept for the customer, sealed, and replaces the earlier one', async () => {
  let now = new Date('2026-01-01T00:00:00Z');
  await using anchor = await openTestAnchor({ clock: { now: () => now } });
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', person)).body;
  const first = await anchor.json(sub, 'PUT', path, { url });
  assert.deepEqual([first.status, first.body], [200, {}]);
  const [before, ...none] = rows(anchor);
  assert.deepEqual([before?.customer_id, before?.set_at, none], [id, now.getTime(), []]);
  assert.equal(Buffer.from(before?.sealed_url ?? []).includes('wallet.example'), false, 'it is not kept in the clear');
  now = new Date('2026-01-02T00:00:00Z');
  assert.equal((await anchor.json(sub, 'PUT', path, { id, url: `${url}&again` })).status, 200);
  const [after, ...others] = rows(anchor);
  assert.deepEqual([after?.customer_id, after?.set_at, others], [id, now.getTime(), []]);
  assert.notDeepEqual(after?.sealed_url, before?.sealed_url);
});

test('[seed.s11] setting a callback changes nothing of the customer', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', person);
  const before = (await anchor.json(sub, 'GET', '/customer')).body;
  await anchor.json(sub, 'PUT', path, { url });
  assert.deepEqual((await anchor.json(sub, 'GET', '/customer')).body, before);
});

test('[sep12.callback.200] every content type is understood', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', person);
  const bodies = [
    multipart([barePart('url', url)]),
    { body: new URLSearchParams({ url, memo: '', id: '' }) },
    { body: JSON.stringify({ url, memo: null }), headers: { 'content-type': 'application/json' } },
  ];
  for (const body of bodies) assert.equal((await anchor.call(sub, 'PUT', path, body)).status, 200);
  assert.equal(rows(anchor).length, 1);
});

test('[seed.s11] [sep12.callback.404] nobody registered is 404, by id, by memo and as oneself, and all look alike', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const { id } = (await anchor.json(`${account}:7`, 'PUT', '/customer', person)).body;
  const asks: readonly (readonly [sub: string, body: object])[] = [
    [account, { url }],
    [account, { url, id: 'nobody' }],
    [account, { url, memo: '8' }],
    [account, { url, memo: '7', memo_type: 'text' }],
    [`${account}:8`, { url, id }],
    [muxedAddress(account, '8'), { url }],
    [randomAccount(), { url, id }],
    [randomContract(), { url, id }],
  ];
  for (const [sub, body] of asks) {
    const put = await anchor.json(sub, 'PUT', path, body);
    assert.deepEqual([put.status, put.body], [404, { error: 'customer not found' }], JSON.stringify([sub, body]));
  }
  assert.deepEqual(rows(anchor), []);
});

test('[seed.s11] [ruling.5] whose callback it is, is judged as on PUT', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const contract = randomContract();
  const { id } = (await anchor.json(`${account}:7`, 'PUT', '/customer', person)).body;
  await anchor.json(account, 'PUT', '/customer', person);
  await anchor.json(contract, 'PUT', '/customer', person);
  const asks: readonly (readonly [status: number, sub: string, body: object])[] = [
    [200, account, { url }],
    [200, account, { url, account }],
    [200, account, { url, id }],
    [200, account, { url, id, memo: '7' }],
    [200, account, { url, account: muxedAddress(account, '7') }],
    [200, `${account}:7`, { url, account, memo: '7', memo_type: 'nonsense' }],
    [200, muxedAddress(account, '7'), { url, id }],
    [200, contract, { url }],
    [400, account, { url, id, memo: '8' }],
    [400, account, { url, memo: '007' }],
    [400, account, { url, memo_type: 'id' }],
    [400, contract, { url, memo: '7' }],
    [403, account, { url, account: randomAccount() }],
    [403, `${account}:7`, { url, memo: '8' }],
    [403, muxedAddress(account, '7'), { url, account: muxedAddress(account, '8') }],
  ];
  for (const [status, sub, body] of asks)
    assert.equal((await anchor.json(sub, 'PUT', path, body)).status, status, JSON.stringify([sub, body]));
  // Choice: of one customer, the plain account's and that of its user are two.
  assert.equal(rows(anchor).length, 4);
});

test('[sep12.callback.401] without a good token nothing is kept', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', person)).body;
  const put = await anchor.json(undefined, 'PUT', path, { url, id, account: sub });
  assert.deepEqual([put.status, put.headers.get('www-authenticate')], [401, 'Bearer']);
  assert.deepEqual(rows(anchor), []);
});

test('[seed.s10] [seed.s11] with the customer the callback is gone, and who comes back has none', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', person);
  await anchor.json(sub, 'PUT', path, { url });
  assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`)).status, 200);
  assert.deepEqual(rows(anchor), []);
  assert.equal((await anchor.json(sub, 'PUT', path, { url })).status, 404);
  await anchor.json(sub, 'PUT', '/customer', person);
  assert.deepEqual(rows(anchor), []);
});

test('[seed.s11] callbacks set and customers deleted at the same time leave no callback without a customer', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  for (let round = 0; round < 10; round++) {
    await anchor.json(sub, 'PUT', '/customer', person);
    const replies = await Promise.all([
      ...Array.from({ length: 5 }, () => anchor.json(sub, 'PUT', path, { url })),
      anchor.json(sub, 'DELETE', `/customer/${sub}`),
      ...Array.from({ length: 5 }, () => anchor.json(sub, 'PUT', path, { url })),
    ]);
    for (const { status } of replies) assert.ok(status === 200 || status === 404, `status ${status}`);
    assert.deepEqual(rows(anchor), []);
  }
});

test('[ruling.25] without a URL, or with an empty one, it is 400 in the words of the field', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  for (const body of [{}, { url: '' }, { url: null }, { id: 'x' }]) {
    const put = await anchor.json(sub, 'PUT', path, body);
    assert.deepEqual([put.status, put.body], [400, { error: "callback 'url' required" }]);
  }
});

/** What a wallet may name, and the spelling in which it is kept. */
const goodUrls: readonly (readonly [sent: string, kept?: string])[] = [
  ['https://wallet.example/cb?user=1&x=%20'],
  ['https://wallet.example', 'https://wallet.example/'],
  ['https://wallet.example:443/cb', 'https://wallet.example/cb'],
  ['HTTPS://Wallet.Example/CB', 'https://wallet.example/CB'],
  ['https://wallet.example/cb#part', 'https://wallet.example/cb'],
  ['https://wallet.example./cb', 'https://wallet.example./cb'],
  ['https://wallet。example/cb', 'https://wallet.example/cb'],
  ['https://bücher.example/é', 'https://xn--bcher-kva.example/%C3%A9'],
  ['https://a_b.wallet.example/'],
  ['https://localhost.wallet.example/'],
  ['https://local.example/'],
  ['https://93.184.216.34/cb'],
  ['https://0x5DB8D822/cb', 'https://93.184.216.34/cb'],
  ['https://[2606:4700:4700::1111]/cb'],
  [`https://wallet.example/${'a'.repeat(2048 - 23)}`],
];

/** What leads inside, is no web address, or is not worth guessing at. */
const badUrls: readonly string[] = [
  ...['wallet.example', 'not a url', '//wallet.example/cb', '/cb', 'https:', 'https://', 'https:///', 'https://?x'],
  ...[
    'http://wallet.example/cb',
    'ftp://wallet.example',
    'javascript:alert(1)',
    'data:text/plain,x',
    'file:///etc/passwd',
  ],
  ...[
    'ws://wallet.example',
    'gopher://wallet.example:443/',
    'blob:https://wallet.example/x',
    'mailto:a@wallet.example',
  ],
  ...[
    'https://wallet.example:8443/',
    'https://wallet.example:80/',
    'https://wallet.example:0/',
    'https://wallet.example:99999/',
  ],
  ...['https://user@wallet.example/', 'https://user:pass@wallet.example/', 'https://:pass@wallet.example/'],
  ...['https://wallet.example@10.0.0.1/', 'https://wallet.example%40@127.0.0.1/'],
  ...['https://localhost/', 'https://LOCALHOST/', 'https://localhost./', 'https://a.localhost/', 'https://ⓛocalhost/'],
  ...['https://printer.local/', 'https://metadata.google.internal/', 'https://router.lan/', 'https://x.localdomain/'],
  ...['https://nas.home.arpa/', 'https://wallet/', 'https://wallet./', 'https://internal/', 'https://printer.local./'],
  ...['https://127.0.0.1/', 'https://127.1/', 'https://2130706433/', 'https://0x7f000001/', 'https://0177.0.0.1/'],
  ...['https://127.0.0.1./', 'https://0/', 'https://0.0.0.0/', 'https://127。0。0。1/', 'https://１２７.0.0.1/'],
  ...['https://①②⑦.0.0.1/', 'https://%31%32%37.0.0.1/', 'https://127.0.0.1%2f@wallet.example/'],
  ...['https://10.0.0.1/', 'https://172.16.0.1/', 'https://192.168.1.1/', 'https://169.254.169.254/latest/meta-data'],
  ...[
    'https://100.64.0.1/',
    'https://198.18.0.1/',
    'https://192.0.2.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
  ],
  ...[
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
  ],
  ...[
    'https://[fe80::1]/',
    'https://[fc00::1]/',
    'https://[fd00:ec2::254]/',
    'https://[ff02::1]/',
    'https://[2001:db8::1]/',
  ],
  ...['https://[64:ff9b::7f00:1]/', 'https://[2002:7f00:1::]/', 'https://[fe80::1%25eth0]/', 'https://[::1'],
  ...[
    'https://256.0.0.1/',
    'https://1.2.3.4.5/',
    'https://a..example/',
    'https://.wallet.example/',
    'https://wallet.example../',
  ],
  ...[
    ' https://wallet.example/',
    'https://wallet.example/ ',
    'https://wallet.example/a b',
    'https://wallet.example/\u00a0',
  ],
  ...[
    'https://wallet.example/\0',
    'https://wallet.example/\n',
    'https://wal\tlet.example/',
    'https://wallet.example/\u0085',
  ],
  ...['https://wallet.example/\r\nX: y', 'https:\\\\wallet.example\\', 'https://wallet.example\\@10.0.0.1/'],
  ...['https://wallet.example/\ud800', `https://wallet.example/${'a'.repeat(2048 - 22)}`],
  ...[`https://wallet.example/${'é'.repeat(1000)}`, `https://${'a'.repeat(64)}.example/`],
  `https://${'a.'.repeat(130)}example/`,
];

test('[ruling.25] [seed.s11] public https URLs are handed over in their canonical spelling', async () => {
  const kept: string[] = [];
  await using anchor = await openPort({ callback: async (request) => void kept.push(request.url) }, production);
  for (const [sent, wanted = sent] of goodUrls) {
    const put = await anchor.json(randomAccount(), 'PUT', path, { url: sent });
    assert.deepEqual([put.status, kept.pop()], [200, wanted], sent);
  }
});

test('[ruling.25] [seed.s11] every other URL is 400 with the same words, never repeats what was sent, and reaches nobody', async () => {
  const kept: string[] = [];
  await using anchor = await openPort({ callback: async (request) => void kept.push(request.url) }, production);
  for (const sent of badUrls) {
    const put = await anchor.json(randomAccount(), 'PUT', path, { url: sent });
    assert.deepEqual([put.status, put.body, kept], [400, badUrl, []], JSON.stringify(sent));
  }
});

test('[ruling.25] what is not text is no URL either', async () => {
  await using anchor = await openTestAnchor(production);
  for (const sent of [7, true, ['https://wallet.example'], { href: 'https://wallet.example' }])
    assert.equal((await anchor.json(randomAccount(), 'PUT', path, { url: sent })).status, 400, JSON.stringify(sent));
});

test('[ruling.25] in local mode http, any port and this machine are allowed as well, and nothing else', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', person);
  const good = ['http://localhost:3000/cb', 'http://a.localhost/', 'http://127.0.0.1:1/', 'https://[::1]:8443/'];
  for (const sent of [...good, 'http://wallet.example:8080/', ...goodUrls.map(([one]) => one)])
    assert.equal((await anchor.json(sub, 'PUT', path, { url: sent })).status, 200, sent);
  const bad = ['http://10.0.0.1/', 'http://169.254.169.254/', 'http://wallet/', 'http://a.local/', 'http://0.0.0.0/'];
  for (const sent of [...bad, 'http://u:p@localhost/', 'ftp://localhost/', 'http://localhost/ ']) {
    const put = await anchor.json(sub, 'PUT', path, { url: sent });
    assert.deepEqual([put.status, put.body], [400, badUrl], sent);
  }
});
