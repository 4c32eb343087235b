import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { openBrowser } from '../support/browser.ts';
import { openConsoleGround, openPage, reviewerToken, sessionOf, signIn, someone } from './console-ground.ts';

const payloads = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(2)>',
  "'><svg/onload=alert(3)>",
  '</td></table><iframe srcdoc="<script>alert(4)</script>">',
  'javascript:alert(5)',
  '{{constructor.constructor("alert(6)")()}}',
  '</textarea><details open ontoggle=alert(7)>',
  '<a href="javascript:alert(8)" data-key="a">x</a>',
  '&lt;b&gt; & "quotes"',
];

test('[console.xss] whatever a customer writes, names a file or hides in an image is read, and never runs', async () => {
  await using ground = await openConsoleGround();
  await using browser = await openBrowser();
  await ground.addOperator('rob', 'reviewer');
  const { url } = ground;
  const image = sharp({ create: { width: 320, height: 200, channels: 3, background: '#888' } });
  const marked = await image
    .withExif({
      IFD0: { ImageDescription: payloads[0] ?? '', Artist: payloads[1] ?? '', Copyright: payloads[3] ?? '' },
    })
    .jpeg()
    .toBuffer();
  const photo = new File([new Uint8Array(marked), '<script>alert(9)</script>'], '"><img src=x onerror=alert(10)>.jpg', {
    type: 'text/html',
  });
  const program = await someone('x');
  const { page, context, alarms } = await openPage(browser, url);
  await signIn(page, url, 'rob');
  for (const payload of payloads) {
    const id = await ground.register({
      ...program,
      first_name: payload,
      last_name: payload,
      address: payload,
      id_number: payload.slice(0, 60),
      photo_id_front: photo,
    });
    await ground.settled(id, 'in-review', 'resubmission-asked');
    await note(url, id, payload);
    await page.goto(`${url}/console/customers/${id}`);
    assert.equal(await page.getByRole('row', { name: 'address' }).locator('td.value').textContent(), payload);
    assert.equal(await page.locator('.notes .text').textContent(), payload);
    assert.equal(
      await page.locator('main script, main iframe, main svg[onload], main [onerror], main [ontoggle]').count(),
      0,
    );
    const shown = await page.evaluate(widths);
    assert.deepEqual(shown, [320], 'the image is drawn');
    await page.goto(`${url}/console/queue?state=${encodeURIComponent(payload)}`);
    await page.goto(`${url}/console/search`);
    await page.getByLabel('Customer id').fill(payload);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('No customer.').waitFor();
  }
  assert.deepEqual(alarms, []);
  await context.close();
});

test('[console.files] a file is an attachment of a safe type that nobody sniffs, and runs nothing when opened by itself', async () => {
  await using ground = await openConsoleGround();
  await ground.addOperator('rob', 'reviewer');
  const { url } = ground;
  const id = await ground.register(await someone('x'));
  await ground.settled(id, 'in-review');
  const { cookie } = await sessionOf(url, 'rob');
  const response = await fetch(`${url}/console/customers/${id}/files/photo_id_front`, { headers: { cookie } });
  assert.equal(response.status, 200);
  const headers = Object.fromEntries(response.headers);
  assert.equal(headers['content-type'], 'image/jpeg');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['content-disposition'], 'attachment; filename="photo_id_front.jpg"');
  assert.match(headers['content-security-policy'] ?? '', /sandbox/);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal((await response.arrayBuffer()).byteLength, Number(headers['content-length']));
  for (const field of ['first_name', 'nothing', '..%2f..', '%00'])
    assert.notEqual(
      (await fetch(`${url}/console/customers/${id}/files/${field}`, { headers: { cookie } })).status,
      200,
      field,
    );
});

test('[console.headers] every page forbids what is not ours, frames and caches', async () => {
  await using ground = await openConsoleGround();
  await ground.addOperator('ada', 'admin');
  const { url } = ground;
  const { cookie } = await sessionOf(url, 'ada');
  for (const path of ['', '/queue', '/people', '/nothing', '/sign-in', '/program']) {
    const { headers } = await fetch(`${url}/console${path}`, { headers: { cookie }, redirect: 'manual' });
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.equal(headers.get('access-control-allow-origin'), null);
  }
});

/** How wide each document is drawn, once it is. */
const widths = `Promise.all([...document.querySelectorAll('.viewer img')].map(async (one) => {
  one.loading = 'eager';
  await one.decode();
  return one.naturalWidth;
}))`;

async function note(url: string, id: string, text: string): Promise<void> {
  const headers = { authorization: `Bearer ${reviewerToken}`, 'content-type': 'application/json' };
  const { version } = (await (await fetch(`${url}/operator/customers/${id}`, { headers })).json()) as {
    version: number;
  };
  const body = JSON.stringify({ act: 'note', version, note: text });
  const response = await fetch(`${url}/operator/customers/${id}`, { method: 'POST', headers, body });
  assert.equal(response.status, 200, await response.text());
}
