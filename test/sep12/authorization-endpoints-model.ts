/**
 * Who may touch what beyond the customer itself, as the rulings 5, 6, 8, 10 and 24 have it: callbacks, codes, files and transactions.
 * Small rules on top of {@link expected}, written from the rulings and not from the code.
 */
import {
  accounts,
  type Customer,
  type Expected,
  expected,
  type IsRegistered,
  ids,
  memos,
  type Naming,
  registered,
  type Subject,
  subjects,
} from './authorization-model.ts';

/** A file of the world: one that waits for a field, one that a customer's data refers to, or none. */
export type NamedFile = { readonly sender: Customer } | ReferredFile | 'never';

/** A file that a customer's data refers to. */
export interface ReferredFile {
  readonly sender: Customer;
  readonly customer: Customer;
}

/** A transaction of the world, which tells of its customer by id or by account and memo, or none. */
export type NamedTransaction = { readonly customer: Customer; readonly by: 'id' | 'memo' } | 'never';

/** One way to ask for files, or none. */
export interface FileQuery {
  readonly file?: NamedFile;
  readonly customer?: Customer | 'never';
}

/** Every account or none, with every memo or none, with every id or none. */
export const everyTriple: readonly Naming[] = [undefined, ...accounts].flatMap((account) =>
  [undefined, ...memos].flatMap((memo) =>
    [undefined, ...ids].map((id) => ({ ...(account && { account }), ...(memo && { memo }), ...(id && { id }) })),
  ),
);

/** All who can sign in and send a file: whoever asks, and whoever is registered and has a token of its own. */
export const senders: readonly Customer[] = [...subjects.flatMap(identityOf), ...registered.filter(canSignIn)].filter(
  (one, index, all) => all.findIndex((other) => isSame(one, other)) === index,
);

/** The files that customers' data refer to, each sent by the customer itself and by its plain account. */
export const referredFiles: readonly ReferredFile[] = registered.flatMap((customer) =>
  senders
    .filter(({ owner, user }) => owner === customer.owner && (user === '' || user === customer.user))
    .map((sender) => ({ sender, customer })),
);

export const files: readonly NamedFile[] = [...senders.map((sender) => ({ sender })), ...referredFiles, 'never'];

/** A transaction of every customer, told of in either way, one of a user whom nobody registered, and none. */
export const transactions: readonly NamedTransaction[] = [
  ...registered.flatMap((customer) => (['id', 'memo'] as const).map((by) => ({ customer, by }))),
  { customer: { owner: 'A', user: 'id:9' }, by: 'memo' },
  'never',
];

/** Ruling 6: a token with a memo reaches exactly that customer, a plain one every customer of its account. */
export function reaches({ owner, user }: Subject, customer: Customer): boolean {
  return customer.owner === owner && (user === undefined || customer.user === user);
}

/** Rulings 5 and 6, and the SEP: as PUT has it, but nobody is registered by it. */
export function expectedOfCallback(subject: Subject, naming: Naming, isRegistered: IsRegistered): Expected {
  const { statuses, target } = expected(subject, naming, 'PUT', isRegistered);
  if (target === undefined) return { statuses };
  return isRegistered(target) ? { statuses: [200], target } : { statuses: [404] };
}

/** The same for a code: the `id` is required, and the code, which nobody awaits, is judged for whoever is reached (ruling 22). */
export function expectedOfVerification(subject: Subject, naming: Naming): Expected {
  const { statuses, target } = expected(subject, naming, 'PUT', () => true);
  if (target === undefined) return { statuses: naming.id === undefined ? [400, ...statuses] : statuses };
  return naming.id === undefined ? { statuses: [400] } : { statuses: [400], target };
}

/** Ruling 24: what waits is its sender's; what is referred to belongs to the customer, for all who reach it. */
export function sees(subject: Subject, file: NamedFile): boolean {
  if (file === 'never') return false;
  return 'customer' in file ? reaches(subject, file.customer) : isSender(subject, file);
}

/** The files that a GET lists, undefined where it is 400. */
export function expectedFiles(subject: Subject, { file, customer }: FileQuery): readonly NamedFile[] | undefined {
  if (file === undefined && customer === undefined) return undefined;
  const isMeant = (one: NamedFile): boolean =>
    (file === undefined || one === file) && (customer === undefined || isOf(one, customer));
  return files.filter((one) => sees(subject, one) && isMeant(one));
}

/** Ruling 24: a file may be referenced by its uploader's subject only, and by one customer. */
export function expectedOfReference(subject: Subject, naming: Naming, file: NamedFile): Expected {
  const { statuses, target } = expected(subject, naming, 'PUT', () => true);
  if (file !== 'never' && !('customer' in file) && isSender(subject, file))
    return { statuses, ...(target && { target }) };
  return { statuses: target === undefined ? [400, ...statuses] : [400] };
}

/** Ruling 10: of another subject it is 404 like none; ruling 6: beside the name of somebody else it contradicts. */
export function expectedOfTransaction(
  subject: Subject,
  naming: Naming,
  transaction: NamedTransaction,
  method: 'GET' | 'PUT',
): Expected {
  const { statuses, target } = expected(subject, naming, method, () => true);
  const refusals = target === undefined ? [...statuses] : [];
  if (transaction === 'never' || !reaches(subject, transaction.customer)) return { statuses: [...refusals, 404] };
  const named = nameOf(subject, naming);
  if (named !== undefined && named !== transaction.customer.user) refusals.push(400);
  return refusals.length > 0 ? { statuses: refusals } : { statuses, target: transaction.customer };
}

/** The same naming with an id that never existed in place of one out of reach: the two must be answered alike (ruling 6). */
export function disguised(subject: Subject, naming: Naming): Naming {
  const { id } = naming;
  return id === undefined || id === 'never' || reaches(subject, id) ? naming : { ...naming, id: 'never' };
}

/** Whether two of the model are one. */
export function isSame(one: Customer, other: Customer): boolean {
  return one.owner === other.owner && one.user === other.user;
}

/** The user whom a request names, by itself or by its token. */
function nameOf({ user }: Subject, { account, memo, id }: Naming): string | undefined {
  if (id !== undefined && id !== 'never') return id.user;
  return user ?? memo?.user ?? account?.user;
}

function isSender({ owner, user = '' }: Subject, { sender }: { readonly sender: Customer }): boolean {
  return sender.owner === owner && sender.user === user;
}

function isOf(file: NamedFile, customer: Customer | 'never'): boolean {
  return file !== 'never' && 'customer' in file && customer !== 'never' && isSame(file.customer, customer);
}

function identityOf({ owner, user = '' }: Subject): Customer[] {
  return owner === undefined ? [] : [{ owner, user }];
}

/** Tokens have memos of type id or none. */
function canSignIn({ user }: Customer): boolean {
  return user === '' || user.startsWith('id:');
}
