import type { Generated } from 'kysely';
import type { CodeState } from '../code-store.ts';
import type { TombstoneEffect } from '../erasure-store.ts';
import type { DeliveryKind, DeliveryState } from '../outbox-store.ts';
import type { AccountUse } from '../store.ts';
import type { ConsoleTables } from './console-tables.ts';
import type { PaymentTables } from './payment-tables.ts';

/** A line of the audit trail; `about` is canonical JSON. */
interface AuditColumns {
  at: number;
  action: string;
  actor_kind: string;
  actor_id: string | null;
  customer_id: string | null;
  about: string | null;
}

/** The tables as queries see them. Times are Unix milliseconds; `memo_type` and `memo` are '' where there is no memo. */
export interface Tables extends ConsoleTables, PaymentTables {
  customers: {
    id: string;
    version: number;
    kek_id: string;
    wrapped_key: Uint8Array;
    created_at: number;
    updated_at: number;
    dossier: string | null;
    /** When the customer was erased, if the data must be kept: then nobody finds it but who purges, holds or exports it. */
    retained_at: number | null;
  };
  /** `known_as` is null unless a merge made the customer's id another one than the identity's wallet was told. */
  identities: { account: string; memo_type: string; memo: string; customer_id: string; known_as: string | null };
  field_values: { customer_id: string; field: string; sealed: Uint8Array; updated_at: number };
  files: {
    id: string;
    customer_id: string;
    field: string;
    size_bytes: number;
    content_type: string;
    created_at: number;
  };
  uploads: {
    id: string;
    account: string;
    memo_type: string;
    memo: string;
    kek_id: string;
    wrapped_key: Uint8Array;
    sealed: Uint8Array;
    content_type: string;
    size_bytes: number;
    created_at: number;
    expires_at: number;
  };
  /** Of one that schema 16 had already, `memo_type` and `memo` are null: not known; so is, of the oldest, `account`. */
  callbacks: {
    id: string;
    customer_id: string;
    known_as: string;
    account: string | null;
    memo_type: string | null;
    memo: string | null;
    sealed_url: Uint8Array;
    set_at: number;
    target: string;
  };
  callback_ends: { callback_id: string; type: string; ended_at: number };
  outbox_events: {
    id: Generated<number>;
    event_id: string;
    customer_id: string;
    name: string;
    payload: string;
    at: number;
  };
  deliveries: {
    id: Generated<number>;
    kind: DeliveryKind;
    lane: string;
    target: string;
    customer_id: string | null;
    payment_id: string | null;
    type: string;
    event_id: string | null;
    payload: string | null;
    state: DeliveryState;
    attempts: number;
    next_at: number;
    lease: string | null;
    outcome: string | null;
    created_at: number;
    finished_at: number | null;
  };
  delivery_attempts: {
    id: Generated<number>;
    delivery_id: number;
    at: number;
    outcome: string;
    http_status: number | null;
    latency_ms: number;
  };
  delivery_targets: {
    target: string;
    failures: number;
    failing_since: number;
    open_until: number;
    off_since: number | null;
    off_reason: string | null;
  };
  standings: {
    customer_id: string;
    type: string;
    transaction_id: string;
    state: string;
    since: number;
    due_at: number | null;
    program: string;
    risk: string;
    reason: string | null;
  };
  moves: {
    id: Generated<number>;
    customer_id: string;
    type: string;
    transaction_id: string;
    from_state: string | null;
    to_state: string;
    is_visible: number;
    status: string;
    cause: string;
    who: string | null;
    reason: string | null;
    at: number;
    origin: string | null;
  };
  check_runs: {
    customer_id: string;
    check_name: string;
    inputs: string;
    round: number;
    run_at: number;
    lease: string | null;
    lease_until: number | null;
    attempt: number;
    reference: string | null;
  };
  blind_indexes: { index_name: string; digest: Uint8Array; customer_id: string };
  index_keys: { name: string; kek_id: string; wrapped_key: Uint8Array };
  evidence: {
    customer_id: string;
    check_name: string;
    inputs: string;
    round: number;
    sealed: Uint8Array;
    at: number;
  };
  codes: {
    customer_id: string;
    field: string;
    rev: number;
    state: CodeState;
    asked_at: number;
    /** Null when nothing is to be sent. */
    send_at: number | null;
    lease: string | null;
    lease_until: number | null;
    attempt: number;
    fault: string | null;
    code_id: string | null;
    hash: Uint8Array | null;
    expires_at: number | null;
    tries: number;
  };
  code_sends: { bucket: Uint8Array; at: number };
  review_claims: { customer_id: string; type: string; operator: string; until: number };
  escalations: { customer_id: string; operator: string; at: number };
  review_notes: {
    id: string;
    customer_id: string;
    origin: string | null;
    operator: string;
    sealed: Uint8Array;
    at: number;
  };
  proposals: { id: string; customer_id: string; version: number; act: string; operator: string; at: number };
  review_acts: {
    id: Generated<number>;
    customer_id: string;
    origin: string | null;
    act: string;
    type: string | null;
    reason: string | null;
    /** A list in JSON. */
    fields: string;
    operator: string;
    proposed_by: string | null;
    at: number;
  };
  merged_evidence: {
    customer_id: string;
    origin: string;
    check_name: string;
    inputs: string;
    round: number;
    sealed: Uint8Array;
    at: number;
  };
  /** Lines that have no place in the chain yet. */
  audit_pending: { id: Generated<number> } & AuditColumns;
  audit_trail: { seq: number; id: number; hash: Uint8Array } & AuditColumns;
  audit_heads: { seq: number; hash: Uint8Array; at: number; account: string; signature: Uint8Array };
  retentions: { customer_id: string; delete_after: number; ground: string; sealed_identities: Uint8Array };
  legal_holds: { customer_id: string; operator: string; sealed_reason: Uint8Array; at: number };
  tombstones: {
    index_name: string;
    digest: Uint8Array;
    id: string;
    reason: string;
    effect: TombstoneEffect;
    at: number;
    expires_at: number;
  };
  shred_queue: { owner: string; at: number };
  job_leases: { job: string; holder: string; lease_until: number };
  search_progress: { scheme: string; looked_at: string | null };
  shred_stores: { id: string; looked_at: string | null };
  used_challenges: { hash: string; expires_at: number };
  account_uses: { account: string; use: AccountUse };
  key_checks: { kek_id: string; wrapped: Uint8Array; retired_at: number | null };
  migrations: { version: number; applied_at: number };
}
