import type { CustomerLinkRequest } from './customer-page.ts';
import { InvalidRequest, invalidField } from './errors.ts';
import { type Operator, requireRole } from './kyc/review/operator.ts';
import type { CustomerLink } from './portal/links.ts';
import type { AuditStore } from './store/audit-store.ts';

const names = ['customer', 'type', 'transactionId', 'lang'] as const;

/** Hands out links to the customer page, as an API hands it on: whoever helps a customer can send one. */
export class LinkDesk {
  readonly #issue: (request: CustomerLinkRequest) => Promise<CustomerLink>;
  readonly #audit: Pick<AuditStore, 'record'>;

  constructor(issue: (request: CustomerLinkRequest) => Promise<CustomerLink>, audit: Pick<AuditStore, 'record'>) {
    this.#issue = issue;
    this.#audit = audit;
  }

  /** A link for the customer that a body of JSON names. Choice: with it one acts as the customer, so it takes a reviewer, and the audit trail says whose hands it went through. */
  async issue(operator: Operator, json: unknown): Promise<CustomerLink> {
    requireRole(operator, 'reviewer');
    const { customer, ...about } = readBody(json);
    if (customer === undefined) throw invalidField('customer', 'expected the id of a customer');
    const link = await this.#issue({ customerId: customer, ...about });
    const actor = { kind: 'operator', id: operator.name } as const;
    const { type } = about;
    await this.#audit.record([{ action: 'link.made', actor, customerId: customer, ...(type && { about: { type } }) }]);
    return link;
  }
}

function readBody(json: unknown): Partial<Record<(typeof names)[number], string>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new InvalidRequest({ key: 'error.json_not_object' });
  for (const [name, value] of Object.entries(json)) {
    if (!names.some((known) => known === name)) throw invalidField(name, `expected one of ${names.join(', ')}`);
    if (typeof value !== 'string' || value === '' || value.length > 200) throw invalidField(name, 'expected a text');
  }
  return json;
}
