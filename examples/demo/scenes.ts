import assert from 'node:assert/strict';
import type { HorizonStandIn } from '../../test/support/stand-ins/horizon-stand-in.ts';
import type { CallbackInbox } from './callback-inbox.ts';
import type { Answer, SendingAnchor } from './sending-anchor.ts';
import type { Transcript } from './transcript.ts';

/** Who plays, and what they know by then. */
export interface Stage {
  readonly transcript: Transcript;
  readonly url: string;
  readonly sender: SendingAnchor;
  readonly inbox: CallbackInbox;
  readonly horizon: HorizonStandIn;
  readonly issuer: string;
  readonly operatorToken: string;
}

/** The two clients, and the payment between them. */
interface Ids {
  readonly ada: string;
  readonly grace: string;
}

/** The whole play. Answers the ids of the payment and of the client who paid. @throws AssertionError when anything is not as it must be */
export async function play(stage: Stage): Promise<{ readonly id: string; readonly ada: string }> {
  await signIn(stage);
  const ids = await register(stage);
  const id = await askToPay(stage, ids);
  await putWhatIsMissing(stage, id, ids);
  await pay(stage, id);
  await lookBack(stage, id);
  return { id, ada: ids.ada };
}

async function signIn({ transcript, url, sender }: Stage): Promise<void> {
  transcript.scene('Where is the anchor?  SEP-1');
  const { WEB_AUTH_ENDPOINT, KYC_SERVER, DIRECT_PAYMENT_SERVER, SIGNING_KEY } = await sender.discover(url);
  transcript.answers(200, { KYC_SERVER, DIRECT_PAYMENT_SERVER, SIGNING_KEY });
  assert.ok(WEB_AUTH_ENDPOINT);
  transcript.scene('Sign in with the sending anchor’s Stellar account.  SEP-10');
  const { host, hostname } = new URL(url);
  await sender.signIn(host, hostname);
  transcript.answers(200, { token: sender.token });
  assert.ok(sender.token);
}

async function register({ transcript, sender }: Stage): Promise<Ids> {
  const { DIRECT_PAYMENT_SERVER, KYC_SERVER } = sender.endpoints;
  transcript.scene('What does it take?  SEP-31');
  const info = await sender.ask('GET', `${DIRECT_PAYMENT_SERVER}/info`);
  const { USDC } = info.body.receive;
  const types = [...Object.keys(USDC.sep12.sender.types), ...Object.keys(USDC.sep12.receiver.types)];
  transcript.answers(info.status, { asset: 'USDC', fee_fixed: USDC.fee_fixed, customer_types: types });
  transcript.scene('Register both clients; of Grace the bank account is not known yet.  SEP-12');
  const put = async (client: object): Promise<string> => {
    const { status, body } = await sender.ask('PUT', `${KYC_SERVER}/customer`, client);
    transcript.answers(status, { id: body.id });
    assert.equal(status, 202);
    return body.id;
  };
  const ada = { first_name: 'Ada', last_name: 'Lovelace', email_address: 'ada@example.com' };
  const grace = { first_name: 'Grace', last_name: 'Hopper', email_address: 'grace@example.com' };
  return {
    ada: await put({ type: 'sep31-sender', memo: '1', memo_type: 'id', ...ada }),
    grace: await put({ type: 'sep31-receiver', memo: '2', memo_type: 'id', ...grace }),
  };
}

async function askToPay(stage: Stage, { ada, grace }: Ids): Promise<string> {
  const { transcript, sender, issuer, inbox } = stage;
  const { DIRECT_PAYMENT_SERVER: payments, KYC_SERVER: kyc } = sender.endpoints;
  transcript.scene('Ada pays Grace 100 USDC: the payment is taken, and held.  SEP-31');
  const request = { amount: '100', asset_code: 'USDC', asset_issuer: issuer, sender_id: ada, receiver_id: grace };
  const shown = { amount: '100', asset_code: 'USDC', sender_id: ada, receiver_id: grace };
  const posted = await sender.ask('POST', `${payments}/transactions`, request, shown);
  const { id } = posted.body;
  transcript.answers(posted.status, { id });
  transcript.tells('no account and no memo to pay to: nobody can send money that could not be paid out');
  assert.deepEqual([posted.status, posted.body.stellar_account_id], [201, undefined]);
  const callback = { url: `${inbox.url}/payments` };
  transcript.answers((await sender.ask('PUT', `${payments}/transactions/${id}/callback`, callback)).status);
  const customerCallback = { id: grace, url: `${inbox.url}/customers` };
  transcript.answers((await sender.ask('PUT', `${kyc}/customer/callback`, customerCallback)).status);
  await look(stage, id, 'pending_customer_info_update');
  const asked = await sender.ask('GET', `${kyc}/customer?id=${grace}&type=sep31-receiver&transaction_id=${id}`);
  const missing = Object.entries<{ optional?: boolean }>(asked.body.fields).filter(([, { optional }]) => !optional);
  transcript.answers(asked.status, { status: asked.body.status, missing: missing.map(([name]) => name) });
  return id;
}

async function putWhatIsMissing(stage: Stage, id: string, { grace }: Ids): Promise<void> {
  const { transcript, sender, inbox } = stage;
  transcript.scene('The missing data is put, and the payment released with it');
  const missing = { id: grace, bank_account_number: '000123456789', bank_number: '011000015' };
  const put = await sender.ask('PUT', `${sender.endpoints.KYC_SERVER}/customer`, missing);
  transcript.answers(put.status, { id: put.body.id });
  const customer = await inbox.next('/customers', 'ACCEPTED');
  transcript.calls('/customers', { status: customer.body.status, signature: 'verified' });
  const payment = await inbox.next('/payments', 'pending_sender');
  transcript.calls('/payments', { status: payment.body.transaction.status, signature: 'verified' });
  assert.equal(payment.body.transaction.id, id);
}

async function pay(stage: Stage, id: string): Promise<void> {
  const { transcript, horizon, inbox, issuer } = stage;
  transcript.scene('The money is sent on Stellar, seen at Horizon, and paid out by the bank');
  const { stellar_account_id: to, stellar_memo: memo } = (await look(stage, id, 'pending_sender')).body.transaction;
  const hash = horizon.pay([{ to, amount: '100.0000000', asset: `USDC:${issuer}` }], { memo });
  transcript.tells(`on the ledger of the stand-in: ${hash} pays 100 USDC to ${to}, memo ${memo}`);
  const { body } = await inbox.next('/payments', 'completed');
  const { status, external_transaction_id } = body.transaction;
  transcript.calls('/payments', { status, external_transaction_id, signature: 'verified' });
  const { transaction } = (await look(stage, id, 'completed')).body;
  assert.deepEqual([transaction.stellar_transaction_id, transaction.amount_out], [hash, '99.5']);
}

/** What an operator sees of it. */
async function lookBack({ transcript, url, operatorToken }: Stage, id: string): Promise<void> {
  transcript.scene('How it went, as the anchor’s operators see it');
  const headers = { authorization: `Bearer ${operatorToken}` };
  transcript.asks('GET', `/operator/transactions/${id}`);
  const response = await fetch(`${url}/operator/transactions/${id}`, { headers });
  const { moves } = (await response.json()) as { moves: readonly { readonly to: string; readonly cause: string }[] };
  transcript.answers(response.status, { moves: moves.length });
  for (const { to, cause } of moves) transcript.tells(`${cause.padEnd(8)} ${to}`);
}

async function look({ transcript, sender }: Stage, id: string, expected: string): Promise<Answer> {
  const answer = await sender.ask('GET', `${sender.endpoints.DIRECT_PAYMENT_SERVER}/transactions/${id}`);
  const { status, stellar_memo, amount_out } = answer.body.transaction;
  const more = { ...(stellar_memo && { stellar_memo }), ...(status === 'completed' && { amount_out }) };
  transcript.answers(answer.status, { status, ...more });
  assert.equal(status, expected);
  return answer;
}
