import { describeError, type Logger } from '../lib/log.ts';
import { changeFacts } from './change-facts.ts';
import { causeOf } from './look-at.ts';
import type { DecidingParts } from './open-customer.ts';

/** What jobs need. */
export interface JobParts extends DecidingParts {
  readonly log: Logger;
}

/** How many customers are looked at together: their writes share a commit. */
const batchSize = 64;

/**
 * Looks at customers whom time may have changed since somebody looked at them last; answers how many. Doing it twice, or after a month of not
 * doing it, ends in the same.
 */
export async function catchUp(parts: JobParts): Promise<number> {
  const due = await parts.store.standings.findDue(parts.clock.now(), batchSize);
  return lookAtAll(parts, due);
}

/**
 * Looks at customers who were last looked at by another program; answers how many. Called until it answers 0, it has looked at all; stopped
 * halfway, it goes on where it was.
 */
export async function reevaluate(parts: JobParts): Promise<number> {
  return lookAtAll(parts, await parts.store.standings.findOutdated(parts.program.revision, batchSize));
}

/** One customer who cannot be looked at, say because a value does not open, keeps nobody else waiting. */
async function lookAtAll(parts: JobParts, ids: readonly string[]): Promise<number> {
  const looked = await Promise.all(
    ids.map(async (id) => {
      try {
        await changeFacts(parts, id, { cause: (dossier) => ({ kind: causeOf(dossier, parts.program) }) });
        return 1;
      } catch (error) {
        parts.log.error({ customer: id, ...describeError(error) }, 'a customer could not be looked at again');
        return 0;
      }
    }),
  );
  return looked.reduce<number>((sum, one) => sum + one, 0);
}
