import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import {
  type CustomerAnswer,
  type CustomerContext,
  type CustomerIntegration,
  type CustomerKey,
  CustomerNotFound,
  type Field,
  type GetCustomer,
  InvalidRequest,
  type PutCustomer,
} from 'anchor-kyc';

/** What this anchor asks of everybody, by SEP-9 field name. */
const asked: Readonly<Record<string, Field>> = {
  first_name: { type: 'string', description: 'Given or first name' },
  email_address: { type: 'string', description: 'E-mail address' },
  photo_id_front: { type: 'binary', description: 'Photo of the front of an identity document' },
  occupation: { type: 'string', description: 'Occupation', optional: true },
};

// #region integration
/** A row of the anchor's own database, for which a Map stands here. */
type Row = { readonly id: string; readonly account: string; readonly values: Map<string, string | Buffer> };

/** Account and memo together are a customer: many users may share one account. */
const keyOf = ({ account, memoType, memo }: CustomerKey): string => [account, memoType, memo].join('|');

export class OwnCustomers implements CustomerIntegration {
  readonly #rows = new Map<string, Row>();

  async get(request: GetCustomer, context: CustomerContext): Promise<CustomerAnswer> {
    const [, row] = this.#find(request, context);
    if (row === undefined) return { status: 'NEEDS_INFO', fields: asked };
    const fields = Object.entries(asked).filter(([name]) => !row.values.has(name));
    const providedFields = Object.entries(asked).filter(([name]) => row.values.has(name));
    const status = fields.every(([, field]) => field.optional) ? 'ACCEPTED' : 'NEEDS_INFO';
    return {
      id: row.id,
      status,
      fields: Object.fromEntries(fields),
      providedFields: Object.fromEntries(providedFields),
    };
  }

  async put(request: PutCustomer, context: CustomerContext): Promise<string> {
    const sent = new Map<string, string | Buffer>(request.fields);
    for (const [name, file] of request.files) sent.set(name, await buffer(file.open()));
    // Find and set without a pause between them, so that two first requests at once make one customer.
    const [key, row = { id: randomUUID(), account: request.account, values: new Map() }] = this.#find(request, context);
    const values = [...row.values, ...sent].filter(([name, value]) => Object.hasOwn(asked, name) && value !== '');
    for (const [name, value] of values) check(name, value);
    this.#rows.set(key, { ...row, values: new Map(values) });
    return row.id;
  }

  async delete(request: CustomerKey): Promise<void> {
    if (!this.#rows.delete(keyOf(request))) throw new CustomerNotFound();
  }

  /** An id reaches the customers of the account that is signed in; who signed in with a memo reaches only that one. */
  #find(request: GetCustomer, { subject }: CustomerContext): [key: string, row: Row | undefined] {
    const named = keyOf(request);
    if (request.id === undefined) return [named, this.#rows.get(named)];
    const [key, row] = [...this.#rows].find(([, { id }]) => id === request.id) ?? [];
    if (row?.account !== request.account || (subject.memo && key !== named)) throw new CustomerNotFound();
    if (request.memo && key !== named)
      throw new InvalidRequest("'id' is invalid: it is not the customer of the 'memo'");
    return [key ?? named, row];
  }
}

/** Messages name the field and the rule, never the value. */
function check(name: string, value: string | Buffer): void {
  const invalid = (expected: string) =>
    new InvalidRequest(`'${name}' is invalid: expected ${expected}`, { field: name });
  if (Buffer.isBuffer(value) !== (asked[name]?.type === 'binary')) throw invalid(asked[name]?.type ?? 'nothing');
  if (name === 'email_address' && !value.includes('@')) throw invalid('an e-mail address');
}
// #endregion
