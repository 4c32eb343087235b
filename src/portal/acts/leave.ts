import type { Outcome, PageCall } from '../portal-parts.ts';
import { leftPage } from '../views/gates.ts';
import { visitingByForm } from './visiting.ts';

/** Ends the visit. */
export function leave(call: PageCall): Promise<Outcome> {
  return visitingByForm(call, {
    act: async ({ session, spoken }) => {
      const cookie = await call.parts.sessions.end(session);
      return { ...leftPage(spoken.lang), headers: { 'Set-Cookie': cookie } };
    },
  });
}
