import assert from 'node:assert/strict';
import { test } from 'node:test';
import { muxedAddress } from '../../src/stellar/address.ts';
import { openTestAnchor, randomAccount, randomContract, type TestAnchor } from '../support/test-anchor.ts';
import { upload } from './file-support.ts';

/** Who may sign in, and who that is. */
interface Who {
  readonly name: string;
  readonly sub: string;
  readonly account: string;
  /** The user of a shared account. */
  readonly user?: string;
}

/** Every kind of subject, twice each, the two spellings of one user among them. */
function everybody(): readonly Who[] {
  const [g, h, contract] = [randomAccount(), randomAccount(), randomContract()];
  return [
    { name: 'G', sub: g, account: g },
    { name: 'G:7', sub: `${g}:7`, account: g, user: '7' },
    { name: 'M7', sub: muxedAddress(g, '7'), account: g, user: '7' },
    { name: 'G:8', sub: `${g}:8`, account: g, user: '8' },
    { name: 'H', sub: h, account: h },
    { name: 'H:7', sub: `${h}:7`, account: h, user: '7' },
    { name: 'C', sub: contract, account: contract },
  ];
}

function isSame(one: Who, other: Who): boolean {
  return one.account === other.account && one.user === other.user;
}

/** A customer is reached by itself and by its plain account. */
function reaches(asking: Who, customer: Who): boolean {
  return isSame(asking, customer) || (asking.user === undefined && asking.account === customer.account);
}

const nothing = '{"files":[]}';

async function list(anchor: TestAnchor, who: Who, query: string): Promise<string> {
  const got = await anchor.call(who.sub, 'GET', `/customer/files?${query}`);
  assert.equal(got.status, 200);
  return got.text();
}

test('[ruling.24] [sep12.files.get] a file that nothing refers to is told of to its sender alone; to others it is as if it had never been', async () => {
  await using anchor = await openTestAnchor();
  const all = everybody();
  for (const sender of all) {
    const fileId = await upload(anchor, sender.sub);
    for (const asking of all) {
      const text = await list(anchor, asking, `file_id=${fileId}`);
      const name = `${asking.name} asks for a file of ${sender.name}`;
      if (isSame(sender, asking)) assert.equal(JSON.parse(text).files[0]?.file_id, fileId, name);
      else assert.equal(text, nothing, name);
    }
  }
});

test("[ruling.24] [sep12.files.get] a customer's files are told of to who reaches the customer, by file and by customer", async () => {
  await using anchor = await openTestAnchor();
  const all = everybody();
  for (const owner of all) {
    const fileId = await upload(anchor, owner.sub);
    const done = await anchor.json(owner.sub, 'PUT', '/customer', { photo_id_front_file_id: fileId });
    assert.equal(done.status, 202, owner.name);
    for (const asking of all) {
      for (const query of [
        `file_id=${fileId}`,
        `customer_id=${done.body.id}`,
        `file_id=${fileId}&customer_id=${done.body.id}`,
      ]) {
        const text = await list(anchor, asking, query);
        const name = `${asking.name} asks for the file of the customer ${owner.name}: ${query}`;
        if (reaches(asking, owner)) assert.deepEqual(ids(text), [fileId], name);
        else assert.equal(text, nothing, name);
      }
    }
  }
});

test('[ruling.24] [sep12.files.reference] a file is referred to by its sender alone, for whichever customer the sender may name', async () => {
  await using anchor = await openTestAnchor();
  const all = everybody();
  const attempts = all.flatMap((asking) => memosOf(asking).map((memo) => ({ asking, memo })));
  for (const sender of all) {
    for (const { asking, memo } of attempts) {
      const fileId = await upload(anchor, sender.sub);
      const done = await anchor.json(asking.sub, 'PUT', '/customer', { photo_id_front_file_id: fileId, ...memo });
      const name = `${asking.name} gives a file of ${sender.name} to ${memo.memo ?? 'itself'}`;
      const error = "'photo_id_front_file_id' is invalid: there is no such file";
      if (isSame(sender, asking)) assert.equal(done.status, 202, name);
      else assert.deepEqual([done.status, done.body], [400, { error }], name);
      assert.equal(ids(await list(anchor, sender, `file_id=${fileId}`)).length, 1, 'the sender still has it');
    }
  }
});

/** The users a subject may name in a request: a plain account every one under it, everybody else only itself. */
function memosOf({ account, user }: Who): readonly { readonly memo?: string }[] {
  return user === undefined && account.startsWith('G') ? [{}, { memo: '9' }] : [{}];
}

function ids(text: string): string[] {
  return JSON.parse(text).files.map(({ file_id }: { file_id: string }) => file_id);
}
