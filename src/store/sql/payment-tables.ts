import type { Generated } from 'kysely';
import type { Clearance, PaymentStatus, Protocol } from '../../payments/moves.ts';
import type { MoveCause, PartyRole, PaymentKind, Receipt } from '../../payments/payment.ts';
import type { MemoType } from '../../stellar/memo.ts';

/** The tables of payments. */
export interface PaymentTables {
  payments: {
    id: string;
    protocol: Protocol;
    kind: PaymentKind;
    status: PaymentStatus;
    version: number;
    account: string;
    memo_type: string;
    memo: string;
    /** What it is asked by in lists: the one on Stellar. */
    asset: string;
    /** The details in JSON. */
    details: string;
    external_id: string | null;
    stellar_account: string | null;
    stellar_memo_type: MemoType | null;
    stellar_memo: string | null;
    stellar_id: string | null;
    funded_at: number | null;
    started_at: number;
    updated_at: number;
    completed_at: number | null;
    execute_at: number | null;
    lease: string | null;
    lease_until: number | null;
    round: number;
    attempts: number;
    kek_id: string | null;
    wrapped_key: Uint8Array | null;
    sealed_fields: Uint8Array | null;
    sealed_callback: Uint8Array | null;
    callback_target: string | null;
    /** The quote that it is made by; no two are made by one. */
    quote_id: string | null;
    /** The versions of its customers by id, in JSON, at which the rails were first asked in this round. */
    asked_at: string | null;
  };
  payment_parties: {
    payment_id: string;
    role: PartyRole;
    customer_id: string;
    known_as: string;
    type: string;
    clearance: Clearance;
    /** A list of names in JSON. */
    asks: string;
    /** Whether the customer has a standing for it. */
    is_open: number;
    /** Whether that is for nothing, as the payment is over. */
    is_closable: number;
  };
  payment_moves: {
    id: Generated<number>;
    payment_id: string;
    from_status: PaymentStatus | null;
    to_status: PaymentStatus;
    cause: MoveCause;
    who: string | null;
    reason: string | null;
    at: number;
  };
  payment_receipts: {
    id: Generated<number>;
    payment_id: string;
    via: Receipt['via'];
    reference: string;
    amount: string | null;
    asset: string | null;
    outcome: Receipt['outcome'];
    at: number;
  };
  /** `seen_to` is a paging token, a decimal number. */
  observers: { account: string; seen_to: string | null; holder: string | null; lease_until: number | null };
}
