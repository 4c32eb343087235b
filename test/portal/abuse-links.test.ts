import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomAccount } from '../support/test-anchor.ts';
import { cookieIn, pageGround } from './ground.ts';

const tokenOf = (link: string): string => new URL(link).searchParams.get('link') ?? '';

test('[portal.links] a link that is forged, cut or changed by a character opens nothing', async () => {
  await using ground = await pageGround();
  await using other = await pageGround();
  const token = tokenOf(await ground.link({ subject: { account: randomAccount() } }));
  const foreign = tokenOf(await other.link({ subject: { account: randomAccount() } }));
  const last = token.at(-1) === 'A' ? 'B' : 'A';
  const middle = `${token.slice(0, 60)}${token[60] === 'x' ? 'y' : 'x'}${token.slice(61)}`;
  for (const wrong of [
    '',
    'x',
    token.slice(0, -1),
    `${token.slice(0, -1)}${last}`,
    middle,
    `${token}A`,
    `${token}=`,
    foreign,
  ]) {
    const shown = await ground.call('', 'GET', `/kyc/open?link=${encodeURIComponent(wrong)}`);
    assert.equal(shown.status, 400);
    const opened = await ground.call('', 'POST', '/kyc/open', { 'page:link': wrong });
    assert.equal(opened.status, 400);
    assert.equal(cookieIn(opened), '');
  }
});

test('[portal.links] a link of which the time is over opens nothing', async () => {
  let now = Date.parse('2026-11-24T12:00:00Z');
  await using ground = await pageGround({ clock: { now: () => new Date(now) }, customerLinkTtl: 60 });
  const token = tokenOf(await ground.link({ subject: { account: randomAccount() } }));
  now += 59_000;
  assert.equal((await ground.call('', 'GET', `/kyc/open?link=${token}`)).status, 200);
  now += 1_000;
  assert.equal((await ground.call('', 'GET', `/kyc/open?link=${token}`)).status, 410);
  const opened = await ground.call('', 'POST', '/kyc/open', { 'page:link': token });
  assert.deepEqual([opened.status, cookieIn(opened)], [410, '']);
});

test('[portal.links] a link opens once, also for twenty at the same moment, and looking at it uses it up for nobody', async () => {
  await using ground = await pageGround();
  const token = tokenOf(await ground.link({ subject: { account: randomAccount() } }));
  for (let look = 0; look < 3; look++)
    assert.equal((await ground.call('', 'GET', `/kyc/open?link=${token}`)).status, 200);
  const openings = await Promise.all(
    Array.from({ length: 20 }, () => ground.call('', 'POST', '/kyc/open', { 'page:link': token })),
  );
  assert.equal(openings.filter(({ status }) => status === 303).length, 1);
  assert.equal(openings.filter((opening) => cookieIn(opening) !== '').length, 1);
  const statuses = new Set(openings.map(({ status }) => status));
  assert.deepEqual([...statuses].sort(), [303, 410, 429], 'the rest were told that it was used, or to be slower');
});

test('[portal.links] whoever opens their link a second time in the same browser, while the visit lasts, is led on; nobody else is', async () => {
  await using ground = await pageGround();
  const [account, other] = [randomAccount(), randomAccount()];
  const link = { 'page:link': tokenOf(await ground.link({ subject: { account }, type: 'basic' })) };
  const own = cookieIn(await ground.call('', 'POST', '/kyc/open', link));
  const again = await ground.call(own, 'POST', '/kyc/open', link);
  assert.deepEqual([again.status, again.headers.get('location'), cookieIn(again)], [303, '/kyc', '']);
  for (const about of [
    { subject: { account: other }, type: 'basic' },
    { subject: { account, memo: { type: 'id', value: '7' } }, type: 'basic' },
    { subject: { account }, type: 'simple' },
  ] as const) {
    const cookie = await ground.session(about);
    assert.equal((await ground.call(cookie, 'POST', '/kyc/open', link)).status, 410, JSON.stringify(about));
    assert.equal((await ground.call(cookie, 'GET', '/kyc')).status, 200, 'and their own visit goes on');
  }
});

test('[portal.links] a link that was left opens nothing any more', async () => {
  await using ground = await pageGround();
  const link = { 'page:link': tokenOf(await ground.link({ subject: { account: randomAccount() }, type: 'basic' })) };
  const cookie = cookieIn(await ground.call('', 'POST', '/kyc/open', link));
  await ground.call(cookie, 'POST', '/kyc/leave', { 'page:token': await ground.formToken(cookie) });
  assert.equal((await ground.call(cookie, 'POST', '/kyc/open', link)).status, 410);
});

test('[portal.links] what a link says cannot be read from it', async () => {
  await using ground = await pageGround();
  const account = randomAccount();
  const link = await ground.link({ subject: { account, memo: { type: 'id', value: '7777777' } }, type: 'basic' });
  const bytes = Buffer.from(tokenOf(link), 'base64url').toString('latin1');
  for (const secret of [account, '7777777', 'basic']) assert.ok(!link.includes(secret) && !bytes.includes(secret));
});

test('[portal.links] a session token opens no page, and the token of a link is no session', async () => {
  await using ground = await pageGround();
  const account = randomAccount();
  const cookie = await ground.session({ subject: { account } });
  const [name = '', value = ''] = cookie.split('=');
  assert.equal((await ground.call('', 'POST', '/kyc/open', { 'page:link': value })).status, 400);
  const token = tokenOf(await ground.link({ subject: { account } }));
  assert.equal((await ground.call(`${name}=${token}`, 'GET', '/kyc')).status, 401);
});

test('[portal.session] the cookie is host-bound, strict and out of reach of scripts; Secure over https', async () => {
  await using ground = await pageGround();
  const token = tokenOf(await ground.link({ subject: { account: randomAccount() } }));
  const [local = ''] = (await ground.call('', 'POST', '/kyc/open', { 'page:link': token })).headers.getSetCookie();
  assert.match(local, /^anchor-kyc=[\w-]+; Max-Age=3600; Path=\/kyc; HttpOnly; SameSite=Strict$/);
  await using behindTls = await pageGround({ hostUrl: 'https://kyc.example.com/a' });
  const other = tokenOf(await behindTls.link({ subject: { account: randomAccount() } }));
  const opened = await behindTls.call('', 'POST', '/a/kyc/open', { 'page:link': other });
  const [secure = ''] = opened.headers.getSetCookie();
  assert.match(secure, /^__Host-anchor-kyc=[\w-]+; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
  assert.equal(opened.headers.get('location'), '/a/kyc');
});

test('[portal.session] no session can be fixed: an opening makes a new one, and ends the one that was there', async () => {
  await using ground = await pageGround();
  const planted = await ground.session({ subject: { account: randomAccount() } });
  const token = tokenOf(await ground.link({ subject: { account: randomAccount() } }));
  const opened = await ground.call(planted, 'POST', '/kyc/open', { 'page:link': token });
  assert.notEqual(cookieIn(opened), planted);
  assert.equal((await ground.call(planted, 'GET', '/kyc')).status, 401);
  assert.equal((await ground.call(cookieIn(opened), 'GET', '/kyc')).status, 200);
});

test('[portal.session] a session ends at its time, and at the leaving, for copies of its cookie too', async () => {
  let now = Date.parse('2026-11-24T12:00:00Z');
  await using ground = await pageGround({ clock: { now: () => new Date(now) }, customerSessionTtl: 300 });
  const account = randomAccount();
  const left = await ground.session({ subject: { account } });
  const token = await ground.formToken(left);
  assert.equal((await ground.call(left, 'POST', '/kyc/leave', { 'page:token': token })).status, 200);
  assert.equal((await ground.call(left, 'GET', '/kyc')).status, 401);
  const kept = await ground.session({ subject: { account } });
  now += 299_000;
  assert.equal((await ground.call(kept, 'GET', '/kyc')).status, 200);
  now += 1_000;
  assert.equal((await ground.call(kept, 'GET', '/kyc')).status, 401);
});

test("[portal.foreign] without the session's own form token, or from another page, nothing is done", async () => {
  await using ground = await pageGround();
  const account = randomAccount();
  const cookie = await ground.session({ subject: { account }, type: 'simple' });
  const token = await ground.formToken(cookie);
  const foreign = await ground.formToken(await ground.session({ subject: { account: randomAccount() } }));
  const answers = { given_name: 'Ana' };
  const refused = [
    await ground.call(cookie, 'POST', '/kyc', answers),
    await ground.call(cookie, 'POST', '/kyc', { ...answers, 'page:token': '' }),
    await ground.call(cookie, 'POST', '/kyc', { ...answers, 'page:token': foreign }),
    await ground.call(cookie, 'POST', '/kyc', { ...answers, 'page:token': token }, { 'sec-fetch-site': 'cross-site' }),
    await ground.call(cookie, 'POST', '/kyc', { ...answers, 'page:token': token }, { 'sec-fetch-site': 'same-site' }),
    await ground.call(cookie, 'POST', '/kyc', { ...answers, 'page:token': token }, { 'sec-fetch-site': 'none' }),
    await ground.call(cookie, 'POST', '/kyc/leave', {}),
    await ground.call(cookie, 'POST', '/kyc/again', { 'page:field': 'email_address' }),
  ];
  assert.deepEqual(
    refused.map(({ status }) => status),
    refused.map(() => 403),
  );
  assert.equal((await ground.anchor.json(account, 'GET', '/customer?type=simple')).body.id, undefined);
  assert.equal((await ground.call(cookie, 'POST', '/kyc', { ...answers, 'page:token': token })).status, 303);
  const none = await ground.call('', 'POST', '/kyc', { ...answers, 'page:token': token });
  assert.equal(none.status, 401);
});

test('[portal.foreign] browsers that say only where a form comes from are believed in that', async () => {
  await using ground = await pageGround();
  const cookie = await ground.session({ subject: { account: randomAccount() }, type: 'simple' });
  const token = await ground.formToken(cookie);
  const send = (origin: string): Promise<Response> =>
    ground.anchor.anchor.fetch(
      new Request(`${ground.url}/kyc`, {
        method: 'POST',
        headers: { cookie, origin, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ 'page:token': token, given_name: 'Ana' }),
      }),
    );
  assert.equal((await send('https://evil.example')).status, 403);
  assert.equal((await send('null')).status, 303, 'as browsers send it with our own forms, under no-referrer');
  assert.equal((await send(ground.url)).status, 303);
});

test('[portal.erased] a link and a session of a customer who was erased lead to nobody', async () => {
  await using ground = await pageGround();
  const account = randomAccount();
  const { body } = await ground.anchor.json(account, 'PUT', '/customer', { type: 'simple', given_name: 'Ana' });
  const link = await ground.link({ customerId: body.id, type: 'simple' });
  const before = await ground.session({ customerId: body.id, type: 'simple' });
  const unregistered = await ground.session({ subject: { account: randomAccount() }, type: 'simple' });
  assert.equal((await ground.anchor.call(account, 'DELETE', `/customer/${account}`)).status, 200);
  assert.equal((await ground.call(before, 'GET', '/kyc')).status, 404);
  const opened = await ground.call('', 'POST', '/kyc/open', { 'page:link': tokenOf(link) });
  assert.equal((await ground.call(cookieIn(opened), 'GET', '/kyc')).status, 404);
  await assert.rejects(ground.link({ customerId: body.id }), { code: 'customer_not_found' });
  assert.equal((await ground.call(unregistered, 'GET', '/kyc')).status, 200, 'others are not concerned');
});

test('[portal.erased] whoever registered on the page and was erased is not registered again by a form that was still open', async () => {
  await using ground = await pageGround();
  const account = randomAccount();
  const first = await ground.session({ subject: { account }, type: 'simple' });
  const token = await ground.formToken(first);
  const sent = await ground.call(first, 'POST', '/kyc', { 'page:token': token, city: 'La Paz' });
  const session = cookieIn(sent);
  assert.notEqual(session, '', 'bound to the customer from now on');
  await ground.anchor.call(account, 'DELETE', `/customer/${account}`);
  const late = await ground.call(session, 'POST', '/kyc', { 'page:token': token, given_name: 'Ana' });
  assert.equal(late.status, 404);
  assert.equal((await ground.anchor.json(account, 'GET', '/customer?type=simple')).body.id, undefined);
});

test('[portal.headers] every answer keeps to itself: no store, no frame, no referrer, no other origin, no inline code', async () => {
  await using ground = await pageGround();
  const cookie = await ground.session({ subject: { account: randomAccount() }, type: 'basic' });
  for (const [path, status] of [
    ['/kyc', 200],
    ['/kyc/open?link=x', 400],
    ['/kyc/state', 200],
  ] as const) {
    const answer = await ground.call(cookie, 'GET', path);
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(answer.headers.get('x-frame-options'), 'DENY');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
    if (path === '/kyc/state') continue;
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none'; .*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|data:|\*/);
    assert.doesNotMatch(await answer.text(), /<script(?![^>]* src=)|<style| style=| on\w+=|javascript:/i);
  }
});
