import { metricsAbout } from './openapi/about-others.ts';
import type { Route } from './route.ts';

/** GET /metrics. @param render answers Prometheus' text format, version 0.0.4 */
export function metricsRoutes(render: () => Promise<string>): readonly Route[] {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8; version=0.0.4' };
  const handle: Route['handle'] = async () => ({ status: 200, body: await render(), headers });
  // For no web page: a browser inside the network would read it to whatever page is open in it.
  return [{ method: 'GET', path: '/metrics', isPrivate: true, about: metricsAbout, handle }];
}
