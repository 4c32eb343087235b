import { createHash } from 'node:crypto';
import type { Check, CheckContext, CheckInput, CheckResult, WebhookCall } from '../check.ts';
import type { Provider, ProviderVerdict } from './provider.ts';

/** How a provider is used. */
export interface ProviderUse {
  /** What else a verdict depends on, such as the level of scrutiny: under another scope the same data is another applicant. */
  readonly scope: string;
  /** How long to wait for the webhook before asking. */
  readonly pollAfterMs: number;
}

/** The first question comes soon: a call back that came before our `pending` was stored has woken nobody. */
const firstPollMs = 60 * 1000;

/**
 * Makes a check of a provider. The first run hands the applicant over, later ones ask for the result; a webhook only says that it is time
 * to ask. So a call that is forged, repeated, late or out of order changes nothing, and one that never comes costs a wait.
 */
export function providerCheck(provider: Provider, { scope, pollAfterMs }: ProviderUse): Check {
  const start = async (input: CheckInput, context: CheckContext): Promise<CheckResult> => {
    const started = await provider.start(input, applicantKey(input, scope), context);
    if (typeof started !== 'string') return ofInput(started, input);
    return { outcome: 'pending', reference: started, retryAfterMs: Math.min(firstPollMs, pollAfterMs) };
  };
  const fetchResult = async (reference: string, input: CheckInput, context: CheckContext): Promise<CheckResult> => {
    const verdict = await provider.fetchResult(reference, context);
    return verdict === undefined
      ? { outcome: 'pending', reference, retryAfterMs: pollAfterMs }
      : ofInput(verdict, input);
  };
  return {
    run: (input, context) =>
      input.reference === undefined ? start(input, context) : fetchResult(input.reference, input, context),
    readWebhook: (call: WebhookCall) => provider.readWebhook(call),
  };
}

/**
 * The name under which an applicant is handed over: the customer's id, and a hash of everything that is handed over. Other data is another
 * applicant, so a verdict is always one on the data it is taken for.
 */
export function applicantKey({ customerId, values, files }: CheckInput, scope: string): string {
  const content = {
    scope,
    values: [...values].sort(byKey),
    files: [...files].map(([key, { sha256 }]) => [key, sha256] as const).sort(byKey),
  };
  const hash = createHash('sha256')
    .update(JSON.stringify([customerId, content]))
    .digest('hex');
  return `${customerId}.${hash.slice(0, 32)}`;
}

/** Only what was handed over can be at fault; when none of what the provider blames is, everything is. */
function ofInput(verdict: ProviderVerdict, { values, files }: CheckInput): ProviderVerdict {
  if (verdict.outcome !== 'fail' || verdict.fields === undefined) return verdict;
  const { fields, ...rest } = verdict;
  const held = fields.filter((key) => values.has(key) || files.has(key));
  return held.length === 0 ? rest : { ...rest, fields: held };
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : Number(a > b);
}
