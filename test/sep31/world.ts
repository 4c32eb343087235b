import type { RawOptions } from '../../src/environment.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import type { Payment } from '../../src/payments/payment.ts';
import type { RailsContext, RailsIntegration, RailsOutcome } from '../../src/payments/rails.ts';
import { decodeStrkey } from '../../src/stellar/strkey.ts';
import { freePort } from '../e2e/started-process.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { SendingAnchor } from './sending-anchor.ts';

export const issuer = randomAccount();
export const usdc = `stellar:USDC:${issuer}`;

/** Accepts complete data by itself; above 1,000 of USDC proof of income is asked for. */
export const program: ProgramDefinition = {
  defaultType: 'sep31-sender',
  types: {
    'sep31-sender': {
      description: 'Somebody who sends',
      decision: 'automatic',
      fields: { first_name: {}, last_name: {}, email_address: { optional: true } },
    },
    'sep31-receiver': {
      description: { en: 'Somebody who receives', es: 'Alguien que recibe' },
      decision: 'automatic',
      fields: { first_name: {}, last_name: {}, bank_account_number: {} },
    },
    reviewed: { decision: 'review', fields: { first_name: {}, tax_id: {} } },
  },
  rules: {
    large: {
      when: { amount: { above: '1000', asset: 'USDC' } },
      types: ['sep31-sender'],
      ask: { proof_of_income: {}, occupation: {} },
    },
  },
};

/** Rails that do as the test says. */
export class StandInRails implements RailsIntegration {
  readonly calls: { readonly payment: Payment; readonly context: RailsContext }[] = [];
  answer: (payment: Payment, context: RailsContext) => RailsOutcome | Promise<RailsOutcome> = () => ({
    status: 'completed',
    externalTransactionId: 'bank-1',
  });

  async executeOutgoingTransaction(payment: Payment, context: RailsContext): Promise<RailsOutcome> {
    this.calls.push({ payment, context });
    return this.answer(payment, context);
  }
}

export interface Sep31World extends AsyncDisposable {
  readonly anchor: TestAnchor;
  readonly rails: StandInRails;
  readonly url: string;
  readonly sender: SendingAnchor;
  /** Another sending anchor that there is an agreement with. */
  readonly other: SendingAnchor;
  /** SIGNING_KEY, raw. */
  readonly publicKey: Uint8Array;
}

/** A receiving anchor that listens, and two sending anchors that have signed in over HTTP. */
export async function openSep31(options: RawOptions = {}): Promise<Sep31World> {
  const rails = new StandInRails();
  const [sender, other] = [new SendingAnchor(), new SendingAnchor()];
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const anchor = await openTestAnchor({
    ...{ port, hostUrl: url, program, rails, activeSeps: ['sep-1', 'sep-10', 'sep-12', 'sep-31'] },
    sep31SendingAnchors: [sender.account, other.account],
    sep31Account: randomAccount(),
    sep31Assets: {
      USDC: { issuer, minAmount: '0.1', maxAmount: '5000', feeFixed: '0.5', feePercent: '1', fundingMethods: ['SEPA'] },
    },
    ...options,
  });
  await anchor.anchor.listen();
  await sender.signIn(url);
  await other.signIn(url);
  const publicKey = decodeStrkey('account', anchor.anchor.settings.signer.account) ?? new Uint8Array();
  return { anchor, rails, url, sender, other, publicKey, [Symbol.asyncDispose]: () => anchor[Symbol.asyncDispose]() };
}

export const senderData = { first_name: 'Ada', last_name: 'Lovelace' };
export const receiverData = { first_name: 'Grace', last_name: 'Hopper', bank_account_number: '000123456789' };

/** Both customers, registered; whole unless told. */
export async function registerBoth(
  anchor: SendingAnchor,
  from: object = senderData,
  to: object = receiverData,
): Promise<{ readonly sender_id: string; readonly receiver_id: string }> {
  const one = await anchor.putCustomer('1', { type: 'sep31-sender', ...from });
  const two = await anchor.putCustomer('2', { type: 'sep31-receiver', ...to });
  return { sender_id: one.body.id, receiver_id: two.body.id };
}
