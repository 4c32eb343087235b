import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { rulings, clauses as sep12Clauses, topics } from './clauses.ts';
import { findTests } from './coverage.ts';
import { sep6Clauses } from './sep6-clauses.ts';
import { sep31Clauses } from './sep31-clauses.ts';

const clauses = [...sep12Clauses, ...sep6Clauses, ...sep31Clauses];
const tests = await findTests(resolve(import.meta.dirname, '../..'));
const tags = new Set(tests.flatMap((found) => found.tags));

test('[house.coverage] every clause that is built has a test, and no planned one has', () => {
  for (const { id, planned } of clauses) {
    assert.equal(
      tags.has(id),
      planned === undefined,
      `${id}: ${planned === undefined ? 'no test' : 'has a test, so it is no longer planned'}`,
    );
  }
});

test('[house.rulings] every ruling has a test', () => {
  for (const { id } of rulings) assert.ok(tags.has(id), `${id} has no test`);
});

test('[house.tags] every tag is a clause, a ruling or a topic that is known', () => {
  const known = new Set([...clauses, ...rulings].map(({ id }) => id));
  for (const found of tests) {
    for (const tag of found.tags) {
      const topic = topics.some((prefix) => tag.startsWith(`${prefix}.`) || tag === prefix);
      assert.ok(known.has(tag) || topic, `${found.file}: [${tag}] ${found.title}`);
    }
  }
});

test('[house.ids] clause ids are distinct', () => {
  assert.equal(new Set(clauses.map(({ id }) => id)).size, clauses.length);
});
