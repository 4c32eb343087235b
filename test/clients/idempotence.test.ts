import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bare, multipart } from '../http/request-body-fixtures.ts';
import { blobsOf, openDatabase, rowsIn, versionOf, withdrawer } from '../sep12/support.ts';
import { randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { photo } from './recorder.ts';
import { type Answer, openWire, type Wire } from './wire.ts';

/** A body and the type it is sent with. */
interface Sent {
  readonly type: string;
  readonly body: string | Buffer;
}

const parts = Object.entries(withdrawer).map(([name, value]) => bare(name, value));

/** The same customer in every content type, and with a photograph. */
const bodies: Readonly<Record<string, Sent>> = {
  json: { type: 'application/json', body: JSON.stringify(withdrawer) },
  form: { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(withdrawer).toString() },
  multipart: { type: 'multipart/form-data; boundary=b', body: multipart('b', ...parts) },
  photograph: {
    type: 'multipart/form-data; boundary=b',
    body: multipart('b', ...parts, bare('photo_id_front', photo(50_000))),
  },
};

function put(wire: Wire, sub: string, sent: Sent): Promise<Answer> {
  return send(wire, sub, 'PUT /customer', sent);
}

function send(wire: Wire, sub: string, what: string, { type, body }: Sent): Promise<Answer> {
  return wire.send(
    sub,
    `${what} HTTP/1.1
    Host: $HOST
    Authorization: Bearer $TOKEN
    Content-Type: ${type}
    Content-Length: $LENGTH`,
    body,
  );
}

/** The audit trail, which tells of what was read, too: to see that nothing changes, values are opened. Nothing else may be in it. */
const trail = ['audit_pending', 'audit_trail'];

/** How many lines there were is counted, too. */
const conditions: Readonly<Record<string, string>> = { sqlite_sequence: "where name <> 'audit_pending'" };

/** Every row of every table: what changes nothing leaves all of it as it was. */
function contents(anchor: TestAnchor): unknown {
  using database = openDatabase(anchor);
  const names = database.prepare("select name from sqlite_schema where type = 'table' order by name").all();
  return names.map(({ name }) => {
    const isRead = trail.includes(String(name)) ? "where action <> 'values.read'" : (conditions[String(name)] ?? '');
    return [name, database.prepare(`select * from "${name}" ${isRead}`).all()];
  });
}

/** The one id that all answers have. */
function idOf(answers: readonly Answer[]): string {
  for (const answer of answers) assert.equal(answer.status, 202, answer.text);
  const ids = new Set(answers.map((answer) => answer.body.id));
  assert.equal(ids.size, 1, `${ids.size} ids`);
  return answers[0]?.body.id;
}

function times<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

test('[sep12.put.idempotent] [ruling.15] the same PUT ten times in sequence and ten at once writes nothing after the first, in every content type', async () => {
  for (const [kind, sent] of Object.entries(bodies)) {
    await using wire = await openWire({ worker: false });
    const sub = randomAccount();
    const answers = [await put(wire, sub, sent)];
    const before = contents(wire.anchor);
    const blobs = await blobsOf(wire.anchor);
    for (let n = 0; n < 9; n++) answers.push(await put(wire, sub, sent));
    answers.push(...(await times(10, () => put(wire, sub, sent))));
    assert.equal(versionOf(wire.anchor, idOf(answers)), 1, kind);
    assert.deepEqual(contents(wire.anchor), before, kind);
    assert.deepEqual(await blobsOf(wire.anchor), blobs, `${kind}: no file came or went`);
    assert.deepEqual([rowsIn(wire.anchor, 'customers'), blobs.length], [1, kind === 'photograph' ? 1 : 0], kind);
  }
});

test('[sep12.put.idempotent] [sep12.files.reference] a file referred to ten times in sequence and ten at once is taken once', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const upload = { type: 'multipart/form-data; boundary=b', body: multipart('b', bare('file', photo(50_000))) };
  const posted = await send(wire, sub, 'POST /customer/files', upload);
  const values = { ...withdrawer, photo_id_front_file_id: posted.body.file_id };
  const sent = { type: 'application/json', body: JSON.stringify(values) };
  const answers = await times(10, () => put(wire, sub, sent));
  const before = contents(wire.anchor);
  for (let n = 0; n < 10; n++) answers.push(await put(wire, sub, sent));
  assert.equal(versionOf(wire.anchor, idOf(answers)), 1);
  assert.deepEqual(contents(wire.anchor), before);
  assert.deepEqual([rowsIn(wire.anchor, 'files'), (await blobsOf(wire.anchor)).length], [1, 1]);
});

test('[sep12.put.idempotent] a customer said in JSON, as a form and as multipart is the same customer', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const answers: Answer[] = [];
  for (const kind of ['json', 'form', 'multipart', 'json'] as const)
    answers.push(await put(wire, sub, bodies[kind] ?? assert.fail()));
  assert.equal(versionOf(wire.anchor, idOf(answers)), 1);
});

test('[ruling.16] fifty first PUTs of one subject at once end in one customer', async () => {
  for (const [kind, sent] of Object.entries(bodies)) {
    await using wire = await openWire();
    const sub = randomAccount();
    const id = idOf(await times(50, () => put(wire, sub, sent)));
    assert.deepEqual([rowsIn(wire.anchor, 'customers'), rowsIn(wire.anchor, 'identities')], [1, 1], kind);
    assert.equal(versionOf(wire.anchor, id), 1, `${kind}: the first wrote, the others had nothing to change`);
    assert.equal((await blobsOf(wire.anchor)).length, kind === 'photograph' ? 1 : 0, kind);
  }
});

test('[ruling.16] fifty first PUTs of one subject at once, in different content types and with different values, lose none of them', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  const fields = Object.entries(withdrawer).filter(([name]) => name !== 'type');
  const answers = await times(50, (n) => {
    const [name, value] = fields[n % fields.length] ?? assert.fail();
    const sub = n % 2 === 0 ? `${account}:7` : account;
    const values = { type: withdrawer.type, [name]: value, ...(sub === account && { memo: '7' }) };
    const sent = [
      { type: 'application/json', body: JSON.stringify(values) },
      { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(values).toString() },
      {
        type: 'multipart/form-data; boundary=b',
        body: multipart('b', ...Object.entries(values).map((pair) => bare(...pair))),
      },
    ];
    return put(wire, sub, sent[n % sent.length] ?? assert.fail());
  });
  const id = idOf(answers);
  assert.deepEqual([rowsIn(wire.anchor, 'customers'), rowsIn(wire.anchor, 'field_values')], [1, fields.length]);
  assert.equal(versionOf(wire.anchor, id), fields.length, 'one version for every value that was new');
});

test('[ruling.16] fifty first PUTs of fifty users of one account at once are fifty customers', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  const answers = await times(50, (n) => put(wire, `${account}:${n}`, bodies['json'] ?? assert.fail()));
  assert.equal(new Set(answers.map(({ body }) => body.id)).size, 50);
});
