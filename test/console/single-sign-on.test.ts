import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine } from '../../src/operators/staff.ts';
import { startIdentityProvider } from '../support/stand-ins/identity-provider.ts';
import { type ConsoleGround, openConsoleGround } from './console-ground.ts';

/** A browser that follows links and keeps cookies, between the console and the provider. */
class Browser {
  readonly #cookies = new Map<string, string>();

  /** Where it ends up, with the status there. */
  async follow(start: string): Promise<{ readonly url: string; readonly status: number; readonly text: string }> {
    let url = start;
    for (let hops = 0; hops < 10; hops++) {
      const response = await this.get(url);
      const location = response.headers.get('location');
      if (location === null) return { url, status: response.status, text: await response.text() };
      url = new URL(location, url).href;
    }
    throw new Error('it goes round in circles');
  }

  async get(url: string): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }
}

async function invited({ staff }: ConsoleGround, name: string): Promise<string> {
  return (await staff.invite(commandLine, name, 'reviewer')).token;
}

test('[console.single-sign-on] an invitation binds who the provider says it is, and from then on they sign in by it', async () => {
  await using provider = await startIdentityProvider();
  const { issuer, clientId, clientSecret } = provider;
  await using ground = await openConsoleGround({ consoleSingleSignOn: { issuer, clientId, clientSecret } });
  const start = `${ground.url}/console/single-sign-on`;
  provider.subject = 'ann-at-work';
  const stranger = await new Browser().follow(start);
  assert.equal(stranger.status, 401, 'nobody is let in who was not invited');
  const token = await invited(ground, 'ann');
  const joined = await new Browser().follow(`${start}?invitation=${token}`);
  assert.equal(joined.url, `${ground.url}/console`);
  assert.match(joined.text, />ann<\/a>/);
  const again = await new Browser().follow(start);
  assert.match(again.text, />ann<\/a>/);
  const second = await invited(ground, 'ben');
  assert.equal((await new Browser().follow(`${start}?invitation=${second}`)).status, 401, 'one person, one operator');
  provider.subject = 'eve';
  assert.equal((await new Browser().follow(start)).status, 401);
  assert.equal((await new Browser().follow(`${start}?invitation=${token}`)).status, 401, 'an invitation is good once');
  const ann = await ground.store.operators.findByName('ann');
  await ground.staff.invite(commandLine, 'ada', 'admin');
  await ground.staff.disable(commandLine, ann?.id ?? '');
  provider.subject = 'ann-at-work';
  assert.equal((await new Browser().follow(start)).status, 401, 'disabled');
  const refused = (await ground.store.audit.list({}, 1000)).filter(({ action }) => action === 'operator.refused');
  assert.deepEqual(
    refused.map(({ about }) => about),
    [{ operator: 'ann', by: 'single sign-on' }],
    'who is disabled and tries is in the trail',
  );
});

test('[console.single-sign-on] an answer for another browser, another question or another site is none', async () => {
  await using provider = await startIdentityProvider();
  const { issuer, clientId, clientSecret } = provider;
  await using ground = await openConsoleGround({ consoleSingleSignOn: { issuer, clientId, clientSecret } });
  const start = `${ground.url}/console/single-sign-on`;
  await new Browser().follow(`${start}?invitation=${await invited(ground, 'ann')}`);
  const [victim, attacker] = [new Browser(), new Browser()];
  const toProvider = (await attacker.get(start)).headers.get('location') ?? '';
  const back = (await attacker.get(toProvider)).headers.get('location') ?? '';
  assert.equal((await victim.get(back)).status, 401, 'without a start of its own');
  await victim.get(start);
  assert.equal((await victim.get(back)).status, 401, 'with the start of another one');
  for (const lie of [{ nonce: 'x' }, { aud: 'somebody-else' }, { iss: 'https://evil.example' }, { exp: 1 }]) {
    provider.lie = lie;
    assert.equal((await new Browser().follow(start)).status, 401, JSON.stringify(lie));
  }
  provider.lie = {};
  assert.equal((await new Browser().follow(start)).status, 200);
});
