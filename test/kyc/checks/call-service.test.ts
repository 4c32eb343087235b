import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callService, jsonOf } from '../../../src/kyc/checks/call-service.ts';
import { json, serveStandIn } from '../../support/stand-ins/stand-in.ts';

const signal = AbortSignal.timeout(30_000);

test('[kyc.checks.redirect] a redirect is an answer: whom it points to learns nothing', async () => {
  let visits = 0;
  await using elsewhere = await serveStandIn(() => {
    visits += 1;
    return json({});
  });
  for (const status of [301, 302, 303, 307, 308] as const) {
    await using server = await serveStandIn(() => Response.redirect(`${elsewhere.url}/?name=Ada`, status));
    const answer = await callService(fetch, { service: 'list', url: server.url, signal });
    assert.equal(answer.status, status);
    assert.throws(() => jsonOf('list', answer), { message: `list: answered ${status}` });
  }
  assert.equal(visits, 0);
});

test('[kyc.checks.bound] an answer is read to its bound and no further', async () => {
  let sent = 0;
  await using server = await serveStandIn(() => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(Buffer.alloc(64 * 1024, ' '));
        if (sent === 4096) controller.close();
      },
    });
    return new Response(body);
  });
  await assert.rejects(() => callService(fetch, { service: 'list', url: server.url, signal }), {
    message: 'list: answered more than 1048576 bytes',
    status: 200,
  });
  assert.ok(sent < 2048, `${sent} of 4096 chunks were sent`);
  sent = 4095;
  const { body } = await callService(fetch, { service: 'list', url: server.url, signal });
  assert.equal(body.length, 64 * 1024);
});

test('[kyc.checks.timeout] a time-out says so, and says nothing else', async () => {
  await using server = await serveStandIn(() => new Promise<Response>(() => {}));
  const call = { service: 'list', url: `${server.url}/?name=Ada`, signal: AbortSignal.timeout(50) };
  await assert.rejects(() => callService(fetch, call), { message: 'list: no answer in time' });
});

test('[kyc.checks.address] an address that is none does not get into the message', async () => {
  await assert.rejects(() => callService(fetch, { service: 'list', url: 'http://a b/?name=Ada', signal }), {
    message: 'list: no answer (ERR_INVALID_URL)',
  });
});
