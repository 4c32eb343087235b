/**
 * Who may touch whom, written from the rulings 1–6 and 8 and not from the code: a small world of customers, every kind of
 * subject, every way to name a customer, and what the rulings say of each combination.
 */

/** An account of the world: two plain ones and a contract. */
export type Owner = 'A' | 'B' | 'C';

/** A user of an account by memo (`id:7`), `''` for the account itself. */
export type User = string;

/** A customer of the world. */
export interface Customer {
  readonly owner: Owner;
  readonly user: User;
}

/** One who asks. Whoever has no good token is nobody. */
export interface Subject {
  readonly title: string;
  readonly owner?: Owner;
  readonly user?: User;
  readonly spelling?: 'muxed';
}

/** An `account` parameter. Owner and user are what it means; without an owner it is no address. */
export interface NamedAccount {
  readonly title: string;
  readonly owner?: Owner;
  readonly user?: User;
}

/** The memo parameters; without a user they mean none. */
export interface NamedMemo {
  readonly memo?: string;
  readonly memoType?: string;
  readonly user?: User;
}

/** One way to name a customer, or none. */
export interface Naming {
  readonly account?: NamedAccount;
  readonly memo?: NamedMemo;
  readonly id?: Customer | 'never';
}

export type Method = 'GET' | 'PUT' | 'DELETE';

/** Every status that a ruling allows, and whom the request is about when it succeeds. */
export interface Expected {
  readonly statuses: readonly number[];
  readonly target?: Customer;
}

/** Who is registered at the start. */
export const registered: readonly Customer[] = [
  { owner: 'A', user: '' },
  { owner: 'A', user: 'id:7' },
  { owner: 'A', user: 'id:8' },
  { owner: 'A', user: 'text:7' },
  { owner: 'B', user: '' },
  { owner: 'B', user: 'id:7' },
  { owner: 'C', user: '' },
];

export const subjects: readonly Subject[] = [
  { title: 'a plain G… account', owner: 'A' },
  { title: 'a G… account with memo 7', owner: 'A', user: 'id:7' },
  { title: 'the M… account of user 7', owner: 'A', user: 'id:7', spelling: 'muxed' },
  { title: 'a user nobody registered', owner: 'A', user: 'id:9' },
  { title: 'a C… account', owner: 'C' },
  { title: 'another G… account', owner: 'B' },
];

export const accounts: readonly NamedAccount[] = [
  { title: 'A', owner: 'A' },
  { title: 'A as M… of user 7', owner: 'A', user: 'id:7' },
  { title: 'A as M… of user 8', owner: 'A', user: 'id:8' },
  { title: 'B', owner: 'B' },
  { title: 'B as M… of user 7', owner: 'B', user: 'id:7' },
  { title: 'C', owner: 'C' },
  { title: 'malformed' },
];

const hash = Buffer.alloc(32, 0xfb).toString('base64');
const uint64Max = '18446744073709551615';

export const memos: readonly NamedMemo[] = [
  { memo: '7', user: 'id:7' },
  { memo: '8', user: 'id:8' },
  { memo: '9', user: 'id:9' },
  { memo: '0', user: 'id:0' },
  { memo: uint64Max, user: `id:${uint64Max}` },
  { memo: '7', memoType: 'id', user: 'id:7' },
  { memo: '7', memoType: 'text', user: 'text:7' },
  { memo: '007', memoType: 'text', user: 'text:007' },
  { memo: hash, memoType: 'hash', user: `hash:${hash}` },
  { memo: '7', memoType: 'hash' },
  { memo: '7', memoType: 'bogus' },
  { memo: 'x'.repeat(29), memoType: 'text' },
  { memo: hash },
  { memo: '007' },
  { memo: '+7' },
  { memo: ' 7' },
  { memo: '-1' },
  { memo: '7.0' },
  { memo: '18446744073709551616' },
  { memoType: 'id' },
  { memoType: 'bogus' },
];

export const ids: readonly (Customer | 'never')[] = [...registered, 'never'];

/** Nothing, each account, memo and id, and every two of them together. */
export const everyNaming: readonly Naming[] = [
  {},
  ...accounts.map((account) => ({ account })),
  ...memos.map((memo) => ({ memo })),
  ...ids.map((id) => ({ id })),
  ...accounts.flatMap((account) => memos.map((memo) => ({ account, memo }))),
  ...accounts.flatMap((account) => ids.map((id) => ({ account, id }))),
  ...memos.flatMap((memo) => ids.map((id) => ({ memo, id }))),
];

/**
 * What the rulings say. Where several of them refuse, any of their statuses is right.
 * DELETE has its account in the path and no id.
 */
export function expected(subject: Subject, naming: Naming, method: Method, isRegistered: IsRegistered): Expected {
  const { owner } = subject;
  if (owner === undefined) return { statuses: [401] };
  const foreign = method === 'DELETE' ? 404 : 403;
  const target = reached(subject, naming);
  const refusals = [
    ...(naming.account !== undefined && naming.account.owner !== owner ? [foreign] : []),
    ...memoRefusals(subject, naming, foreign),
    ...(method === 'DELETE' ? [] : idRefusals(subject, naming)),
    ...(method === 'DELETE' && !isRegistered(target) ? [404] : []),
  ];
  if (refusals.length > 0) return { statuses: refusals };
  return { statuses: [method === 'PUT' ? 202 : 200], target };
}

/** Whether somebody is registered right now. */
export type IsRegistered = (customer: Customer) => boolean;

/** Ruling 6: whoever the id means, else (rulings 2, 3, 5) whom memo and account mean. */
function reached({ owner = 'A', user }: Subject, { account, memo, id }: Naming): Customer {
  if (id !== undefined && id !== 'never') return id;
  return { owner, user: user ?? memo?.user ?? account?.user ?? '' };
}

function memoRefusals({ owner, user }: Subject, naming: Naming, foreign: number): number[] {
  if (owner === 'C') return contractRefusals(naming);
  return user === undefined ? plainRefusals(naming) : userRefusals(user, naming, foreign);
}

/** Ruling 4. */
function contractRefusals({ memo }: Naming): number[] {
  return memo === undefined ? [] : [400];
}

/** Ruling 2: the memo must be equal to the token's, memo_type is ignored; ruling 5 the same for an M… spelling. */
function userRefusals(user: User, { account, memo }: Naming, foreign: number): number[] {
  const memoDiffers = memo?.memo !== undefined && `id:${memo.memo}` !== user;
  const muxedDiffers = account?.user !== undefined && account.user !== user;
  return memoDiffers || muxedDiffers ? [foreign] : [];
}

/** Ruling 3: any memo that fits its type; what contradicts itself is 400. */
function plainRefusals({ account, memo }: Naming): number[] {
  if (memo === undefined) return [];
  const contradicts = account?.user !== undefined && account.user !== memo.user;
  return memo.user === undefined || contradicts ? [400] : [];
}

/** Ruling 6: out of reach is 404, and within reach a memo of somebody else is a contradiction. */
function idRefusals({ owner, user }: Subject, { account, memo, id }: Naming): number[] {
  if (id === undefined) return [];
  const outOfReach = id === 'never' || id.owner !== owner || (user !== undefined && id.user !== user);
  if (outOfReach) return [404];
  const named = user ?? memo?.user ?? account?.user;
  return named !== undefined && named !== id.user ? [400] : [];
}

/** A cell of the table in words. */
export function describe({ account, memo, id }: Naming): string {
  const of = id === undefined || id === 'never' ? id : `${id.owner}/${id.user}`;
  return JSON.stringify({ account: account?.title, ...memo, user: undefined, id: of });
}
