import { readJson } from './json-body.ts';
import { operatorRoute } from './operator-route.ts';
import type { TokenHolder } from './operator-tokens.ts';
import type { Route } from './route.ts';

/** Whoever shows operators what was delivered, and judges whether they may. */
export interface DeliveriesDesk<Who> {
  list(who: Who, asked: ReadonlyMap<string, string>): Promise<object>;
  show(who: Who, id: string): Promise<object>;
  redeliver(who: Who, body: unknown): Promise<object>;
  targets(who: Who): Promise<object>;
  enable(who: Who, body: unknown): Promise<object>;
}

/** The endpoints by which operators see what wallets and they themselves were told, and have it told again. */
export function deliveryRoutes<Who extends TokenHolder>(
  desk: DeliveriesDesk<NoInfer<Who>>,
  operators: readonly Who[],
): readonly Route[] {
  return [
    operatorRoute(operators, 'GET /operator/deliveries', async (call, who) => desk.list(who, call.query())),
    operatorRoute(operators, 'GET /operator/deliveries/:id', async (call, who) => desk.show(who, call.account ?? '')),
    operatorRoute(operators, 'POST /operator/deliveries', async (call, who) =>
      desk.redeliver(who, await readJson(call.request)),
    ),
    operatorRoute(operators, 'GET /operator/targets', async (_, who) => desk.targets(who)),
    operatorRoute(operators, 'POST /operator/targets', async (call, who) =>
      desk.enable(who, await readJson(call.request)),
    ),
  ];
}
