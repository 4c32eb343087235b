import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { routes } from '../../src/console/routes.ts';
import type { PageRoute } from '../../src/console/visit.ts';
import { isAtLeast, type Role, roles } from '../../src/kyc/review/operator.ts';
import { commandLine } from '../../src/operators/staff.ts';
import { openConsoleGround, password, postForm, reviewerToken, sessionOf, someone } from './console-ground.ts';

const minuteMs = 60_000;
const viewerToken = 'token-of-a-viewer-'.padEnd(40, 'x');

suite('what is refused', { concurrency: false }, () => {
  test('[console.csrf] a form from elsewhere, or without the token of its session, does nothing', async () => {
    await using ground = await openConsoleGround();
    const { url, store } = ground;
    await ground.addOperator('rob', 'reviewer');
    await ground.addOperator('rita', 'reviewer');
    const id = await ground.register(await someone('Target'));
    await ground.settled(id, 'in-review');
    const { cookie, formToken } = await sessionOf(url, 'rob');
    const other = await sessionOf(url, 'rita');
    const path = `/console/customers/${id}/acts`;
    const version = String((await store.findCustomerById(id))?.version);
    const act = { act: 'accept', type: 'full', version, form_token: formToken };
    const refused: readonly [what: string, form: Record<string, string>, headers: Record<string, string>][] = [
      ['no origin', act, { origin: '' }],
      ['another origin', act, { origin: 'https://evil.example' }],
      ['an origin that is told nobody', act, { origin: 'null' }],
      ['another port', act, { origin: 'http://localhost:1' }],
      ['another site, as the browser says', act, { 'sec-fetch-site': 'cross-site' }],
      ['no token', { ...act, form_token: '' }, {}],
      ['a wrong token', { ...act, form_token: formToken.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) }, {}],
      ["another session's token", { ...act, form_token: other.formToken }, {}],
    ];
    for (const [what, form, headers] of refused)
      assert.equal((await postForm(url, path, form, { cookie, ...headers })).status, 403, what);
    const noForm = await postForm(url, path, act, { cookie, 'content-type': 'text/plain' });
    assert.equal(noForm.status, 400);
    const signingIn = await postForm(
      url,
      '/console/sign-in',
      { name: 'rob', password, code: '' },
      { origin: 'https://evil.example' },
    );
    assert.equal(signingIn.status, 403, 'nobody is signed in as somebody else from elsewhere');
    const { standings } = await api(url, id);
    assert.deepEqual(
      standings.map(({ state }) => state),
      ['in-review'],
    );
    assert.equal((await postForm(url, path, act, { cookie })).status, 303);
    await ground.settled(id, 'accepted');
  });

  test('[console.roles] whatever takes a higher role is refused to whoever has a lower one, page by page', async () => {
    await using ground = await openConsoleGround();
    const { url } = ground;
    const id = await ground.register(await someone('Target'));
    await ground.settled(id, 'in-review');
    for (const role of roles) {
      await ground.addOperator(`a-${role}`, role);
      const { cookie, formToken } = await sessionOf(url, `a-${role}`);
      for (const { method, path } of routesAbove(role)) {
        const full = `${url}/console${path.replace(':id', id).replace(':field', 'photo_id_front')}`;
        const response =
          method === 'GET'
            ? await fetch(full, { headers: { cookie } })
            : await postForm(url, full.slice(url.length), { form_token: formToken }, { cookie });
        assert.equal(response.status, 403, `${role}: ${method} ${path}`);
      }
    }
    assert.ok(routes.some(({ role }) => role === 'admin') && routes.some(({ role }) => role === 'lead'));
  });

  test('[console.roles] what a route lets through, the desk refuses: a reviewer erases, merges and gives back nobody', async () => {
    await using ground = await openConsoleGround();
    const { url } = ground;
    await ground.addOperator('rob', 'reviewer');
    const id = await ground.register(await someone('Target'));
    await ground.settled(id, 'in-review');
    const { cookie, formToken } = await sessionOf(url, 'rob');
    const { version } = await api(url, id);
    for (const form of [
      { act: 'erase', note: 'x' },
      { act: 'return' },
      { act: 'merge', into: id, intoVersion: '1' },
      { act: 'link', account: 'G' },
    ]) {
      const sent = { ...form, version: String(version), form_token: formToken };
      assert.equal(
        (await postForm(url, `/console/customers/${id}/acts`, sent as unknown as Record<string, string>, { cookie }))
          .status,
        403,
        form.act,
      );
    }
  });

  test('[console.masked] a viewer sees masked values, no findings, notes or files', async () => {
    await using ground = await openConsoleGround();
    const { url } = ground;
    await ground.addOperator('vic', 'viewer');
    await ground.addOperator('rob', 'reviewer');
    const id = await ground.register(await someone('Secretfirst', 'Suspect'));
    await ground.settled(id, 'in-review');
    const viewer = await sessionOf(url, 'vic');
    const reviewer = await sessionOf(url, 'rob');
    const page = async (cookie: string): Promise<string> =>
      (await fetch(`${url}/console/customers/${id}`, { headers: { cookie } })).text();
    const [masked, clear] = [await page(viewer.cookie), await page(reviewer.cookie)];
    for (const secret of ['Secretfirst', '12 Example Street', '1990-04-17', 'Sam SUSPECT']) {
      assert.ok(clear.includes(secret), secret);
      assert.ok(!masked.includes(secret), secret);
    }
    assert.ok(!masked.includes('/files/'));
    assert.ok(!masked.includes('name="act"'));
  });

  test('[console.masked] a viewer sees one value at a time and says why; who, which and why is written down, never the value', async () => {
    await using ground = await openConsoleGround();
    const { url, store } = ground;
    await ground.addOperator('vic', 'viewer');
    const id = await ground.register(await someone('Secretfirst'));
    await ground.settled(id, 'in-review');
    const { cookie, formToken } = await sessionOf(url, 'vic');
    const form = { form_token: formToken, field: 'given_name', reason: 'customer-request' };
    const response = await postForm(url, `/console/customers/${id}/values`, form, { cookie });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const text = await response.text();
    assert.ok(text.includes('Secretfirst'));
    for (const other of ['12 Example Street', '1990-04-17', 'D4711']) assert.ok(!text.includes(other), other);
    const again = await (await fetch(`${url}/console/customers/${id}`, { headers: { cookie } })).text();
    assert.ok(!again.includes('Secretfirst'), 'the page has it masked again');
    const lines = (await store.audit.list({ customerId: id }, 100)).filter(({ action }) => action === 'value.unmasked');
    assert.deepEqual(
      lines.map(({ actor, about }) => ({ actor, about })),
      [{ actor: { kind: 'operator', id: 'vic' }, about: { fields: ['given_name'], reason: 'customer-request' } }],
    );
    assert.ok(!JSON.stringify(lines).includes('Secretfirst'));
  });

  test('[console.masked] what a viewer may not unmask: without a reason, a file, what nobody holds, by a link, from elsewhere; nothing of it is written down', async () => {
    await using ground = await openConsoleGround();
    const { url, store } = ground;
    await ground.addOperator('vic', 'viewer');
    const id = await ground.register(await someone('Secretfirst'));
    await ground.settled(id, 'in-review');
    const { cookie, formToken } = await sessionOf(url, 'vic');
    const path = `/console/customers/${id}/values`;
    const asked = { form_token: formToken, field: 'given_name', reason: 'complaint' };
    const refused: readonly [what: string, status: number, form: Record<string, string>, headers?: object][] = [
      ['no reason', 400, { ...asked, reason: '' }],
      ['a reason of their own', 400, { ...asked, reason: 'curious' }],
      ['no field', 400, { ...asked, field: '' }],
      ['a file', 404, { ...asked, field: 'photo_id_front' }],
      ['a field that is not held', 404, { ...asked, field: 'tax_id' }],
      ['what is sealed and no field', 404, { ...asked, field: 'callback_url' }],
      ['what every object has', 404, { ...asked, field: 'constructor' }],
      ['no token', 403, { ...asked, form_token: '' }],
      ['another site', 403, asked, { origin: 'https://evil.example' }],
    ];
    for (const [what, status, form, headers = {}] of refused) {
      const response = await postForm(url, path, form, { cookie, ...headers });
      assert.equal(response.status, status, what);
      assert.ok(!(await response.text()).includes('Secretfirst'), what);
    }
    const query = `?field=given_name&reason=complaint&form_token=${formToken}`;
    assert.equal((await fetch(`${url}${path}${query}`, { headers: { cookie } })).status, 404, 'a GET');
    const elsewhere = path.replace(id, '00000000-0000-4000-8000-000000000000');
    assert.equal((await postForm(url, elsewhere, asked, { cookie })).status, 404, 'nobody');
    assert.equal((await postForm(url, path, asked)).status, 303, 'not signed in');
    const lines = await store.audit.list({ customerId: id }, 100);
    assert.ok(!lines.some(({ action }) => action === 'value.unmasked'));
  });

  test('[console.masked] a viewer looks at so many values in an hour and a day, by whatever door; one more is refused on a page that says until when, and written down', async () => {
    const state = { now: Date.parse('2026-11-24T12:00:00Z') };
    const operators = `api:lead:${reviewerToken},vic:viewer:${viewerToken}`;
    const clock = { now: () => new Date(state.now) };
    await using ground = await openConsoleGround({ clock, operators, unmaskingsPerHour: 2, unmaskingsPerDay: 3 });
    const { url, store } = ground;
    await ground.addOperator('vic', 'viewer');
    const id = await ground.register(await someone('Secretfirst'));
    await ground.settled(id, 'in-review');
    const session = { current: await sessionOf(url, 'vic') };
    const ask = ({ cookie, formToken } = session.current): Promise<Response> => {
      const form = { form_token: formToken, field: 'given_name', reason: 'complaint' };
      return postForm(url, `/console/customers/${id}/values`, form, { cookie });
    };
    assert.equal((await ask()).status, 200);
    state.now += 60_000;
    const headers = { authorization: `Bearer ${viewerToken}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ field: 'given_name', reason: 'complaint' });
    const byApi = (): Promise<Response> => fetch(`${url}/operator/values/${id}`, { method: 'POST', headers, body });
    assert.equal((await byApi()).status, 200);
    for (const refused of [await ask(), await byApi()]) {
      const text = await refused.text();
      assert.equal(refused.status, 403);
      assert.match(text, /as many values as a viewer may: at the next one after 2026-11-24 13:00 UTC/);
      assert.ok(!text.includes('Secretfirst'));
    }
    state.now += 3_600_000;
    session.current = await sessionOf(url, 'vic');
    assert.equal((await ask()).status, 200, 'an hour later');
    assert.match(await (await ask()).text(), /after 2026-11-25 12:00 UTC/, 'a day has a cap of its own');
    const lines = await store.audit.list({ customerId: id }, 1000);
    const told = lines.filter(({ action }) => action === 'value.refused');
    assert.deepEqual(
      told.map(({ actor, about }) => ({ actor, about })),
      Array.from({ length: 3 }, () => {
        return { actor: { kind: 'operator', id: 'vic' }, about: { fields: ['given_name'], reason: 'complaint' } };
      }),
    );
    assert.equal(lines.filter(({ action }) => action === 'value.unmasked').length, 3);
  });

  test('[console.masked] of a card nobody sees more than its last four digits', async () => {
    const fields = { 'card.number': {} };
    await using ground = await openConsoleGround({ program: { types: { card: { decision: 'review', fields } } } });
    const { url } = ground;
    await ground.addOperator('vic', 'viewer');
    const id = await ground.register({ type: 'card', 'card.number': '4111111111111111' });
    const { cookie, formToken } = await sessionOf(url, 'vic');
    const form = { form_token: formToken, field: 'card.number', reason: 'payment-query' };
    const text = await (await postForm(url, `/console/customers/${id}/values`, form, { cookie })).text();
    assert.match(text, /••••1111/);
    assert.ok(!text.includes('11111'));
  });

  test('[console.session] no cookie that was not made here opens anything', async () => {
    await using ground = await openConsoleGround();
    const { url } = ground;
    await ground.addOperator('rob', 'reviewer');
    const { cookie } = await sessionOf(url, 'rob');
    const [name, token = ''] = cookie.split('=');
    const forged = [
      '',
      'x',
      '0'.repeat(64),
      token.slice(0, -1),
      `${token}0`,
      token.toUpperCase(),
      `${token}; ${name}=${token}`,
    ];
    for (const value of forged) {
      const response = await fetch(`${url}/console/queue`, {
        redirect: 'manual',
        headers: { cookie: `${name}=${value}` },
      });
      assert.equal(response.status, 303, value);
      assert.equal(response.headers.get('location'), '/console/sign-in');
    }
    assert.equal((await fetch(`${url}/console/queue`, { headers: { cookie } })).status, 200);
  });

  test('[console.session] signing in ends what the browser had, and takes no session that was planted', async () => {
    await using ground = await openConsoleGround();
    const { url } = ground;
    await ground.addOperator('rob', 'reviewer');
    const before = await sessionOf(url, 'rob');
    const planted = `kyc-console=${'a'.repeat(64)}`;
    for (const cookie of [planted, before.cookie]) {
      const response = await postForm(url, '/console/sign-in', { name: 'rob', password, code: '' }, { cookie });
      const own = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      assert.notEqual(own, cookie);
      assert.equal((await fetch(`${url}/console`, { redirect: 'manual', headers: { cookie } })).status, 303);
      assert.equal((await fetch(`${url}/console`, { redirect: 'manual', headers: { cookie: own } })).status, 200);
    }
  });

  test('[console.session] a session ends when nothing is done, after half a day, at signing out, and with its holder', async () => {
    const state = { now: Date.now() };
    await using ground = await openConsoleGround({ clock: { now: () => new Date(state.now) } });
    const { url, staff, store } = ground;
    await ground.addOperator('ada', 'admin');
    await ground.addOperator('rob', 'reviewer');
    const statusOf = async (cookie: string): Promise<number> =>
      (await fetch(`${url}/console/queue`, { redirect: 'manual', headers: { cookie } })).status;
    const idle = await sessionOf(url, 'rob');
    state.now += 29 * minuteMs;
    assert.equal(await statusOf(idle.cookie), 200);
    state.now += 31 * minuteMs;
    assert.equal(await statusOf(idle.cookie), 303, 'idle');
    const long = await sessionOf(url, 'rob');
    for (let passed = 0; passed < 12 * 60; passed += 25) {
      assert.equal(await statusOf(long.cookie), 200);
      state.now += 25 * minuteMs;
    }
    assert.equal(await statusOf(long.cookie), 303, 'twelve hours');
    const out = await sessionOf(url, 'rob');
    await postForm(url, '/console/sign-out', { form_token: out.formToken }, { cookie: out.cookie });
    assert.equal(await statusOf(out.cookie), 303, 'signed out');
    const rob = await store.operators.findByName('rob');
    const held = await sessionOf(url, 'rob');
    await staff.disable(commandLine, rob?.id ?? '');
    assert.equal(await statusOf(held.cookie), 303, 'disabled');
    assert.equal((await postForm(url, '/console/sign-in', { name: 'rob', password, code: '' })).status, 401);
    await staff.enable(commandLine, rob?.id ?? '');
    assert.equal(await statusOf(held.cookie), 303, 'what ended stays ended');
    await staff.changeRole(commandLine, rob?.id ?? '', 'viewer');
    const low = await sessionOf(url, 'rob');
    assert.equal((await fetch(`${url}/console/customers/x/files/y`, { headers: { cookie: low.cookie } })).status, 403);
  });

  test('[console.lock-out] after five failures a name waits, whether or not it is somebody, and then gets in', async () => {
    const state = { now: Date.now() };
    await using ground = await openConsoleGround({ clock: { now: () => new Date(state.now) } });
    const { url } = ground;
    await ground.addOperator('rob', 'reviewer');
    const enter = (name: string, word: string): Promise<Response> =>
      postForm(url, '/console/sign-in', { name, password: word, code: '' });
    for (const name of ['rob', 'nobody-of-that-name']) {
      const statuses: number[] = [];
      for (let tries = 0; tries < 7; tries++) statuses.push((await enter(name, 'wrong')).status);
      assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429], name);
    }
    assert.equal(
      (await enter('ROB', password)).status,
      429,
      'the right password in another case does not get round it',
    );
    state.now += 31_000;
    assert.equal((await enter('rob', 'wrong')).status, 401);
    state.now += 31_000;
    assert.equal((await enter('rob', password)).status, 429, 'the wait doubles');
    state.now += 31_000;
    assert.equal((await enter('rob', password)).status, 303);
    assert.equal((await enter('rob', 'wrong')).status, 401, 'getting in forgets the failures');
  });

  test('[console.people] the last admin stays, and nobody without the role invites', async () => {
    await using ground = await openConsoleGround();
    const { url, store, staff } = ground;
    await ground.addOperator('ada', 'admin');
    const ada = await store.operators.findByName('ada');
    await assert.rejects(staff.disable(commandLine, ada?.id ?? ''), { code: 'not_possible' });
    await assert.rejects(staff.changeRole(commandLine, ada?.id ?? '', 'lead'), { code: 'not_possible' });
    await assert.rejects(staff.invite({ name: 'lea', role: 'lead' }, 'eve', 'viewer'), { code: 'forbidden' });
    await assert.rejects(staff.invite(commandLine, 'ADA', 'viewer'), { code: 'not_possible' });
    await assert.rejects(
      staff.invite(commandLine, 'api', 'viewer'),
      { code: 'not_possible' },
      'an operator of the API',
    );
    const { cookie, formToken } = await sessionOf(url, 'ada');
    const response = await postForm(
      url,
      '/console/people',
      { name: 'Ben', role: 'lead', form_token: formToken },
      { cookie },
    );
    assert.match(await response.text(), /\/console\/join\/[0-9a-f]{64}/);
  });
});

/** What takes a higher role. */
function routesAbove(role: Role): readonly PageRoute[] {
  return routes.filter((route) => route.role !== 'nobody' && !isAtLeast({ name: '', role }, route.role));
}

async function api(
  url: string,
  id: string,
): Promise<{ readonly version: number; readonly standings: readonly { readonly state: string }[] }> {
  const response = await fetch(`${url}/operator/customers/${id}`, {
    headers: { authorization: `Bearer ${reviewerToken}` },
  });
  return (await response.json()) as { version: number; standings: { state: string }[] };
}
