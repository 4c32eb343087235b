import type { CustomerLinkRequest } from './customer-page.ts';
import { InvalidRequest, invalidField } from './errors.ts';
import { type Operator, requireRole } from './kyc/review/operator.ts';
import type { Logger } from './lib/log.ts';
import type { CustomerLink } from './portal/links.ts';

const names = ['customer', 'type', 'transactionId', 'lang'] as const;

/** Hands out links to the customer page, as an API hands it on: whoever helps a customer can send one. */
export class LinkDesk {
  readonly #issue: (request: CustomerLinkRequest) => Promise<CustomerLink>;
  readonly #log: Logger;

  constructor(issue: (request: CustomerLinkRequest) => Promise<CustomerLink>, log: Logger) {
    this.#issue = issue;
    this.#log = log;
  }

  /** A link for the customer that a body of JSON names. Choice: with it one acts as the customer, so it takes a reviewer, and the log says whose hands it went through. */
  async issue(operator: Operator, json: unknown): Promise<CustomerLink> {
    requireRole(operator, 'reviewer');
    const { customer, ...about } = readBody(json);
    if (customer === undefined) throw invalidField('customer', 'expected the id of a customer');
    const link = await this.#issue({ customerId: customer, ...about });
    this.#log.info({ customer, operator: operator.name }, 'a link to the customer page was handed out');
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
