import { InvalidRequest } from '../../src/errors.ts';
import type {
  CustomerAnswer,
  CustomerContext,
  CustomerIntegration,
  Field,
  GetCustomer,
  PutCustomer,
} from '../../src/sep12/integration.ts';

/** A stand-in for an anchor's own integration: it keeps what it is told, and says what a test has it say. */
export class OwnCustomers implements CustomerIntegration {
  readonly puts: PutCustomer[] = [];
  readonly contexts: CustomerContext[] = [];
  readonly #fields: Readonly<Record<string, Field>>;
  readonly #refusal: string | undefined;
  readonly #message: string;

  constructor(fields: Readonly<Record<string, Field>>, { refusal, message }: { refusal?: string; message: string }) {
    this.#fields = fields;
    this.#refusal = refusal;
    this.#message = message;
  }

  async get(_request: GetCustomer, context: CustomerContext): Promise<CustomerAnswer> {
    this.contexts.push(context);
    const [name = '', field] = Object.entries(this.#fields)[0] ?? [];
    return {
      status: 'NEEDS_INFO',
      fields: this.#fields,
      message: this.#message,
      ...(field && { providedFields: { [name]: { ...field, status: 'REJECTED', error: this.#message } } }),
    };
  }

  async put(request: PutCustomer, context: CustomerContext): Promise<string> {
    this.puts.push(request);
    this.contexts.push(context);
    if (this.#refusal !== undefined)
      throw new InvalidRequest(this.#refusal, { field: Object.keys(this.#fields)[0] ?? '' });
    return 'own-1';
  }

  async delete(): Promise<void> {}
}
