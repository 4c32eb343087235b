import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../lib/log.ts';

type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Refuses requests whose body somebody else has read: to this handler they would look empty, be answered 202 and lose what the
 * customer sent. It is the host application's mistake, so the reply is 500 and the log says what to change.
 */
export function unreadOnly(handler: NodeHandler, log: Logger): NodeHandler {
  return async (request, response) => {
    if (!request.readableDidRead) return handler(request, response);
    log.error({}, 'a body parser has read the request before anchor-kyc could: mount anchor-kyc before it');
    response.writeHead(500, { 'Content-Type': 'application/json; charset=utf-8', 'Access-Control-Allow-Origin': '*' });
    response.end(JSON.stringify({ error: 'the server is not set up correctly; its log says how' }));
  };
}
