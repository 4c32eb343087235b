import { readJson } from './json-body.ts';
import { type OperatorPaymentEndpoint, operatorPaymentAbout } from './openapi/about-operator-payments.ts';
import { findHolder, type TokenHolder } from './operator-tokens.ts';
import type { Call, Method, Route } from './route.ts';

/** Whoever does what operators ask for about payments, and judges whether they may. */
export interface PaymentDoor<Who> {
  gate(who: Who, body: unknown): Promise<object>;
  show(who: Who, paymentId: string): Promise<object>;
  act(who: Who, paymentId: string, body: unknown): Promise<object>;
}

/** What operators, and the anchor's own systems, ask about payments. No web page of another origin may. */
export function operatorPaymentRoutes<Who extends TokenHolder>(
  door: PaymentDoor<NoInfer<Who>>,
  operators: readonly Who[],
): readonly Route[] {
  const route = (endpoint: OperatorPaymentEndpoint, act: (call: Call, who: Who) => Promise<object>): Route => {
    const [method, path] = endpoint.split(' ') as [Method, string];
    const handle: Route['handle'] = async (call) => {
      const who = findHolder(call.request, operators);
      return { status: 200, body: await act(call, who) };
    };
    return { method, path, about: operatorPaymentAbout[endpoint], isPrivate: true, handle };
  };
  return [
    route('POST /operator/gate', async (call, who) => door.gate(who, await readJson(call.request))),
    route('GET /operator/transactions/:id', (call, who) => door.show(who, call.account ?? '')),
    route('POST /operator/transactions/:id', async (call, who) =>
      door.act(who, call.account ?? '', await readJson(call.request)),
    ),
  ];
}
