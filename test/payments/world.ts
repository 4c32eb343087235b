import assert from 'node:assert/strict';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import type { Operator } from '../../src/kyc/review/operator.ts';
import { PaymentRunner, type RunnerParts } from '../../src/payments/execute-payments.ts';
import type { PaymentParts } from '../../src/payments/parts.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { Payments } from '../../src/payments/payments.ts';
import type { RailsContext, RailsIntegration, RailsOutcome } from '../../src/payments/rails.ts';
import { tidyPayments } from '../../src/payments/tidy-payments.ts';
import { type DecidingWorld, type Opening, openDecidingWorld } from '../support/deciding-world.ts';
import { randomAccount } from '../support/test-anchor.ts';

export const asset = 'stellar:USDC:GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN';

/** Senders are accepted when complete; of receivers a check and a person have a word, and a document of theirs expires. */
export const program: ProgramDefinition = {
  defaultType: 'sender',
  checks: { look: { use: 'test', fields: ['first_name'] } },
  types: {
    sender: { decision: 'automatic', fields: { first_name: {}, last_name: {} } },
    receiver: {
      decision: 'automatic',
      fields: { first_name: {}, bank_account_number: {}, id_expiration_date: { optional: true } },
      checks: ['look'],
    },
  },
  rules: { large: { when: { amount: { above: '1000' } }, types: ['sender'], ask: { occupation: {} } } },
  expiry: { documents: { id_expiration_date: [] } },
};

export const complete: Readonly<Record<'sender' | 'receiver', Readonly<Record<string, string>>>> = {
  sender: { first_name: 'Ada', last_name: 'Lovelace', occupation: '2511' },
  receiver: { first_name: 'Grace', bank_account_number: '000123456789' },
};

export const lead: Operator = { name: 'lea', role: 'admin' };

type Pay = (payment: Payment, context: RailsContext) => RailsOutcome | Promise<RailsOutcome>;

/** Payments over a deciding world. */
export interface PaymentWorld extends AsyncDisposable {
  readonly deciding: DecidingWorld;
  readonly parts: PaymentParts;
  readonly payments: Payments;
  /** A worker, whose rails do that; `changes` injects faults. */
  runner(pay: Pay, changes?: Partial<RunnerParts>): PaymentRunner;
  /** A payment of that amount between two customers of any accounts. */
  create(senderId: string, receiverId: string, amount?: string): Promise<string>;
  tidy(): Promise<void>;
}

export async function openPaymentWorld(opening: Opening = {}, definition = program): Promise<PaymentWorld> {
  const deciding = await openDecidingWorld(definition, opening);
  const { parts } = deciding.builtIn;
  const payments = new Payments(parts);
  return {
    deciding,
    parts,
    payments,
    runner: (pay, changes = {}) => {
      const rails: RailsIntegration = { executeOutgoingTransaction: async (payment, context) => pay(payment, context) };
      return new PaymentRunner({ ...parts, rails, ...changes });
    },
    create: (senderId, receiverId, amountIn = '100') =>
      payments.create({
        ...({ protocol: 'sep-31', kind: 'receive' } as const),
        owner: { account: randomAccount() },
        parties: [
          { role: 'sender', customerId: senderId, knownAs: senderId, type: 'sender' },
          { role: 'receiver', customerId: receiverId, knownAs: receiverId, type: 'receiver' },
        ],
        details: { amountIn, amountInAsset: asset },
        stellarAccount: randomAccount(),
        stellarMemo: { type: 'id', value: String(made++) },
      }),
    tidy: async () => {
      while ((await tidyPayments(parts)) > 0);
    },
    [Symbol.asyncDispose]: () => deciding[Symbol.asyncDispose](),
  };
}

let made = 1;

export async function statusOf({ payments }: PaymentWorld, id: string): Promise<string> {
  return ((await payments.find(id)) ?? assert.fail('lost')).status;
}
