import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is read and dropped of a body after its answer, for clients that look for an answer only when they have sent all. */
const drainBytes = 8 * 1024 * 1024;
/** How long a client has to see the answer before its connection is cut. */
const drainMs = 1000;
const drainCheckMs = 5;

/**
 * Sees to it that an answer given before the body was read arrives, and that the rest of the body costs nothing. Left alone, Node reads
 * on as fast and as long as the client sends; or, where the client asked to close, it closes at once, and the reset that bytes on their
 * way are met with makes most clients lose the answer. Call it before the request is handled.
 * @see RFC 9112 § 9.6
 */
export function limitUnreadRest(request: IncomingMessage, response: ServerResponse): void {
  if (!hasBody(request)) return;
  const closes = !response.shouldKeepAlive;
  // Closing is up to the lines below then.
  if (closes) response.shouldKeepAlive = true;
  response.once('finish', () => {
    if (closes) request.socket.end();
    if (!request.complete) stopReading(request);
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function stopReading(request: IncomingMessage): void {
  const { socket } = request;
  const readBytes = socket.bytesRead;
  const check = setInterval(() => {
    if (!request.complete && socket.bytesRead - readBytes > drainBytes) socket.pause();
  }, drainCheckMs);
  const cut = setTimeout(() => {
    if (!request.complete) socket.destroy();
  }, drainMs);
  const stop = (): void => {
    clearInterval(check);
    clearTimeout(cut);
  };
  request.once('end', stop);
  socket.once('close', stop);
}
