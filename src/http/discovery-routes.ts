import { aliveAbout, readyAbout, tomlAbout } from './openapi/about-others.ts';
import type { Reply } from './reply.ts';
import type { Route } from './route.ts';

/** Where wallets learn about this anchor. @see SEP-1 § Specification */
export function sep1Routes(toml: string): readonly Route[] {
  const reply: Reply = { status: 200, body: toml, headers: { 'Cache-Control': 'public, max-age=60' } };
  return [{ method: 'GET', path: '/.well-known/stellar.toml', about: tomlAbout, handle: () => Promise.resolve(reply) }];
}

/** Whether the server can do its work. */
export interface Health {
  /** False from the moment it was asked to stop. */
  isOpen(): boolean;
  /** Rejects when the store cannot serve. */
  ping(): Promise<void>;
}

/** For load balancers: `/health/live` as long as the process answers, `/health` and `/health/ready` while it can serve. */
export function healthRoutes(health: Health): readonly Route[] {
  const alive: Reply = { status: 200, body: { alive: true } };
  const ready = async (): Promise<Reply> => {
    const isReady =
      health.isOpen() &&
      (await health.ping().then(
        () => true,
        () => false,
      ));
    return { status: isReady ? 200 : 503, body: { alive: true, ready: isReady } };
  };
  return [
    { method: 'GET', path: '/health', about: readyAbout, handle: ready },
    { method: 'GET', path: '/health/ready', about: readyAbout, handle: ready },
    { method: 'GET', path: '/health/live', about: aliveAbout, handle: () => Promise.resolve(alive) },
  ];
}
