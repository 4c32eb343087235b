/** A row as the database has it, by column. */
export type SubjectRow = Readonly<Record<string, unknown>>;

/** Tables whose rows are about one customer, by the column that says whom. */
export const subjectTables = {
  customers: 'id',
  identities: 'customer_id',
  field_values: 'customer_id',
  files: 'customer_id',
  callbacks: 'customer_id',
  codes: 'customer_id',
  standings: 'customer_id',
  moves: 'customer_id',
  check_runs: 'customer_id',
  evidence: 'customer_id',
  merged_evidence: 'customer_id',
  blind_indexes: 'customer_id',
  outbox_events: 'customer_id',
  deliveries: 'customer_id',
  review_claims: 'customer_id',
  escalations: 'customer_id',
  review_notes: 'customer_id',
  review_acts: 'customer_id',
  proposals: 'customer_id',
  retentions: 'customer_id',
  legal_holds: 'customer_id',
  audit_trail: 'customer_id',
  audit_pending: 'customer_id',
  payment_parties: 'customer_id',
} as const;

/** Tables whose rows are about a customer by way of another table: ends by callback, attempts by delivery, uploads by identity. */
export const indirectTables = [
  'callback_ends',
  'delivery_attempts',
  'uploads',
  'payments',
  'payment_moves',
  'payment_receipts',
] as const;

/** @see subjectTables */
export type SubjectTable = keyof typeof subjectTables | (typeof indirectTables)[number];

/** Tables that are about nobody in particular, and why no export has them. */
export const tablesLeftOut: Readonly<Record<string, string>> = {
  used_challenges: 'hashes of sign-in challenges, which name no customer',
  account_uses: 'whether an account signs in as shared: about an account, whoever uses it',
  key_checks: 'constants by which a wrong key is noticed',
  index_keys: 'keys of the installation',
  code_sends: 'times beside keyed hashes of addresses, which name no customer and are gone after a day',
  delivery_targets: 'hosts that fail, whoever is told there',
  tombstones: 'keyed hashes of people who were erased: no customer is named',
  shred_queue: 'ids of customers who are gone',
  shred_stores: 'which shred store the database belongs to',
  search_progress: 'up to which customer entries to be found by were made',
  audit_heads: 'signatures over the whole audit trail',
  job_leases: 'which process does what',
  observers: 'how far payments on Stellar were seen',
  console_operators: 'who operates: no customer',
  console_invitations: 'who operates: no customer',
  console_sessions: 'who operates: no customer',
  console_attempts: 'who operates: no customer',
  console_passkeys: 'who operates: no customer',
  migrations: 'versions of the schema',
};

/** Everything that is held on one customer. */
export interface SubjectStore {
  /** Every row that is about the customer, who may be erased and kept; sealed as it is. */
  readRows(customerId: string): Promise<Readonly<Record<SubjectTable, readonly SubjectRow[]>>>;
}
