import type { Claim, Proposal } from '../../store/review-store.ts';
import { type CustomerExport, exportCustomer, readExportReason } from '../export-customer.ts';
import type { Program } from '../program.ts';
import { builtInReasonCodes } from '../reasons.ts';
import { findByName, link, unlink, type WrittenIdentity } from './accounts.ts';
import type { Act } from './act.ts';
import { type ReasonChoice, reasonChoices } from './act-reasons.ts';
import { type AuditPage, type AuditRequest, auditOf } from './audit-of.ts';
import { Census, type Overview } from './census.ts';
import { claim, release } from './claims.ts';
import { type Decided, decide } from './decide.ts';
import { hold, listRetained, proposeLift, type ShownRetained } from './legal-hold.ts';
import { merge } from './merge.ts';
import { addNote } from './notes.ts';
import { type Operator, requireRole } from './operator.ts';
import { getRecord, type ReviewParts } from './parts.ts';
import { listQueue, type QueuePage, type QueueRequest } from './queue.ts';
import { ActBody, type OtherAct, otherActs, readAct, typeOf } from './read-order.ts';
import { type SearchResult, searchCustomers, searchFields } from './search.ts';
import { approve, listProposals, withdraw } from './settle.ts';
import { type ShownCustomer, showCustomer } from './show-customer.ts';
import { type ShownFile, showFile } from './show-file.ts';
import { readUnmaskReason, type UnmaskedValue, unmask } from './unmask.ts';

/** What an act answers: at least whom it was about, and the version to name next. */
export type Acted = Pick<Decided, 'customerId' | 'version'> & Partial<Decided> & { readonly claim?: Claim };

/** What operators may do, as an API hands it on: the door for whoever knows who is asking. */
export class ReviewDesk {
  readonly #parts: ReviewParts;
  readonly #census: Census;

  constructor(parts: ReviewParts) {
    this.#parts = parts;
    this.#census = new Census(parts);
  }

  /** Those who wait for a person. */
  queue(operator: Operator, request: QueueRequest): Promise<QueuePage> {
    return listQueue(this.#parts, operator, request);
  }

  /** Everything there is about a customer. */
  show(operator: Operator, customerId: string, lang: string): Promise<ShownCustomer> {
    return showCustomer(this.#parts, operator, customerId, lang);
  }

  /** Who did and read what of a customer. */
  audit(operator: Operator, customerId: string, request: AuditRequest): Promise<AuditPage> {
    return auditOf(this.#parts, operator, customerId, request);
  }

  /** Does what a body of JSON says. @throws KycError when it cannot be read, or done */
  async act(operator: Operator, customerId: string, json: unknown): Promise<Acted> {
    const body = new ActBody(json);
    const { act } = body;
    const other = otherActs.find((name) => name === act);
    const acted = await (other === undefined
      ? this.#decide(operator, customerId, act as Exclude<typeof act, OtherAct>, body)
      : this.#actOtherwise(operator, customerId, other, body));
    this.#parts.poke?.();
    return acted;
  }

  #decide(operator: Operator, customerId: string, name: Act['act'], body: ActBody): Promise<Decided> {
    const decision = readAct(body, name, this.#parts.program);
    return decide(this.#parts, {
      operator,
      customerId,
      version: body.version(),
      act: decision,
      note: body.optionalText('note'),
      isPreview: body.flag('preview'),
      lang: body.optionalText('lang') ?? 'en',
    });
  }

  /** A file of a customer's, for somebody to look at; written down first. Viewers see none. */
  file(operator: Operator, customerId: string, field: string): Promise<ShownFile> {
    return showFile(this.#parts, operator, customerId, field);
  }

  /** One value in full, as a body of JSON says, for somebody who sees it masked; written down first. */
  async unmask(operator: Operator, customerId: string, json: unknown): Promise<UnmaskedValue> {
    const body = new ActBody(json);
    body.requireKnown('field', 'reason');
    const [field, reason] = [body.text('field'), readUnmaskReason(body.text('reason'))];
    return unmask(this.#parts, operator, customerId, { field, reason });
  }

  /** How many customers stand where, and how long those wait who wait for a person. Nothing in it is personal. */
  async overview(operator: Operator): Promise<Overview> {
    requireRole(operator, 'viewer');
    return this.#census.look();
  }

  /** What customers are asked for, as the program says. */
  program(operator: Operator): Program {
    requireRole(operator, 'viewer');
    return this.#parts.program;
  }

  /** The customer of that id, or of that account and memo. @throws CustomerNotFound */
  async find(operator: Operator, written: { readonly id: string } | WrittenIdentity): Promise<string> {
    requireRole(operator, 'viewer');
    return findByName(this.#parts, written);
  }

  /** Customers by a value of theirs, as a body of JSON says. */
  async search(operator: Operator, json: unknown): Promise<SearchResult> {
    const body = new ActBody(json);
    body.requireKnown('field', 'value', 'birthDate');
    const [field, value] = [body.text('field'), body.text('value')];
    return searchCustomers(this.#parts, operator, { field, value, birthDate: body.optionalText('birthDate') });
  }

  /** The fields by which one can look for customers that the program asks for. */
  searchFields(operator: Operator): readonly string[] {
    return searchFields(this.#parts, operator);
  }

  /** What waits for a second operator. */
  async proposals(operator: Operator): Promise<readonly Proposal[]> {
    requireRole(operator, 'viewer');
    return listProposals(this.#parts);
  }

  /** Approves of a proposal or withdraws it, as a body of JSON says. */
  async settle(operator: Operator, proposalId: string, json: unknown): Promise<Partial<Decided>> {
    const body = new ActBody(json);
    body.requireKnown('approve', 'lang');
    if (!body.flag('approve')) {
      await withdraw(this.#parts, operator, proposalId);
      return {};
    }
    const decided = await approve(this.#parts, operator, proposalId, body.optionalText('lang') ?? 'en');
    this.#parts.poke?.();
    return decided;
  }

  /** Erased customers whose data must be kept, the next to be destroyed first. */
  retained(operator: Operator, after?: string): Promise<{ items: readonly ShownRetained[]; next: string | undefined }> {
    return listRetained(this.#parts, operator, after);
  }

  /** Everything that is held on a customer, but for the bytes of files, as a body of JSON says why. */
  async export(operator: Operator, customerId: string, json: unknown): Promise<CustomerExport> {
    requireRole(operator, 'admin');
    const body = new ActBody(json);
    body.requireKnown('reason', 'reference', 'forSubject');
    const order = {
      customerId,
      isForSubject: body.flag('forSubject'),
      ...readExportReason((name) => body.optionalText(name)),
    };
    return (await exportCustomer(this.#parts, { ...order, by: { kind: 'operator', id: operator.name } })).export;
  }

  /** The reasons that may be given. */
  reasons(operator: Operator): readonly ReasonChoice[] {
    requireRole(operator, 'viewer');
    return reasonChoices(this.#parts.program);
  }

  /** The reasons for which somebody may wait. */
  queueReasons(operator: Operator): readonly string[] {
    requireRole(operator, 'viewer');
    return [...new Set([...builtInReasonCodes, ...this.#parts.program.review.reasons.keys()])];
  }

  async #actOtherwise(operator: Operator, customerId: string, act: OtherAct, body: ActBody): Promise<Acted> {
    const claiming = (): { operator: Operator; customerId: string; type: string } => {
      body.requireKnown('act', 'type');
      return { operator, customerId, type: typeOf(body, this.#parts.program) };
    };
    const context = (): { operator: Operator; customerId: string; version: number } => {
      return { operator, customerId, version: body.version() };
    };
    switch (act) {
      case 'claim': {
        const held = await claim(this.#parts, claiming());
        return { ...(await this.#now(customerId)), claim: held };
      }
      case 'release':
        await release(this.#parts, claiming());
        break;
      case 'note':
        body.requireKnown('act', 'version', 'note');
        await addNote(this.#parts, context(), body.text('note'));
        break;
      case 'merge': {
        body.requireKnown('act', 'version', 'into', 'intoVersion');
        const into = { customerId: body.text('into'), version: body.version('intoVersion') };
        return merge(this.#parts, { ...context(), into });
      }
      case 'link':
      case 'unlink': {
        body.requireKnown('act', 'version', 'account', 'memo', 'memoType');
        const memo = { memo: body.optionalText('memo'), memoType: body.optionalText('memoType') };
        await (act === 'link' ? link : unlink)(this.#parts, context(), { account: body.text('account'), ...memo });
        break;
      }
      case 'hold':
        body.requireKnown('act', 'version', 'reason');
        return hold(this.#parts, context(), body.text('reason'));
      case 'lift-hold':
        body.requireKnown('act', 'version');
        return proposeLift(this.#parts, context());
    }
    return this.#now(customerId);
  }

  async #now(id: string): Promise<Acted> {
    const { id: customerId, version } = await getRecord(this.#parts, id);
    return { customerId, version };
  }
}
