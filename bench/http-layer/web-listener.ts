import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';

export type WebHandler = (request: Request) => Response | Promise<Response>;

export interface WebListenerOptions {
  /** Whether `globalThis.Request` and `Response` are replaced by the adapter's light ones; its default is true. */
  overrideGlobalObjects?: boolean;
}

interface NodeServerModule {
  getRequestListener(handler: WebHandler, options?: WebListenerOptions): RequestListener;
}

/**
 * Serves a web-standard handler through @hono/node-server.
 *
 * The module is loaded past the compiler: its types import hono/ws, which needs lib.dom and so fails `skipLibCheck: false`.
 */
export function serveWeb(handler: WebHandler, options: WebListenerOptions = {}): Server {
  const { getRequestListener }: NodeServerModule = createRequire(import.meta.url)('@hono/node-server');
  return createServer(getRequestListener(handler, options));
}
