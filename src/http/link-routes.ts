import { readJson } from './json-body.ts';
import { operatorRoute } from './operator-route.ts';
import type { TokenHolder } from './operator-tokens.ts';
import type { Route } from './route.ts';

/** Whoever makes links to the customer page, and judges who may have one. */
export interface LinksDesk<Who> {
  issue(who: Who, body: unknown): Promise<object>;
}

/** The endpoint by which operators get a link for a customer. */
export function linkRoutes<Who extends TokenHolder>(
  desk: LinksDesk<NoInfer<Who>>,
  operators: readonly Who[],
): readonly Route[] {
  return [
    operatorRoute(operators, 'POST /operator/links', async (call, who) =>
      desk.issue(who, await readJson(call.request)),
    ),
  ];
}
