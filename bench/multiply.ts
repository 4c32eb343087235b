/** How a column of a copied row is made; the others are the template's. */
export type Column = 'id' | 'account' | 'digest' | 'random';

/** The tables that a customer's copy has rows in, with the columns that differ from the template's. Ids that count up are left out. */
export const copied: Readonly<
  Record<string, { readonly own: Readonly<Record<string, Column>>; readonly omit?: readonly string[] }>
> = {
  customers: { own: { id: 'id' } },
  identities: { own: { account: 'account', customer_id: 'id' } },
  field_values: { own: { customer_id: 'id' } },
  standings: { own: { customer_id: 'id' } },
  moves: { own: { customer_id: 'id' }, omit: ['id'] },
  blind_indexes: { own: { customer_id: 'id', digest: 'digest' } },
};

/** Which column names the customer. */
export function customerColumn(table: string): string {
  return table === 'customers' ? 'id' : 'customer_id';
}

/** One in so many waits for a reviewer. */
export const watchedEvery = 100;
