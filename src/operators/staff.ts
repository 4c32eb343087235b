import { InvalidRequest, invalidField, KycError } from '../errors.ts';
import { type Operator, type Role, requireRole, roles } from '../kyc/review/operator.ts';
import type { Clock } from '../lib/clock.ts';
import { newToken, newUuid } from '../lib/ids.ts';
import type { AuditActor } from '../store/audit-store.ts';
import type { OperatorRecord, OperatorStore } from '../store/operator-store.ts';
import { hashToken } from './sessions.ts';

/** How long a link to sign up is good. */
const invitationMs = 24 * 3_600_000;

/** An invitation: the token that its link carries, and until when. */
export interface Invited {
  readonly name: string;
  readonly token: string;
  readonly expiresAt: Date;
}

/** What changes who may sign in. */
export interface StaffEvent {
  /** Who did it; `command line` for whoever may run commands on the server. */
  readonly by: string;
  readonly what: 'invited' | 'invited-again' | 'role-changed' | 'disabled' | 'enabled' | 'signed-up';
  readonly operator: string;
  readonly role?: string;
}

/** Who may sign in to the console, and as what. */
export class Staff {
  readonly #store: OperatorStore;
  readonly #clock: Clock;
  readonly #reserved: ReadonlySet<string>;
  readonly #onChange: ((event: StaffEvent) => Promise<void>) | undefined;

  /** @param reserved names of operators that settings name: the same name would be taken for the same person */
  constructor(
    store: OperatorStore,
    clock: Clock,
    reserved: readonly string[] = [],
    onChange?: (event: StaffEvent) => Promise<void>,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#reserved = new Set(reserved.map((name) => name.toLowerCase()));
    this.#onChange = onChange;
  }

  async list(operator: Operator): Promise<readonly OperatorRecord[]> {
    requireRole(operator, 'admin');
    return this.#store.list();
  }

  /** Lets somebody sign up. @throws KycError `not_possible` when the name is taken */
  async invite(by: Operator, name: string, role: string): Promise<Invited> {
    requireRole(by, 'admin');
    if (!/^[\w.@-]{1,64}$/.test(name)) throw invalidField('name', 'expected at most 64 letters, digits and . _ @ -');
    const { token, link } = this.#link();
    const isFree = !this.#reserved.has(name.toLowerCase());
    const isAdded =
      isFree && (await this.#store.invite({ id: newUuid(), name, role: readRole(role) }, link, actorOf(by)));
    if (!isAdded) throw new KycError('not_possible', 'somebody goes by that name already');
    await this.#onChange?.({ by: by.name, what: 'invited', operator: name, role });
    return { name, token, expiresAt: link.expiresAt };
  }

  /** Another link, for somebody who has lost what they signed in with. What they have keeps working until it is taken up. */
  async inviteAgain(by: Operator, id: string): Promise<Invited> {
    requireRole(by, 'admin');
    const record = await this.#get(id);
    if (record.state === 'disabled') throw new KycError('not_possible', 'enable them first');
    const { token, link } = this.#link();
    await this.#store.inviteAgain(id, link, actorOf(by));
    await this.#onChange?.({ by: by.name, what: 'invited-again', operator: record.name });
    return { name: record.name, token, expiresAt: link.expiresAt };
  }

  /** Takes hold at the next request of theirs. @throws KycError `not_possible` for the last administrator */
  async changeRole(by: Operator, id: string, role: string): Promise<void> {
    await this.#change(by, id, { role: readRole(role) });
    await this.#onChange?.({ by: by.name, what: 'role-changed', operator: (await this.#get(id)).name, role });
  }

  /** Ends their sessions, too. @throws KycError `not_possible` for the last administrator */
  async disable(by: Operator, id: string): Promise<void> {
    await this.#change(by, id, { state: 'disabled' });
    await this.#onChange?.({ by: by.name, what: 'disabled', operator: (await this.#get(id)).name });
  }

  async enable(by: Operator, id: string): Promise<void> {
    await this.#change(by, id, { state: 'active' });
    await this.#onChange?.({ by: by.name, what: 'enabled', operator: (await this.#get(id)).name });
  }

  async #change(by: Operator, id: string, change: Parameters<OperatorStore['change']>[1]): Promise<void> {
    requireRole(by, 'admin');
    const outcome = await this.#store.change(id, change, actorOf(by));
    if (outcome === 'unknown') throw new KycError('not_found', 'there is no such operator');
    if (outcome === 'last') throw new KycError('not_possible', 'nobody else could undo it: name another admin first');
  }

  async #get(id: string): Promise<OperatorRecord> {
    const record = await this.#store.find(id);
    if (record === undefined) throw new KycError('not_found', 'there is no such operator');
    return record;
  }

  #link(): { readonly token: string; readonly link: { readonly tokenHash: string; readonly expiresAt: Date } } {
    const token = newToken(256);
    const expiresAt = new Date(this.#clock.now().getTime() + invitationMs);
    return { token, link: { tokenHash: hashToken(token), expiresAt } };
  }
}

/** Whoever may run commands beside the database may do what an admin may. */
export const commandLine: Operator = { name: 'command line', role: 'admin' };

function actorOf(by: Operator): AuditActor {
  return by === commandLine ? { kind: 'cli' } : { kind: 'operator', id: by.name };
}

function readRole(role: string): Role {
  const known = roles.find((one) => one === role);
  if (known === undefined)
    throw new InvalidRequest(`'role' is invalid: expected one of ${roles.join(', ')}`, { field: 'role' });
  return known;
}
