import type { CheckServices } from './check.ts';

/**
 * A service that did not answer as it is documented to. The message names the service and what was wrong, never an address, a value or
 * anything that the service said, for each of them may hold personal data.
 */
export class ServiceFault extends Error {
  /** The HTTP status, if there was an answer. */
  readonly status: number | undefined;

  constructor(service: string, told: string, status?: number) {
    super(`${service}: ${told}`);
    this.name = 'ServiceFault';
    this.status = status;
  }
}

/** One request. */
export interface ServiceCall {
  /** For messages: `watchman`. */
  readonly service: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer<ArrayBuffer>;
  readonly signal: AbortSignal;
  /** How much of an answer is read. Default: 1 MB. */
  readonly maxBytes?: number;
}

/** A whole answer. */
export interface ServiceAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

const defaultMaxBytes = 1024 * 1024;

/**
 * Asks a service and reads its answer, whatever its status. Redirects are answers too: none is followed, for it would take the
 * personal data to where nobody meant it to go.
 * @throws ServiceFault when there is no whole answer, in time and within bounds
 */
export async function callService(fetch: CheckServices['fetch'], call: ServiceCall): Promise<ServiceAnswer> {
  const { service, url, method = 'GET', headers = {}, body, signal, maxBytes = defaultMaxBytes } = call;
  try {
    const request: RequestInit = { method, headers: { ...headers }, signal, redirect: 'manual' };
    const response = await fetch(url, body === undefined ? request : { ...request, body });
    return { status: response.status, body: await readBody(service, response, maxBytes) };
  } catch (error) {
    if (error instanceof ServiceFault) throw error;
    // Without the cause: what fetch says may quote the address, and the address a customer's name.
    throw new ServiceFault(service, signal.aborted ? 'no answer in time' : `no answer${codeOf(error)}`);
  }
}

/**
 * The JSON object of a successful answer.
 * @throws ServiceFault for any status but 2xx and for anything but a JSON object
 */
export function jsonOf(service: string, { status, body }: ServiceAnswer): JsonObject {
  if (status < 200 || status > 299) throw new ServiceFault(service, `answered ${status}`, status);
  const parsed = parse(body);
  if (!isJsonObject(parsed)) throw new ServiceFault(service, 'answered no JSON object', status);
  return parsed;
}

/** Whether the value is an object with members, as JSON has them. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is a text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts of a list; what is none is left out. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function readBody(service: string, response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by the throw cancels the rest.
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new ServiceFault(service, `answered more than ${maxBytes} bytes`, response.status);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** ` (ECONNREFUSED)`, from wherever the error keeps it. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = isJsonObject(cause) ? textOf(cause['code']) : undefined;
  return code !== undefined && /^[A-Z_]{1,40}$/.test(code) ? ` (${code})` : '';
}
