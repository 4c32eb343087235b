import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { openConsoleGround, postForm, sessionOf, someone } from './console-ground.ts';

const ground = await openConsoleGround();
after(() => ground[Symbol.asyncDispose]());
const { url } = ground;
for (const name of ['rob', 'rita', 'lea'] as const)
  await ground.addOperator(name, name === 'lea' ? 'lead' : 'reviewer');
const [rob, rita, lea] = [await sessionOf(url, 'rob'), await sessionOf(url, 'rita'), await sessionOf(url, 'lea')];
type Session = typeof rob;

async function waiting(first: string, last?: string): Promise<{ readonly id: string; readonly version: string }> {
  const id = await ground.register(await someone(first, last));
  await ground.settled(id, 'in-review');
  return { id, version: await versionOf(id) };
}

async function versionOf(id: string): Promise<string> {
  return String((await ground.store.findCustomerById(id))?.version);
}

async function see({ cookie }: Session, path: string): Promise<string> {
  return (await fetch(`${url}/console${path}`, { headers: { cookie } })).text();
}

function send({ cookie, formToken }: Session, path: string, form: Readonly<Record<string, string>>): Promise<Response> {
  return postForm(url, `/console${path}`, { ...form, form_token: formToken }, { cookie });
}

const decoded = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&#39;', "'");
const where = (response: Response): string => response.headers.get('location')?.replace('/console', '') ?? '';

suite('an afternoon of deciding', { concurrency: false }, () => {
  test('[console.queue] the part of the queue that somebody works through stays before them: after a claim, an act, a note and a preview', async () => {
    const { id, version } = await waiting('Filtered');
    const part = 'type=full&risk=medium';
    const queue = decoded(await see(rob, `/queue?${part}`));
    const [, link = ''] = new RegExp(`href="/console(/customers/${id}[^"]*)"`).exec(queue) ?? [];
    const [, sent = ''] = /name="queue" value="([^"]*)"/.exec(queue) ?? [];
    assert.equal(sent, part);
    const claimed = await send(rob, '/queue/claims', { act: 'claim', customer: id, type: 'full', queue: sent });
    assert.equal(where(claimed), `/queue?${part}&done=claim`);
    const page = decoded(await see(rob, link));
    const [, place = ''] = /name="place" value="([^"]*)"/.exec(page) ?? [];
    const acts = `/customers/${id}/acts`;
    const noted = where(await send(rob, acts, { act: 'note', version, note: 'called', place }));
    assert.equal(noted, `${link}&done=note`, 'the type and the queue are those of before');
    assert.match(decoded(await see(rob, noted)), /name="place" value="type=full&queue=type%3Dfull%26risk%3Dmedium"/);
    const now = await versionOf(id);
    const preview = await (
      await send(rob, acts, { act: 'accept', type: 'full', version: now, preview: 'true', place })
    ).text();
    assert.ok(decoded(preview).includes(`name="place" value="${place}"`));
    const done = await send(rob, acts, { act: 'accept', type: 'full', version: now, place });
    assert.equal(where(done), `/queue?${part}&done=accept`);
    const elsewhere = await send(rob, '/queue/claims', {
      ...{ act: 'claim', customer: (await waiting('Other')).id, type: 'full' },
      queue: 'type=full&done=erase&x=//evil.example',
    });
    assert.equal(where(elsewhere), '/queue?type=full&done=claim', 'what is no filter is left out');
  });

  test('[console.stale] of two who decide at once the second is told, on the page as it is now, and overwrites nothing; what they wrote is there still', async () => {
    const { id, version } = await waiting('Contested');
    const acts = `/customers/${id}/acts`;
    const page = await see(rita, `/customers/${id}`);
    assert.equal(where(await send(rob, acts, { act: 'accept', type: 'full', version })), '/queue?done=accept');
    const note = 'I have called <b>them</b>, see file 7';
    const rejecting = { act: 'reject', type: 'full', reason: 'suspected-fraud', version, note };
    const second = await send(rita, acts, rejecting);
    const text = decoded(await second.text());
    assert.equal(second.status, 412);
    assert.match(text, /role="alert"[^>]*>the customer has changed since: look again/);
    assert.match(text, new RegExp(`<h1>Customer ${id.slice(0, 8)}`), 'it is the page of the customer');
    assert.ok(text.includes(note.replace('<b>', '&lt;b&gt;').replace('</b>', '&lt;/b&gt;')));
    assert.match(text, /<option value="suspected-fraud" selected>/);
    assert.ok(text.includes(`name="version" value="${await versionOf(id)}"`) && page.includes(`value="${version}"`));
    await ground.settled(id, 'accepted');
  });

  test('[console.mistakes] what cannot be done is told on the page of the customer, with all that was marked and written', async () => {
    const { id, version } = await waiting('Mistaken');
    const acts = `/customers/${id}/acts`;
    const note = 'the photo is of somebody else';
    const asked: readonly [status: number, says: RegExp, form: Record<string, string>][] = [
      [400, /'fields' is invalid/, { act: 'reject-field', type: 'full', reason: 'document-unreadable', version, note }],
      [400, /'reason' is invalid/, { act: 'reject', type: 'full', reason: 'no-such', version, note }],
      [409, /nothing is decided yet/, { act: 'reopen', type: 'full', version, note }],
      [409, /you do not hold this customer/, { act: 'release', type: 'full', note }],
    ];
    for (const [status, says, form] of asked) {
      const response = await send(rob, acts, form);
      const text = decoded(await response.text());
      assert.equal(response.status, status, form['act']);
      assert.match(text, says);
      assert.match(text, new RegExp(`<h1>Customer ${id.slice(0, 8)}`));
      if (['reject-field', 'reject'].includes(form['act'] ?? '')) assert.ok(text.includes(`>${note}</textarea>`));
    }
    await send(rita, '/queue/claims', { act: 'claim', customer: id, type: 'full' });
    const lost = await send(rob, acts, { act: 'accept', type: 'full', version, note });
    assert.equal(lost.status, 409);
    const told = decoded(await lost.text());
    assert.match(told, /role="alert"[^>]*>rita is looking at this customer/);
    assert.ok(told.includes(`>${note}</textarea>`));
    const marked = {
      act: 'ask-again',
      type: 'full',
      fields: 'photo_id_front',
      reason: 'document-blurred',
      version,
      note,
    };
    const back = decoded(await (await send(rita, acts, { ...marked, back: 'true' })).text());
    assert.ok(back.includes(`>${note}</textarea>`), 'back from a preview');
    assert.match(back, /<input type="checkbox" name="fields" value="photo_id_front" checked> photo id front/);
    assert.equal(await versionOf(id), version, 'and nothing is done');
  });

  test('[console.two-people] what waits for a second person stands on the page of the customer, while it is good', async () => {
    const { id, version } = await waiting('Sam', 'Suspect');
    const acts = `/customers/${id}/acts`;
    assert.equal(
      where(await send(rob, acts, { act: 'accept', type: 'full', version })).replace(/\?.*/, ''),
      `/customers/${id}`,
    );
    const page = await see(lea, `/customers/${id}`);
    assert.match(page, /<a href="\/console\/proposals">[^<]*accept, full[^<]*proposed by rob/);
    await send(lea, acts, { act: 'set-risk', risk: 'high', version });
    assert.doesNotMatch(await see(lea, `/customers/${id}`), /proposed by rob/, 'the customer has changed since');
  });

  test('[console.mistakes] what cannot be looked for is told beside what was typed', async () => {
    for (const [path, form, says, typed] of [
      ['/search/values', { field: 'mobile_number', value: '++' }, /'value' is invalid/, '++'],
      [
        '/search/values',
        { field: 'name_and_birth_date', value: 'Ada Byron', birthDate: '' },
        /'birthDate' is invalid/,
        'Ada Byron',
      ],
      ['/search', { name: `G${'A'.repeat(55)}`, memo: 'x' }, /'account' is invalid/, 'G'.padEnd(56, 'A')],
    ] as const) {
      const response = await send(rob, path, form);
      const text = decoded(await response.text());
      assert.equal(response.status, 400);
      assert.match(text, says);
      assert.match(text, /<h1>Search/);
      assert.ok(text.includes(`value="${typed}"`), typed);
    }
  });

  test('[console.figures] a figure of the start page leads to those it counts: who is held by somebody', async () => {
    const { id } = await waiting('Held');
    const { id: free } = await waiting('Free');
    await send(rita, '/queue/claims', { act: 'claim', customer: id, type: 'full' });
    const [, path = ''] =
      /href="\/console([^"]*)"><span class="figure">\d+<\/span> are held by somebody/.exec(await see(rob, '/')) ?? [];
    const queue = await see(rob, path);
    assert.ok(queue.includes(`/customers/${id}`) && !queue.includes(`/customers/${free}`), path);
  });

  test('[console.files] a file whose name cannot be read is none', async () => {
    const { id } = await waiting('Filed');
    const response = await fetch(`${url}/console/customers/${id}/files/%E0%A4%A`, { headers: { cookie: rob.cookie } });
    assert.equal(response.status, 404);
  });
});
