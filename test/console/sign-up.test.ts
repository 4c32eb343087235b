import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { adminCommand } from '../../src/admin-command.ts';
import { totpCode, totpStep } from '../../src/operators/totp.ts';
import { openTestAnchor, type TestAnchor } from '../support/test-anchor.ts';

const hostUrl = 'https://kyc.example.com/anchor';
const origin = 'https://kyc.example.com';
const password = 'correct horse battery';
const stepMs = 30_000;

/** An anchor in production, below a path of its host, whose clock a test moves. */
async function openProduction(): Promise<{ anchor: TestAnchor; state: { now: number } } & AsyncDisposable> {
  const state = { now: Date.now() };
  const clock = { now: () => new Date(state.now) };
  const anchor = await openTestAnchor({ localMode: false, hostUrl, console: true, clock, appName: 'My Anchor' });
  return { anchor, state, [Symbol.asyncDispose]: () => anchor[Symbol.asyncDispose]() };
}

function get({ anchor }: TestAnchor, path: string, cookie = ''): Promise<Response> {
  return anchor.fetch(new Request(`${hostUrl}/console${path}`, { headers: { cookie } }));
}

function post({ anchor }: TestAnchor, path: string, form: Record<string, string>, cookie = ''): Promise<Response> {
  const headers = { origin, cookie, 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(form).toString();
  return anchor.fetch(new Request(`${hostUrl}/console${path}`, { method: 'POST', headers, body }));
}

/** Runs the command as an administrator of the machine does; answers the token of the link. */
async function invite(test: TestAnchor, ...args: string[]): Promise<string> {
  const printed = await adminCommand(args, { DATA_DIR: test.dataDir, HOST_URL: hostUrl });
  const [, token] = /https:\/\/kyc\.example\.com\/anchor\/console\/join\/([0-9a-f]{64})/.exec(printed) ?? [];
  return token ?? assert.fail(printed);
}

/** The secret that the page shows for an app. */
async function secretOf(test: TestAnchor, token: string): Promise<Buffer> {
  const page = await (await get(test, `/join/${token}`)).text();
  const [, typed = ''] = /<code class="secret">([A-Z2-7 ]+)<\/code>/.exec(page) ?? [];
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...typed.replaceAll(' ', '')]
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function cookieOf(response: Response): string {
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

suite('signing up', () => {
  test('[console.first-admin] a command makes a link, the link a person with a password and an app; nobody is there before', async () => {
    await using production = await openProduction();
    const { anchor, state } = production;
    for (const [name, word] of [
      ['admin', 'admin'],
      ['root', ''],
      ['command line', ''],
    ] as const)
      assert.equal((await post(anchor, '/sign-in', { name, password: word, code: '' })).status, 401);
    const token = await invite(anchor, 'create', 'ann');
    const secret = await secretOf(anchor, token);
    const code = (): string => totpCode(secret, totpStep(new Date(state.now)));
    for (const [what, form] of Object.entries({
      'no code': { password, code: '' },
      'a wrong code': { password, code: '000000' },
      'a weak password': { password: 'short', code: code() },
    })) {
      assert.equal((await post(anchor, `/join/${token}`, form)).status, 400, what);
    }
    const joined = await post(anchor, `/join/${token}`, { password, code: code() });
    assert.equal(joined.status, 303);
    assert.match(
      joined.headers.get('set-cookie') ?? '',
      /^__Host-kyc-console=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
    assert.equal((await get(anchor, '/people', cookieOf(joined))).status, 200, 'an admin');
    assert.equal(
      (await post(anchor, `/join/${token}`, { password: 'another password', code: code() })).status,
      404,
      'good once',
    );
    assert.equal((await get(anchor, `/join/${token}`)).status, 404);
  });

  test('[console.two-factors] a password alone is not enough, and a code is good once', async () => {
    await using production = await openProduction();
    const { anchor, state } = production;
    const token = await invite(anchor, 'create', 'ann', '--role', 'reviewer');
    const secret = await secretOf(anchor, token);
    const code = (): string => totpCode(secret, totpStep(new Date(state.now)));
    const signedUpBy = code();
    assert.equal((await post(anchor, `/join/${token}`, { password, code: signedUpBy })).status, 303);
    const enter = async (typed: string): Promise<number> =>
      (await post(anchor, '/sign-in', { name: 'ann', password, code: typed })).status;
    assert.equal(await enter(signedUpBy), 401, 'the one that signed her up');
    state.now += 2 * stepMs;
    assert.equal(await enter(''), 401);
    assert.equal(await enter('123456'), 401);
    const first = code();
    assert.equal(await enter(first), 303);
    assert.equal(await enter(first), 401, 'read over a shoulder');
    state.now += stepMs;
    assert.equal(await enter(code()), 303);
    state.now -= stepMs;
    assert.equal(await enter(code()), 401, 'an earlier one');
  });

  test('[console.invitation] it runs out, and another one takes its place and ends all that was', async () => {
    await using production = await openProduction();
    const { anchor, state } = production;
    const late = await invite(anchor, 'create', 'ann');
    state.now += 25 * 3_600_000;
    assert.equal((await get(anchor, `/join/${late}`)).status, 404);
    const token = await invite(anchor, 'reset', 'ann');
    state.now = Date.now();
    const secret = await secretOf(anchor, token);
    const joined = await post(anchor, `/join/${token}`, {
      password,
      code: totpCode(secret, totpStep(new Date(state.now))),
    });
    const again = await invite(anchor, 'reset', 'ANN');
    assert.equal((await get(anchor, '/account', cookieOf(joined))).status, 200, 'until it is taken up');
    const other = await secretOf(anchor, again);
    assert.notDeepEqual(other, secret);
    const anew = await post(anchor, `/join/${again}`, {
      password: 'a different password',
      code: totpCode(other, totpStep(new Date(state.now))),
    });
    assert.equal(anew.status, 303);
    assert.equal((await get(anchor, '/account', cookieOf(joined))).status, 303, 'the earlier session has ended');
  });

  test('[console.off] it is off in production unless the settings say so, and no path of it is there', async () => {
    await using anchor = await openTestAnchor({ localMode: false, hostUrl });
    for (const path of ['', '/', '/sign-in', '/assets/0000000000000000/console.js'])
      assert.equal((await get(anchor, path)).status, 404, path);
  });

  test('[console.base-path] it answers below the path of HOST_URL, whether or not a proxy has taken that off', async () => {
    await using production = await openProduction();
    const { fetch } = production.anchor.anchor;
    for (const path of ['/anchor/console/sign-in', '/console/sign-in', '/anchor/console/sign-in/']) {
      const response = await fetch(new Request(`${origin}${path}`));
      assert.equal(response.status, 200, path);
      assert.match(await response.text(), /action="\/anchor\/console\/sign-in"/);
    }
    assert.equal((await fetch(new Request(`${origin}/anchor/consoles`))).status, 404);
  });
});
