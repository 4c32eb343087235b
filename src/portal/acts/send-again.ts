import { KycError } from '../../errors.ts';
import { customerRequest } from '../../sep12/get-customer.ts';
import type { Outcome, PageCall } from '../portal-parts.ts';
import { toStanding } from '../questions.ts';
import { tellFault } from '../read-answers.ts';
import { contextOf, paramsOf } from '../visit.ts';
import { askFor, pagePath, showStanding, visitingByForm } from './visiting.ts';

/** Asks for another code for a field that waits for one. Whether and when it leaves is for the limits of codes to say. */
export async function sendAgain(call: PageCall): Promise<Outcome> {
  return visitingByForm(call, {
    act: async (visitor, { values }) => {
      const { session, spoken } = visitor;
      const { integration } = call.parts;
      const told = await askFor(visitor);
      const field = values.get('page:field');
      const { unconfirmed } = toStanding(told.reply, spoken.lang);
      const isAwaited = unconfirmed.some(({ name }) => name === field);
      if (field === undefined || !isAwaited || integration.sendCode === undefined) return { seeOther: pagePath(call) };
      try {
        const context = contextOf(session.visit, call.requestId);
        const request = customerRequest(paramsOf(session.visit, spoken.tag), context);
        await integration.sendCode({ ...request, field }, context);
      } catch (error) {
        if (!(error instanceof KycError) || error.code !== 'invalid_field') throw error;
        return showStanding(visitor, told, { faults: new Map([['', tellFault(error, spoken.lang)]]) });
      }
      return { seeOther: pagePath(call, 'code_sent') };
    },
  });
}
