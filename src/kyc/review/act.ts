import type { RiskClass } from '../program.ts';
import type { ReasonCode } from '../reasons.ts';

/** What an operator decides about a customer. Fields are keys. */
export type Act =
  /** For one type: all that was found is fine. */
  | { readonly act: 'accept'; readonly type: string; readonly transactionId: string }
  /** For good; for one type, or without one for all. */
  | { readonly act: 'reject'; readonly type?: string; readonly reason: ReasonCode }
  /** This value is fine, whatever a check said of it. */
  | { readonly act: 'accept-field'; readonly type: string; readonly fields: readonly string[] }
  /** These values are to be sent again. */
  | {
      readonly act: 'reject-field' | 'ask-again';
      readonly type: string;
      readonly fields: readonly string[];
      readonly reason: ReasonCode;
    }
  /** What was decided is to be decided again. */
  | { readonly act: 'reopen'; readonly type: string }
  /** From now on a lead decides, until a lead gives it back. */
  | { readonly act: 'escalate' | 'return' }
  | { readonly act: 'set-risk'; readonly risk: RiskClass }
  /** The customer and all that is known of them goes. */
  | { readonly act: 'erase' };

/** The names of the acts. */
export type ActName = Act['act'];

/** What may be proposed: an act, or that somebody need not be kept any longer, who may be erased already. */
export type ProposedAct = Act | { readonly act: 'lift-hold' };

/** Reads an act as a proposal keeps it. */
export function readStoredAct(text: string): ProposedAct {
  return JSON.parse(text) as ProposedAct;
}
