import { type OperatorEndpoint, operatorAbout } from './openapi/about-operators.ts';
import { findHolder, type TokenHolder } from './operator-tokens.ts';
import type { Call, Method, Route } from './route.ts';

/** What an endpoint does for whoever's token was shown. */
export type OperatorAct<Who> = (call: Call, who: Who) => Promise<object>;

/** An endpoint for these operators. No web page of another origin may call it. */
export function operatorRoute<Who extends TokenHolder>(
  operators: readonly Who[],
  endpoint: OperatorEndpoint,
  act: OperatorAct<Who>,
): Route {
  const [method, path] = endpoint.split(' ') as [Method, string];
  const handle: Route['handle'] = async (call) => {
    const who = findHolder(call.request, operators);
    return { status: 200, body: await act(call, who) };
  };
  return { method, path, about: operatorAbout[endpoint], isPrivate: true, handle };
}
