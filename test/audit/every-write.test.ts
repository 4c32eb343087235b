import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditAction } from '../../src/store/audit-store.ts';
import type { Upload } from '../../src/store/file-store.ts';
import type { Identity } from '../../src/store/identity.ts';
import type { Consequences } from '../../src/store/standing-store.ts';
import type { NewCustomer, Store } from '../../src/store/store.ts';
import { noConsequences } from '../store/consequences.ts';
import { engines } from '../support/engines.ts';
import { randomAccount } from '../support/test-anchor.ts';

/** How a method is shown to leave lines; or why it leaves none. */
type Proof = { readonly run: (store: Store) => Promise<unknown>; readonly lines: readonly AuditAction[] } | string;

const reads = 'it reads sealed or impersonal rows: whoever opens what is sealed writes the line';
const work = 'it holds or lets go of work; no personal data, and what comes of it has its line';
const telling = 'what is told and how it went is the delivery log';
const trail = 'it is the trail';
const signIn = 'signing in: a hash, or an account on its own';
const counts = 'how many there are, and of nobody in particular';
const staff = 'who operates, and how they sign in: what came of it has its line';
const cli = { kind: 'cli' } as const;
const entry = { index: 'identity', digest: Buffer.from('digest') };
const sealed = (field: string) => ({ field, sealed: Buffer.from(`sealed ${field}`) });
const act = { act: 'accept', type: 'person', operator: 'ada' } as const;
let made = 0;

function newCustomer(): NewCustomer {
  return {
    id: `customer-${made++}`,
    identity: { account: randomAccount() },
    wrappedKey: { kekId: 'a', bytes: Buffer.from('key') },
    set: [sealed('email_address')],
    withdraw: [],
    files: [],
    consequences: noConsequences,
  };
}

async function created(store: Store): Promise<NewCustomer> {
  const customer = newCustomer();
  await store.createCustomer(customer);
  return customer;
}

function update(
  store: Store,
  id: string,
  change: Partial<Consequences>,
  set: NewCustomer['set'] = [],
): Promise<unknown> {
  const consequences = { ...noConsequences, ...change };
  return store.updateCustomer({ id, version: 1, set, withdraw: [], files: [], consequences });
}

const move = {
  ...{ type: 'person', transactionId: '', from: undefined, to: 'accepted', isVisible: true, status: 'ACCEPTED' },
  ...{ cause: 'operator', who: 'ada', reason: undefined },
};

function upload(owner: Identity, expiresAt = new Date(Date.now() + 60_000)): Upload {
  const id = (made++).toString(16).padStart(32, '0');
  const key = { wrappedKey: { kekId: 'a', bytes: Buffer.from('key') }, sealed: Buffer.from('reference') };
  return { id, owner, ...key, contentType: 'image/png', sizeBytes: 7, expiresAt };
}

const quota = { count: 20, bytes: 1000 };
const soon = (): Date => new Date(Date.now() + 60_000);
const subject = (customerId: string) => ({ customerId, field: 'email_address', rev: 1 });

async function claimed(store: Store): ReturnType<Store['codes']['claimCodes']> {
  const { id } = await created(store);
  await store.codes.requestCode(subject(id), new Date());
  return store.codes
    .claimCodes(new Date(), soon(), 1000)
    .then((claims) => claims.filter((one) => one.customerId === id));
}

async function armed(store: Store): Promise<string> {
  for (const claim of await claimed(store)) {
    await store.codes.armCode(claim, { id: 'code', hash: Buffer.from('hash'), expiresAt: soon() }, [], new Date());
    return claim.customerId;
  }
  throw new Error('nothing was claimed');
}

/** Every method of the port, by name. What comes before the proof proper is in `lines`, too. */
const proofs: Readonly<Record<string, Proof>> = {
  createCustomer: { run: created, lines: ['customer.created', 'values.written'] },
  updateCustomer: {
    lines: [
      ...(['customer.created', 'values.written', 'consent.given', 'values.written'] as const),
      ...(['check.finished', 'status.moved', 'review.decided'] as const),
    ],
    async run(store) {
      const { id } = await created(store);
      const finished = { check: 'c', inputs: 'a:1', round: 1, outcome: 'pass' };
      const change = { cause: { kind: 'operator', who: 'ada' }, opened: ['email_address'], moves: [move], finished };
      const consent = { version: '1', lang: 'en' };
      await update(store, id, { ...change, consent, review: { act } }, [sealed('first_name')]);
    },
  },
  deleteCustomer: {
    lines: ['customer.created', 'values.written', 'customer.erased'],
    run: async (store) => store.deleteCustomer((await created(store)).id),
  },
  findCustomer: reads,
  findCustomerById: reads,
  findCustomerOfAccount: reads,
  listValues: reads,
  findLiveFiles: reads,
  useChallenge: signIn,
  fixAccountUse: signIn,
  ping: reads,
  close: trail,
  'callbacks.setCallback': {
    lines: ['customer.created', 'values.written', 'callback.set'],
    async run(store) {
      const { id: customerId, identity } = await created(store);
      const by = { ...identity, knownAs: customerId };
      const callback = { id: `callback of ${customerId}`, customerId, by };
      return store.callbacks.setCallback({ ...callback, sealedUrl: Buffer.from('url'), target: 'wallet.example' });
    },
  },
  'callbacks.findCallback': reads,
  'callbacks.listCallbacks': reads,
  'codes.requestCode': {
    lines: ['customer.created', 'values.written', 'code.asked'],
    run: async (store) => store.codes.requestCode(subject((await created(store)).id), new Date()),
  },
  'codes.claimCodes': work,
  'codes.armCode': { lines: ['customer.created', 'values.written', 'code.asked', 'code.sent'], run: armed },
  'codes.noteSent': 'that it was about to be sent was written down before',
  'codes.noteFailed': {
    lines: ['customer.created', 'values.written', 'code.asked', 'code.failed'],
    run: async (store) => Promise.all((await claimed(store)).map((claim) => store.codes.noteFailed(claim, 'fault'))),
  },
  'codes.takeTry': {
    lines: ['customer.created', 'values.written', 'code.asked', 'code.sent', 'code.tried'],
    run: async (store) => store.codes.takeTry(subject(await armed(store)), new Date()),
  },
  'codes.consumeCode': {
    lines: ['customer.created', 'values.written', 'code.asked', 'code.sent', 'code.confirmed'],
    run: async (store) => store.codes.consumeCode(subject(await armed(store)), 'code'),
  },
  'codes.nextSendAt': work,
  'codes.findCode': reads,
  'accounts.listIdentities': reads,
  'accounts.findMerged': reads,
  'accounts.link': {
    lines: ['customer.created', 'values.written', 'account.linked'],
    async run(store) {
      const { id } = await created(store);
      const change = { customerId: id, version: 1, identity: { account: randomAccount() }, entry };
      return store.accounts.link({ ...change, act: { act: 'link', operator: 'ada' } });
    },
  },
  'accounts.unlink': {
    lines: ['customer.created', 'values.written', 'account.linked', 'account.unlinked'],
    async run(store) {
      const { id, identity } = await created(store);
      const added = { customerId: id, version: 1, identity: { account: randomAccount() }, entry };
      await store.accounts.link({ ...added, act: { act: 'link', operator: 'ada' } });
      return store.accounts.unlink({ ...added, version: 2, identity, act: { act: 'unlink', operator: 'ada' } });
    },
  },
  'accounts.merge': {
    lines: [
      'customer.created',
      'values.written',
      'customer.created',
      'values.written',
      'customer.merged',
      'customer.merged',
    ],
    async run(store) {
      const [from, into] = [await created(store), await created(store)];
      const review = { act: { act: 'merge', operator: 'ada' } };
      const consequences = { ...noConsequences, cause: { kind: 'merge', who: 'ada' }, review };
      return store.accounts.merge({
        from: { id: from.id, version: 1 },
        into: { id: into.id, version: 1, set: [], withdraw: [], files: [], consequences },
        files: [],
        evidence: [],
        notes: [],
        callbacks: [],
      });
    },
  },
  'reviews.listQueue': reads,
  'reviews.claim': {
    lines: ['customer.created', 'values.written', 'review.claimed'],
    async run(store) {
      const claim = { type: 'person', operator: 'ada', until: soon() };
      return store.reviews.claim((await created(store)).id, claim, new Date());
    },
  },
  'reviews.release': {
    lines: ['customer.created', 'values.written', 'review.claimed', 'review.released'],
    async run(store) {
      const { id } = await created(store);
      await store.reviews.claim(id, { type: 'person', operator: 'ada', until: soon() }, new Date());
      return store.reviews.release(id, 'person', 'ada');
    },
  },
  'reviews.findFile': reads,
  'reviews.addNote': {
    lines: ['customer.created', 'values.written', 'review.noted'],
    async run(store) {
      const note = { id: `note-${made++}`, operator: 'ada', sealed: Buffer.from('note') };
      return store.reviews.addNote((await created(store)).id, 1, note);
    },
  },
  'reviews.propose': { lines: ['customer.created', 'values.written', 'review.proposed'], run: proposed },
  'reviews.findProposal': reads,
  'reviews.listProposals': reads,
  'reviews.withdraw': {
    lines: ['customer.created', 'values.written', 'review.proposed', 'review.withdrawn'],
    run: async (store) => store.reviews.withdraw(await proposed(store), 'ada'),
  },
  'search.find': 'keyed hashes: whoever looks for somebody writes the line',
  'search.begin': work,
  'search.nextToIndex': work,
  'search.renew': {
    lines: ['customer.created', 'values.written', 'values.read'],
    async run(store) {
      const { id } = await created(store);
      const renewed = { customerId: id, version: 1, entries: [], opened: ['email_address'] };
      assert.ok(await store.search.renew(renewed));
    },
  },
  'standings.findDue': reads,
  'standings.findOutdated': reads,
  'standings.countOutdated': reads,
  'standings.listMoves': reads,
  'standings.listEvidence': reads,
  'standings.findSame': 'keyed hashes of one customer that is being looked at, whose line there is',
  'keys.listKeyChecks': reads,
  'keys.addKeyCheck': 'a sealed constant',
  'keys.findIndexKey': reads,
  'keys.addIndexKey': 'a key, wrapped',
  'keys.listKeyUses': reads,
  'keys.listWrapped': reads,
  'keys.replaceWrapped': {
    lines: ['customer.created', 'values.written', 'keys.rotated'],
    async run(store) {
      const { id, wrappedKey: from } = await created(store);
      return store.keys.replaceWrapped('customers', [{ id, from, to: { kekId: 'b', bytes: Buffer.from('other') } }]);
    },
  },
  'keys.retireKey': { lines: ['keys.retired'], run: (store) => store.keys.retireKey('old', new Date()) },
  'keys.reinstateKey': { lines: ['keys.reinstated'], run: (store) => store.keys.reinstateKey('old') },
  'runs.claimRuns': work,
  'runs.retryRun': work,
  'runs.dropRun': work,
  'runs.wakeRun': work,
  'runs.nextRunAt': work,
  'outbox.fanOut': telling,
  'outbox.listReady': telling,
  'outbox.claim': telling,
  'outbox.settle': telling,
  'outbox.retarget': telling,
  'outbox.forget': telling,
  'outbox.onCommit': telling,
  'deliveries.list': telling,
  'deliveries.find': telling,
  'deliveries.redeliver': telling,
  'deliveries.listTargets': telling,
  'deliveries.switchOn': telling,
  'deliveries.backlog': telling,
  'files.addUpload': {
    lines: ['file.sent'],
    run: (store) => store.files.addUpload(upload(newCustomer().identity), quota),
  },
  'files.findUpload': reads,
  'files.removeUploads': {
    lines: ['file.sent', 'file.removed'],
    async run(store) {
      const { identity } = newCustomer();
      await store.files.addUpload(upload(identity), quota);
      return store.files.removeUploads(identity);
    },
  },
  'files.removeExpired': {
    lines: ['file.sent', 'file.removed'],
    async run(store) {
      await store.files.addUpload(upload(newCustomer().identity, new Date(0)), quota);
      return store.files.removeExpired();
    },
  },
  'files.findFile': reads,
  'files.listFiles': reads,
  'census.countSlice': counts,
  'census.countWaiting': counts,
  isUsedChallenge: signIn,
  'operators.list': staff,
  'operators.find': staff,
  'operators.findByName': staff,
  'operators.findBySubject': staff,
  'operators.findInvited': staff,
  'operators.invite': { lines: ['operator.invited'], run: invited },
  'operators.inviteAgain': {
    lines: ['operator.invited', 'operator.invited'],
    run: async (store) => store.operators.inviteAgain((await invited(store)).id, link(), cli),
  },
  'operators.accept': { lines: ['operator.invited', 'operator.signed-up'], run: signedUp },
  'signIns.openSession': {
    lines: ['operator.invited', 'operator.signed-up', 'operator.signed-in'],
    run: async (store) => session(store, (await signedUp(store)).id),
  },
  'signIns.closeSession': {
    lines: ['operator.invited', 'operator.signed-up', 'operator.signed-in', 'operator.signed-out'],
    run: async (store) => store.signIns.closeSession(await session(store, (await signedUp(store)).id)),
  },
  'signIns.endSessions': {
    lines: ['operator.invited', 'operator.signed-up', 'operator.signed-in', 'operator.signed-out'],
    async run(store) {
      const { id } = await signedUp(store);
      await session(store, id);
      return store.signIns.endSessions(id, { exceptHash: '' });
    },
  },
  'signIns.noteRefusal': {
    lines: ['operator.refused', 'operator.refused', 'operator.locked-out'],
    async run(store) {
      const refusal = { operator: 'ada', by: 'password', bucket: `bucket-${made++}` };
      await store.signIns.countAttempt(refusal.bucket, new Date());
      await store.signIns.noteRefusal(refusal, new Date());
      for (let n = 0; n < 4; n++) await store.signIns.countAttempt(refusal.bucket, new Date());
      return store.signIns.noteRefusal(refusal, new Date());
    },
  },
  'signIns.addPasskey': {
    lines: ['operator.invited', 'operator.signed-up', 'operator.changed'],
    run: async (store) => passkey(store, (await signedUp(store)).id),
  },
  'signIns.removePasskey': {
    lines: ['operator.invited', 'operator.signed-up', 'operator.changed', 'operator.changed'],
    async run(store) {
      const { id } = await signedUp(store);
      return store.signIns.removePasskey(id, await passkey(store, id));
    },
  },
  'operators.setPassword': {
    lines: ['operator.invited', 'operator.signed-up', 'operator.changed'],
    run: async (store) => store.operators.setPassword((await signedUp(store)).id, 'q'),
  },
  'operators.change': {
    lines: ['operator.invited', 'operator.signed-up', 'operator.changed'],
    run: async (store) => store.operators.change((await signedUp(store)).id, { role: 'lead' }, cli),
  },
  ...Object.fromEntries(
    [
      ...['countAttempt', 'findPasskey', 'findSession', 'forgetAttempts', 'forgetSessions', 'listPasskeys'],
      ...['listSessions', 'touchSession', 'usePasskey', 'useTotpStep'],
    ].map((name) => [`signIns.${name}`, staff]),
  ),
  'payments.create': { lines: ['customer.created', 'values.written', 'payment.made'], run: paid },
  'payments.change': {
    lines: ['customer.created', 'values.written', 'payment.made', 'payment.changed', 'payment.received'],
    async run(store) {
      const { id } = await paid(store);
      const seals = { wrappedKey: { kekId: 'a', bytes: Buffer.from('key') }, fields: Buffer.from('sealed fields') };
      const money = { via: 'stellar', reference: 'tx', amount: '1', asset: 'stellar:native', at: new Date() } as const;
      const receipt = { ...money, outcome: 'received' } as const;
      await store.payments.change({ id, version: 1 }, { cause: { kind: 'sender' }, seals, receipt });
    },
  },
  'payments.setCallback': 'where a business is told, and no person',
  'payments.find': reads,
  'payments.findByMemo': reads,
  'payments.findByReference': reads,
  'payments.findSeals': reads,
  'payments.list': reads,
  'payments.listMoves': reads,
  'payments.listReceipts': reads,
  'payments.listOpen': reads,
  'payments.listClosable': reads,
  'payments.listLost': reads,
  'payments.closeParty': work,
  'payments.claim': work,
  'payments.begin': work,
  'payments.renew': work,
  'payments.settle': work,
  'payments.nextDueAt': work,
  'jobs.hold': work,
  'jobs.release': work,
  'observers.hold': work,
  'observers.advance': work,
  'observers.release': work,
  'subjects.readRows': reads,
  'erasures.findTies': reads,
  'erasures.findRetained': reads,
  'erasures.listRetained': reads,
  'erasures.hold': {
    lines: ['customer.created', 'values.written', 'hold.set'],
    run: async (store) => hold(store, (await created(store)).id),
  },
  'erasures.lift': {
    lines: ['customer.created', 'values.written', 'hold.set', 'review.proposed', 'hold.lifted'],
    async run(store) {
      const [{ id: customerId }, id] = [await created(store), `proposal-${made++}`];
      await hold(store, customerId);
      await store.reviews.propose({ id, customerId, version: 2, act: '{"act":"lift-hold"}', operator: 'ada' });
      assert.equal(await store.erasures.lift(customerId, 2, id, { act: 'lift-hold', operator: 'bob' }), 'stored');
    },
  },
  'erasures.findPurgeable': reads,
  'erasures.purge': {
    lines: ['customer.created', 'values.written', 'customer.retained', 'purge.done'],
    async run(store) {
      const { id } = await created(store);
      const [sealedIdentities, deleteAfter] = [Buffer.from('identities'), new Date(0)];
      const retain = { deleteAfter, ground: 'law', sealedIdentities, keepIndexes: false };
      await store.deleteCustomer(id, { retain });
      assert.ok(await store.erasures.purge(id, new Date()));
    },
  },
  'erasures.findTombstones': 'keyed hashes of one customer that is being looked at, whose line there is',
  'erasures.removeTombstones': 'keyed hashes that have ended; they name no customer',
  'erasures.listShreds': work,
  'erasures.forgetShreds': work,
  'erasures.destroyRestored': {
    lines: ['customer.created', 'values.written', 'customer.erased'],
    run: async (store) => store.erasures.destroyRestored([(await created(store)).id]),
  },
  'erasures.findShredStore': reads,
  'erasures.findGone': reads,
  'erasures.fixShredStore': 'a key store, by its name',
  'erasures.nextUnshredded': work,
  'erasures.rewrap': 'a key, wrapped',
  scrub: 'it writes pages of the database, and reads none for anybody',
  'audit.record': trail,
  'audit.recordRepeatable': trail,
  'audit.recordUnmasking': {
    lines: ['customer.created', 'values.written', 'value.unmasked', 'value.refused'],
    async run(store) {
      const { id: customerId } = await created(store);
      const line = { actor: { kind: 'operator', id: `vic-${made++}` }, customerId } as const;
      for (let n = 0; n < 2; n++) await store.audit.recordUnmasking(line, [{ max: 1, withinMs: 60_000 }]);
    },
  },
  'audit.seal': trail,
  'audit.sealAll': trail,
  'audit.listSealed': trail,
  'audit.findUnsealed': trail,
  'audit.findHead': trail,
  'audit.addHead': trail,
  'audit.listHeads': trail,
  'audit.findSignedHead': trail,
  'audit.list': trail,
};

const link = () => ({ tokenHash: `hash-${made++}`, expiresAt: soon() });

async function invited(store: Store): Promise<{ readonly id: string; readonly tokenHash: string }> {
  const [id, invitation] = [`operator-${made++}`, link()];
  assert.ok(await store.operators.invite({ id, name: id, role: 'reviewer' }, invitation, cli));
  return { id, ...invitation };
}

async function signedUp(store: Store): Promise<{ readonly id: string }> {
  const { id, tokenHash } = await invited(store);
  assert.ok(await store.operators.accept(tokenHash, { password: 'p' }, new Date()));
  return { id };
}

async function session(store: Store, operatorId: string): Promise<string> {
  const [hash, now] = [`session-${made++}`, new Date()];
  await store.signIns.openSession(operatorId, hash, { publicId: hash, createdAt: now, seenAt: now, by: 'password' });
  return hash;
}

async function passkey(store: Store, operatorId: string): Promise<string> {
  const [id, createdAt] = [`passkey-${made++}`, new Date()];
  const publicKey = Buffer.from('key');
  assert.ok(await store.signIns.addPasskey({ id, operatorId, publicKey, counter: 0, label: 'x', createdAt }));
  return id;
}

async function paid(store: Store): Promise<{ readonly id: string }> {
  const [{ id: customerId }, id] = [await created(store), `payment-${made++}`];
  const party = { customerId, knownAs: customerId, type: 'person', clearance: 'asks', asks: [] } as const;
  const payment = {
    ...({ protocol: 'sep-31', kind: 'receive', status: 'pending_customer_info_update' } as const),
    ...{ id, owner: { account: randomAccount() }, parties: [{ ...party, role: 'receiver' as const }] },
    ...{ details: {}, stellarAccount: undefined, stellarMemo: undefined, wrappedKey: undefined, fields: undefined },
  };
  const change = { id: customerId, version: 1, set: [], withdraw: [], files: [], consequences: noConsequences };
  assert.equal(await store.payments.create(payment, [change]), 'stored');
  return { id };
}

async function hold(store: Store, id: string): Promise<void> {
  const reason = { operator: 'ada', sealedReason: Buffer.from('why'), act: { act: 'hold', operator: 'ada' } };
  assert.equal(await store.erasures.hold(id, 1, reason), 'stored');
}

async function proposed(store: Store): Promise<string> {
  const id = `proposal-${made++}`;
  const { id: customerId } = await created(store);
  const text = JSON.stringify({ act: 'reject', type: 'person', reason: 'fraud', secret: 'Ada Canary' });
  await store.reviews.propose({ id, customerId, version: 1, act: text, operator: 'ada' });
  return id;
}

/** Of a store and its parts. */
function methodsOf(store: Store): string[] {
  const own = (part: object): string[] =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(part)).filter((name) => name !== 'constructor');
  const parts = Object.entries(store).flatMap(([name, part]) =>
    typeof part === 'function' ? [] : own(part as object).map((method) => `${name}.${method}`),
  );
  return [...own(store), ...parts];
}

for (const { name: engine, open } of engines) {
  test(`[audit.every_write] on ${engine} every method of the store leaves a line, or is named here with the reason why not`, async (t) => {
    await using ground = await open();
    const store = await ground.openStore();
    assert.deepEqual(methodsOf(store).sort(), Object.keys(proofs).sort());
    for (const [name, proof] of Object.entries(proofs)) {
      if (typeof proof !== 'string') await t.test(name, () => assertLines(store, proof));
    }
  });
}

async function assertLines(store: Store, proof: Exclude<Proof, string>): Promise<void> {
  const before = (await store.audit.list({}, 1_000_000)).at(-1)?.id ?? 0;
  await proof.run(store);
  const lines = await store.audit.list({ afterId: before }, 1000);
  assert.deepEqual(lines.map(({ action }) => action).sort(), [...proof.lines].sort());
  for (const line of lines) {
    assert.ok(line.customerId !== undefined || /^(file|keys|operator|payment)\./.test(line.action), line.action);
    assert.doesNotMatch(JSON.stringify(line), /Canary|sealed|G[A-Z2-7]{55}/);
  }
}
