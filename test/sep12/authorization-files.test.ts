import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  disguised,
  expectedFiles,
  expectedOfReference,
  type FileQuery,
  files,
  type NamedFile,
  type ReferredFile,
  reaches,
  referredFiles,
  sees,
  senders,
} from './authorization-endpoints-model.ts';
import { Ground } from './authorization-ground.ts';
import {
  type Customer,
  describe,
  everyNaming,
  ids,
  type Naming,
  type Subject,
  subjects,
} from './authorization-model.ts';
import { keyOf, memoOf } from './authorization-world.ts';
import { upload } from './file-support.ts';
import { blobsOf, programOf, rowsIn } from './support.ts';

const optional = { optional: true };

/** A program that has a field for each way to fill one. */
const program = programOf({
  first_name: optional,
  photo_id_front: optional,
  photo_id_back: optional,
  photo_proof_residence: optional,
});

const missing = `file_${'0'.repeat(32)}`;

/** The model's files on real ground: sent, and referred to where the model says so. */
class Shelf {
  readonly #ground: Ground;
  readonly #ids = new Map<NamedFile, string>([['never', missing]]);

  private constructor(ground: Ground) {
    this.#ground = ground;
  }

  static async fill(ground: Ground): Promise<Shelf> {
    const shelf = new Shelf(ground);
    for (const file of referredFiles) await shelf.#refer(file);
    for (const file of files) if (file !== 'never' && !('customer' in file)) await shelf.restock(file);
    return shelf;
  }

  idOf(file: NamedFile): string {
    return this.#ids.get(file) ?? assert.fail('a file of the model has an id');
  }

  /** Sends a file that waits, the first time or anew. */
  async restock(file: NamedFile): Promise<void> {
    if (file !== 'never') this.#ids.set(file, await this.#send(file.sender));
  }

  /** Sends a file and refers to it, by one field where the plain account does it and by another where the user itself does. */
  async #refer(file: ReferredFile): Promise<void> {
    const { anchor, world } = this.#ground;
    const id = await this.#send(file.sender);
    const body =
      file.sender.user === ''
        ? { ...memoOf(file.customer), photo_id_back_file_id: id }
        : { photo_proof_residence_file_id: id };
    const put = await anchor.json(world.subOf(subjectOf(file.sender)), 'PUT', '/customer', body);
    assert.equal(put.status, 202, `${keyOf(file.customer)} has a file: ${put.body.error}`);
    this.#ids.set(file, id);
  }

  async #send(sender: Customer): Promise<string> {
    return upload(this.#ground.anchor, this.#ground.world.subOf(subjectOf(sender)));
  }
}

function subjectOf({ owner, user }: Customer): Subject {
  return { title: keyOf({ owner, user }), owner, ...(user !== '' && { user }) };
}

function nameOf(file: NamedFile | undefined): string {
  if (file === undefined || file === 'never') return String(file);
  const to = 'customer' in file ? ` referred to by ${keyOf(file.customer)}` : '';
  return `of ${keyOf(file.sender)}${to}`;
}

const queries: readonly FileQuery[] = [undefined, ...files].flatMap((file) =>
  [undefined, ...ids].map((customer) => ({ ...(file && { file }), ...(customer && { customer }) })),
);

for (const subject of subjects) {
  test(`[ruling.24] [sep12.files.get] GET lists whose files it may and nobody else's, asked by every file and customer, by ${subject.title}`, async () => {
    await using ground = await Ground.open({ program });
    const shelf = await Shelf.fill(ground);
    const before = ground.rows();
    const customerIdOf = (file: NamedFile): string | null =>
      file !== 'never' && 'customer' in file ? (ground.idOf(file.customer) ?? null) : null;
    for (const query of queries) {
      const { file, customer } = query;
      const cell = `files by ${nameOf(file)} and ${JSON.stringify(customer)} by ${subject.title}`;
      const params = {
        ...(file && { file_id: shelf.idOf(file) }),
        ...(customer && { customer_id: ground.world.paramsOf({ id: customer })['id'] ?? '' }),
      };
      const answer = await ground.ask(subject, { method: 'GET', path: '/customer/files', params });
      ground.assertUnchanged(cell, before);
      const listed = expectedFiles(subject, query);
      assert.equal(answer.status, listed === undefined ? 400 : 200, cell);
      if (listed === undefined) continue;
      const told: { file_id: string; customer_id: string | null }[] = JSON.parse(answer.text).files;
      const rule = listed.map((one) => [shelf.idOf(one), customerIdOf(one)]);
      assert.deepEqual(told.map(({ file_id, customer_id }) => [file_id, customer_id]).sort(), rule.sort(), cell);
      if (listed.length === 0) ground.assertAlike(cell, 'no files', answer);
    }
  });

  test(`[ruling.24] [ruling.6] [sep12.files.reference] PUT takes its own waiting file alone, of every sender's, for whom it may, named in every way, by ${subject.title}`, async () => {
    await using ground = await Ground.open({ program });
    const shelf = await Shelf.fill(ground);
    for (const [naming, file] of cells()) {
      const cell = `file ${nameOf(file)} for ${describe(naming)} by ${subject.title}`;
      const before = ground.rows();
      const rule = expectedOfReference(subject, naming, file);
      const fileId = shelf.idOf(file);
      const params: Record<string, string> = { ...ground.world.paramsOf(naming), photo_id_front_file_id: fileId };
      const answer = await ground.ask(subject, { method: 'PUT', path: '/customer', params });
      ground.assertAnswered(cell, rule, answer, before);
      const alike = sees(subject, file) ? nameOf(file) : 'never';
      ground.assertAlike(cell, `${alike} for ${describe(disguised(subject, naming))} ${rule.target && fileId}`, answer);
      if (rule.target === undefined) continue;
      const { id }: { id: string } = JSON.parse(answer.text);
      assert.equal(id, ground.idOf(rule.target), `${cell} was about ${keyOf(rule.target)}`);
      ground.assertChanged(cell, before, id, fileId.replace('file_', ''));
      const { files: told } = JSON.parse((await ground.ask(subject, asked(fileId))).text);
      assert.equal(told[0]?.customer_id, id, `${cell} gave it to ${keyOf(rule.target)}`);
      await shelf.restock(file);
    }
    const kept = Number(rowsIn(ground.anchor, 'files')) + Number(rowsIn(ground.anchor, 'uploads'));
    assert.equal((await blobsOf(ground.anchor)).length, kept, 'what was refused left nothing on disk');
  });
}

/** Each single way to name a customer with every file; each pair of them with one file, all files in turn. */
function* cells(): Generator<readonly [Naming, NamedFile]> {
  for (const [index, naming] of everyNaming.entries()) {
    const isPair = Object.keys(naming).length > 1;
    for (const file of isPair ? files.slice(index % files.length).slice(0, 1) : files) yield [naming, file];
  }
}

function asked(fileId: string): { method: 'GET'; path: string; params: Record<string, string> } {
  return { method: 'GET', path: '/customer/files', params: { file_id: fileId } };
}

test('[ruling.24] the matrix of files has every sender, one file that each subject sees and one that it does not', () => {
  assert.deepEqual(senders.map((sender) => keyOf(sender)).sort(), [
    'A/',
    'A/id:7',
    'A/id:8',
    'A/id:9',
    'B/',
    'B/id:7',
    'C/',
  ]);
  for (const subject of subjects) {
    assert.ok(files.some((file) => sees(subject, file)));
    assert.ok(files.some((file) => file !== 'never' && !sees(subject, file)));
    assert.ok(referredFiles.some(({ customer }) => !reaches(subject, customer)));
  }
});
