import { test } from 'node:test';
import { openTestAnchor } from '../support/test-anchor.ts';
import { everyNaming, subjects } from './authorization-model.ts';
import { World } from './authorization-world.ts';

const withoutId = everyNaming.filter(({ id }) => id === undefined);

for (const subject of subjects) {
  test(`[ruling.1] [ruling.2] [ruling.3] [ruling.4] [ruling.5] [ruling.6] GET reaches whom it may, named in every way, by ${subject.title}`, async () => {
    await using anchor = await openTestAnchor();
    using world = new World(anchor);
    await world.populate();
    for (const naming of everyNaming) await world.check(subject, naming, 'GET');
  });

  test(`[ruling.1] [ruling.2] [ruling.3] [ruling.4] [ruling.5] [ruling.6] PUT changes whom it may and nobody else, named in every way, by ${subject.title}`, async () => {
    await using anchor = await openTestAnchor();
    using world = new World(anchor);
    await world.populate();
    for (const naming of everyNaming) await world.check(subject, naming, 'PUT');
    await world.assertOwnersFindTheirs();
  });

  test(`[ruling.1] [ruling.2] [ruling.3] [ruling.4] [ruling.5] DELETE deletes whom it may and nobody else, named in every way, by ${subject.title}`, async () => {
    await using anchor = await openTestAnchor();
    using world = new World(anchor);
    await world.populate();
    for (const naming of withoutId) await world.check(subject, naming, 'DELETE');
    await world.assertOwnersFindTheirs();
  });

  test(`[ruling.6] [sep12.get.404] [sep12.put.404] a foreign id is answered byte for byte like one that never existed, to ${subject.title}`, async () => {
    await using anchor = await openTestAnchor();
    using world = new World(anchor);
    await world.populate();
    await world.compareStrangeIds(subject, 'GET');
    await world.compareStrangeIds(subject, 'PUT');
  });
}
