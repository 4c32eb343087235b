import { accountRoutes } from './pages/account.ts';
import { customerRoutes } from './pages/customer/customer-routes.ts';
import { deliveryRoutes } from './pages/deliveries.ts';
import { joinRoutes } from './pages/join.ts';
import { passkeyRoutes } from './pages/passkey.ts';
import { peopleRoutes } from './pages/people.ts';
import { programRoutes } from './pages/program.ts';
import { proposalRoutes } from './pages/proposals.ts';
import { queueRoutes } from './pages/queue.ts';
import { retainedRoutes } from './pages/retained.ts';
import { searchRoutes } from './pages/search.ts';
import { signInRoutes } from './pages/sign-in.ts';
import { singleSignOnRoutes } from './pages/single-sign-on.ts';
import { startRoutes } from './pages/start.ts';
import type { PageRoute } from './visit.ts';

/** Every page and form of the console, with the role it takes. */
export const routes: readonly PageRoute[] = [
  ...signInRoutes,
  ...joinRoutes,
  ...passkeyRoutes,
  ...singleSignOnRoutes,
  ...startRoutes,
  ...queueRoutes,
  ...customerRoutes,
  ...proposalRoutes,
  ...retainedRoutes,
  ...searchRoutes,
  ...deliveryRoutes,
  ...programRoutes,
  ...peopleRoutes,
  ...accountRoutes,
];

const patterns = routes.map((route) => ({ route, segments: route.path.split('/') }));

/** The page of a path, with the open parts of it; undefined when there is none. */
export function findRoute(
  method: string,
  path: string,
): { readonly route: PageRoute; readonly params: Readonly<Record<string, string>> } | undefined {
  const given = path.split('/');
  for (const { route, segments } of patterns) {
    if (route.method !== method || segments.length !== given.length) continue;
    const params = match(segments, given);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function match(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = given[index] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = text;
    else if (segment !== text) return undefined;
  }
  return params;
}
