import { isJsonObject, type JsonObject, ServiceFault, textOf, textsOf } from '../call-service.ts';
import type { Evidence } from '../check.ts';
import type { ProviderVerdict } from './provider.ts';
import { meaningOf } from './sumsub-labels.ts';

/** The states of a check at Sumsub. @see https://docs.sumsub.com/docs/applicant-statuses */
const statuses = [
  'init',
  'pending',
  'prechecked',
  'queued',
  'awaitingService',
  'awaitingUser',
  'onHold',
  'completed',
] as const;

/**
 * The state that an answer to `/status` tells.
 * @throws ServiceFault for a state that is not documented, and for a check at another level, whose word is none on ours
 */
export function readStatus(answer: JsonObject, levelName: string): (typeof statuses)[number] {
  const status = statuses.find((name) => name === answer['reviewStatus']);
  if (status === undefined) throw new ServiceFault('sumsub', 'answered no state of a check that is known');
  if (answer['levelName'] !== undefined && answer['levelName'] !== levelName)
    throw new ServiceFault('sumsub', 'has the applicant at another level');
  return status;
}

/**
 * What an answer to `/status` means, undefined while the check is not completed: until then its colours are provisional.
 * @throws ServiceFault for an answer that is not of the documented form
 */
export function readVerdict(answer: JsonObject, levelName: string): ProviderVerdict | undefined {
  if (readStatus(answer, levelName) !== 'completed') return undefined;
  const result = isJsonObject(answer['reviewResult']) ? answer['reviewResult'] : {};
  const labels = textsOf(result['rejectLabels']);
  const evidence = evidenceOf(answer, result, labels);
  if (
    result['reviewAnswer'] === 'GREEN' &&
    labels.length === 0 &&
    (result['reviewRejectType'] ?? undefined) === undefined
  )
    return { outcome: 'pass', evidence };
  if (result['reviewAnswer'] !== 'RED')
    throw new ServiceFault('sumsub', 'answered a completed check without a verdict');
  return rejection(result['reviewRejectType'], labels, evidence);
}

function rejection(type: unknown, labels: readonly string[], evidence: Evidence): ProviderVerdict {
  const { reason, review, fields } = meaningOf(labels);
  if (review === true) return { outcome: 'review', reason, evidence };
  if (type === 'FINAL') return { outcome: 'fail', reason, final: true, evidence };
  if (type !== 'RETRY') throw new ServiceFault('sumsub', 'answered a rejection of no known type');
  return { outcome: 'fail', reason, evidence, ...(fields === undefined ? {} : { fields }) };
}

/** With the comments: what Sumsub tells the client may be about somebody else, too, and is for the reviewer alone. */
function evidenceOf(answer: JsonObject, result: JsonObject, rejectLabels: readonly string[]): Evidence {
  return {
    engine: 'sumsub',
    levelName: textOf(answer['levelName']),
    reviewId: textOf(answer['reviewId']),
    attemptId: textOf(answer['attemptId']),
    reviewDate: textOf(answer['reviewDate']),
    reviewAnswer: result['reviewAnswer'],
    reviewRejectType: textOf(result['reviewRejectType']),
    rejectLabels,
    buttonIds: textsOf(result['buttonIds']),
    clientComment: textOf(result['clientComment']),
    moderationComment: textOf(result['moderationComment']),
  };
}
