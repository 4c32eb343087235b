import { invalidField } from '../errors.ts';
import { customerReply } from '../sep12/customer-reply.ts';
import type { CustomerAnswer } from '../sep12/integration.ts';
import { readJson } from './json-body.ts';
import type { OperatorEndpoint } from './openapi/about-operators.ts';
import { type OperatorAct, operatorRoute } from './operator-route.ts';
import type { TokenHolder } from './operator-tokens.ts';
import type { Route } from './route.ts';

/** A part of the queue, as the query asks for it. */
export interface AskedQueue {
  readonly state?: string | undefined;
  readonly type?: string | undefined;
  readonly risk?: string | undefined;
  readonly reason?: string | undefined;
  readonly isLate?: boolean | undefined;
  readonly olderThanHours?: number | undefined;
  readonly claimedBy?: string | undefined;
  readonly isEscalated?: boolean | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** A page of lines, as the query asks for it. */
export interface AskedPage {
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/** What a customer's wallet is answered about one type. */
interface Told {
  readonly answer: CustomerAnswer;
}

/** Whoever does what operators ask for, and judges whether they may. */
export interface Desk<Who> {
  queue(who: Who, asked: AskedQueue): Promise<object>;
  show(who: Who, customerId: string, lang: string): Promise<object & { readonly standings: readonly Told[] }>;
  audit(who: Who, customerId: string, page: AskedPage): Promise<object>;
  unmask(who: Who, customerId: string, body: unknown): Promise<object>;
  act(who: Who, customerId: string, body: unknown): Promise<object & { readonly standings?: readonly Told[] }>;
  search(who: Who, body: unknown): Promise<object>;
  proposals(who: Who): Promise<readonly object[]>;
  settle(who: Who, proposalId: string, body: unknown): Promise<object & { readonly standings?: readonly Told[] }>;
  reasons(who: Who): readonly object[];
  retained(who: Who, after?: string): Promise<object>;
  export(who: Who, customerId: string, body: unknown): Promise<object>;
}

/** The endpoints by which operators decide. */
export function operatorRoutes<Who extends TokenHolder>(
  desk: Desk<NoInfer<Who>>,
  operators: readonly Who[],
): readonly Route[] {
  const route = (endpoint: OperatorEndpoint, act: OperatorAct<Who>): Route => operatorRoute(operators, endpoint, act);
  return [
    route('GET /operator/queue', async (call, who) => desk.queue(who, askedQueue(call.query()))),
    route('GET /operator/customers/:id', async (call, who) =>
      rendered(await desk.show(who, call.account ?? '', call.query().get('lang') ?? 'en')),
    ),
    route('POST /operator/customers/:id', async (call, who) =>
      rendered(await desk.act(who, call.account ?? '', await readJson(call.request))),
    ),
    route('POST /operator/values/:id', async (call, who) =>
      desk.unmask(who, call.account ?? '', await readJson(call.request)),
    ),
    route('GET /operator/audit/:id', async (call, who) => {
      const query = call.query();
      const page = { after: countOf(query, 'after', maxLineId), limit: countOf(query, 'limit') };
      return desk.audit(who, call.account ?? '', page);
    }),
    route('POST /operator/search', async (call, who) => desk.search(who, await readJson(call.request))),
    route('GET /operator/proposals', async (_, who) => ({ proposals: (await desk.proposals(who)).map(withAct) })),
    route('POST /operator/proposals/:id', async (call, who) =>
      rendered(await desk.settle(who, call.account ?? '', await readJson(call.request))),
    ),
    route('GET /operator/retained', async (call, who) => desk.retained(who, call.query().get('after'))),
    route('POST /operator/exports/:id', async (call, who) =>
      desk.export(who, call.account ?? '', await readJson(call.request)),
    ),
    route('GET /operator/reasons', async (_, who) => ({ reasons: desk.reasons(who) })),
  ];
}

/** With what the wallet is answered in the words of the SEP, by the one renderer of them. */
function rendered<T extends { readonly standings?: readonly Told[] }>(reply: T): object {
  const { standings, ...rest } = reply;
  const told = standings?.map(({ answer, ...standing }) => ({ ...standing, answer: customerReply(answer) }));
  return { ...rest, ...proposalsOf(rest), ...(told && { standings: told }) };
}

function proposalsOf(reply: object): object {
  return 'proposals' in reply && Array.isArray(reply.proposals) ? { proposals: reply.proposals.map(withAct) } : {};
}

function withAct(proposal: object): object {
  return 'act' in proposal && typeof proposal.act === 'string'
    ? { ...proposal, act: JSON.parse(proposal.act) as unknown }
    : proposal;
}

function askedQueue(query: ReadonlyMap<string, string>): AskedQueue {
  return {
    state: query.get('state'),
    type: query.get('type'),
    risk: query.get('risk'),
    reason: query.get('reason'),
    claimedBy: query.get('claimedBy'),
    after: query.get('after'),
    isLate: flagOf(query, 'late'),
    olderThanHours: countOf(query, 'olderThan'),
    isEscalated: flagOf(query, 'escalated'),
    limit: countOf(query, 'limit'),
  };
}

function flagOf(query: ReadonlyMap<string, string>, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw invalidField(name, 'expected true or false');
  return text === 'true';
}

/** Ids of lines only grow; as many as this there will never be. */
const maxLineId = 1e15;

function countOf(query: ReadonlyMap<string, string>, name: string, max = 9999): number | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,15}$/.test(text) || Number(text) > max) throw invalidField(name, 'expected a whole number from 1');
  return Number(text);
}
