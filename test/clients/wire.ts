import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { RawOptions } from '../../src/environment.ts';
import { assertAnswer } from '../support/answer-schema.ts';
import { openTestAnchor, type TestAnchor } from '../support/test-anchor.ts';

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes and would fail on a wrong one
  readonly body: any;
}

/** An anchor that listens, to be sent bytes. */
export interface Wire extends AsyncDisposable {
  readonly anchor: TestAnchor;
  /**
   * Sends a request as it is written: the head line by line, in which `$TOKEN`, `$HOST` and `$LENGTH` are filled in, and the
   * bytes of the body. The answer is held to the SEP before anybody looks at it.
   */
  send(sub: string | undefined, head: string, body?: string | Uint8Array): Promise<Answer>;
}

const answerMs = 20_000;

/** Opens an anchor on a free port. */
export async function openWire(options: RawOptions = {}): Promise<Wire> {
  const anchor = await openTestAnchor({ port: 0, ...options });
  const { port } = await anchor.anchor.listen();
  const send: Wire['send'] = async (sub, head, body = '') => {
    const values: Readonly<Record<string, string>> = {
      TOKEN: sub === undefined ? '' : await anchor.token(sub),
      HOST: `localhost:${port}`,
      LENGTH: String(Buffer.byteLength(body)),
    };
    const lines = head.trim().split(/\n\s*/);
    const filled = lines.map((line) => line.replace(/\$([A-Z]+)/g, (whole, name) => values[name] ?? whole));
    const answer = await exchange(
      port,
      Buffer.concat([Buffer.from(`${filled.join('\r\n')}\r\n\r\n`), Buffer.from(body)]),
    );
    const [method = '', target = ''] = (lines[0] ?? '').split(' ');
    const { status, headers, text } = answer;
    assertAnswer(method, target, { status, contentType: headers.get('content-type'), text });
    return answer;
  };
  return { anchor, send, [Symbol.asyncDispose]: () => anchor[Symbol.asyncDispose]() };
}

async function exchange(port: number, bytes: Buffer): Promise<Answer> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const chunks: Buffer[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  socket.setTimeout(answerMs, () => socket.destroy(new Error('no answer')));
  socket.on('error', reject).on('close', () => reject(new Error('the connection closed before the answer was whole')));
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    const answer = readAnswer(Buffer.concat(chunks));
    if (answer !== undefined) resolve(answer);
  });
  socket.write(bytes);
  return promise.finally(() => socket.destroy());
}

/** Undefined while something is missing. A client that reuses its connection needs a length to know where an answer ends. */
function readAnswer(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const [name = ''] = line.split(':', 1);
      return [name.toLowerCase(), line.slice(name.length + 1).trim()];
    }),
  );
  const status = Number(first.split(' ')[1]);
  const length = headers.get('content-length') ?? (status === 204 ? '0' : assert.fail(`no length: ${first}`));
  const rest = bytes.subarray(end + 4);
  if (rest.length < Number(length)) return undefined;
  const text = rest.toString();
  return { status, headers, text, body: text === '' ? undefined : JSON.parse(text) };
}
