import type { CustomerLinkRequest } from './customer-page.ts';
import { type Operator, requireRole } from './kyc/review/operator.ts';
import { OperatorBody } from './kyc/review/operator-body.ts';
import type { CustomerLink } from './portal/links.ts';
import type { AuditStore } from './store/audit-store.ts';

const names = ['type', 'transactionId', 'lang'] as const;

/** Hands out links to the customer page, as an API hands it on: whoever helps a customer can send one. */
export class LinkDesk {
  readonly #issue: (request: CustomerLinkRequest) => Promise<CustomerLink>;
  readonly #find: (operator: Operator, id: string) => Promise<string>;
  readonly #audit: Pick<AuditStore, 'record'>;

  /** @param find the id that a customer goes by now, of one they went by before a merge, too */
  constructor(
    issue: (request: CustomerLinkRequest) => Promise<CustomerLink>,
    find: (operator: Operator, id: string) => Promise<string>,
    audit: Pick<AuditStore, 'record'>,
  ) {
    this.#issue = issue;
    this.#find = find;
    this.#audit = audit;
  }

  /** A link for the customer that a body of JSON names. Choice: with it one acts as the customer, so it takes a reviewer, and the audit trail says whose hands it went through. */
  async issue(operator: Operator, json: unknown): Promise<CustomerLink> {
    requireRole(operator, 'reviewer');
    const body = new OperatorBody(json);
    body.requireKnown('customer', ...names);
    const customer = body.text('customer');
    const about: Partial<Record<(typeof names)[number], string>> = Object.fromEntries(
      names.filter((name) => body.has(name)).map((name) => [name, body.text(name)]),
    );
    const link = await this.#issue({ customerId: customer, ...about });
    const actor = { kind: 'operator', id: operator.name } as const;
    const { type } = about;
    const customerId = await this.#find(operator, customer);
    await this.#audit.record([{ action: 'link.made', actor, customerId, ...(type && { about: { type } }) }]);
    return link;
  }
}
